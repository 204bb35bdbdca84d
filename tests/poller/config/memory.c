#include "memory.h"

#include <math.h>
#include <string.h>

#include "poller/base/clock.h"
#include "poller/config/assemble.h"

static const struct field ping_fields[] = {
    {FIELD(struct ping_options, count, FIELD_INT), .standard = "10", .min = 1, .max = 100},
};
static const struct field tcp_fields[] = {
    {FIELD(struct tcp_options, port, FIELD_INT), .flags = FIELD_SHORT | FIELD_REQUIRED, .min = 1,
     .max = 65535},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct tcp_options, timeout_ns),
     .standard = "3s", .min = MILLISECONDS(10), .max = SECONDS(60)},
};
static const struct field snmp_fields[] = {
    {FIELD(struct snmp_options, community, FIELD_SECRET), .flags = FIELD_SHORT, .standard = "public"},
    {FIELD_MANY(struct snmp_options, tables, FIELD_TEXT)},
};
static const struct record ping_record = RECORD(ping_options, ping_fields);
static const struct record tcp_record = RECORD(tcp_options, tcp_fields);
static const struct record snmp_record = RECORD(snmp_options, snmp_fields);

static const struct check_kind list[] = {{"ping", &ping_record, SECONDS(60), true},
                                         {"tcp", &tcp_record, SECONDS(60), false},
                                         {"snmp", &snmp_record, SECONDS(60), false}};

static const struct record *resolve(const char *kind)
{
    for (size_t i = 0; i < 3; i++)
        if (strcmp(list[i].name, kind) == 0)
            return list[i].options;
    return NULL;
}

const struct check_kinds memory_kinds = {list, 3, resolve};

static const char service_text[] =
    "options:\n  url: {required: true, help: where}\n  token: {}\n"
    "url: '{option.url|text}'\nheaders: {Authorization: 'Bearer {option.token}'}\nbody: '{text}'\n"
    "content_type: text/plain\n";

struct memory_service {
    struct arena *arena;
    struct complaints *complaints;
};

static const struct yaml *open_service(void *ctx, const char *name)
{
    static const struct source source = {"ntfy.yaml", service_text, sizeof service_text - 1};
    struct memory_service *s = ctx;
    return strcmp(name, "ntfy") == 0 ? yaml_parse(&source, s->arena, s->complaints) : NULL;
}

static void offer_service(void *ctx, struct nearest *near)
{
    nearest_offer(near, "ntfy");
}

static struct meaning meanings[] = {
    {"signal", "rssi", "dBm", "heard", MEANING_WORSE_LOW, {-75, -85, NAN, NAN, 3}},
    {"temperature", "temperature", "C", "warm", MEANING_WORSE_EITHER, {NAN, NAN, 70, 85, 5}},
    {"load", "load", "%", "used", MEANING_WORSE_HIGH, {NAN, NAN, 80, 95, 5}},
    {"tx-rate", "rate", "bps", "sent", MEANING_WORSE_LOW, {NAN, NAN, NAN, NAN, NAN}},
    {"clients", "clients", "count", "joined", MEANING_WORSE_NEITHER, {NAN, NAN, NAN, NAN, NAN}},
    {"fan-state", "state", NULL, "a fan", MEANING_WORSE_NEITHER, {NAN, NAN, NAN, NAN, NAN}},
};
const struct profile_set memory_profiles = {.meanings = meanings,
                                            .meanings_count = sizeof meanings / sizeof meanings[0]};

static struct source *source_of(const char *name, const char *text, struct arena *arena)
{
    struct source *s = arena_take(arena, sizeof *s);
    if (s)
        *s = (struct source){name, text, strlen(text)};
    return s;
}

bool memory_read(const char *text, const char *secrets, struct arena *arena, struct readout *out)
{
    *out = (struct readout){.complaints = complaints_create(arena)};
    const struct source *s = source_of("home.yaml", text, arena);
    const struct yaml *root = s && out->complaints ? yaml_parse(s, arena, out->complaints) : NULL;
    if (!root)
        return false;
    struct binder b = {.arena = arena, .complaints = out->complaints, .secrets_file = "secrets.yaml"};
    if (secrets)
        b.secrets = yaml_parse(source_of("secrets.yaml", secrets, arena), arena, out->complaints);
    struct memory_service service = {arena, out->complaints};
    struct service_door door = {open_service, offer_service, &service};
    config_assemble(&b, &memory_kinds, &door, &memory_profiles, root, &out->config);
    out->secrets = b.uses;
    return complaints_errors(out->complaints) == 0;
}
