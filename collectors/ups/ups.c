/* ups: a UPS behind a NUT server. The courier asks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/questions.h"
#include "collectors/ups/ups_figures.h"
#include "poller/base/log.h"

#define HOST_MAX       256
#define NAME_MAX_BYTES 64
#define NUT_PORT       3493 /* IANA */
#define FACTS_MAX      4

struct ups_options {
    char *url;
    int64_t timeout_ns;
};

static void check_options(const void *value, field_complain complain, void *ctx);

static const struct field ups_fields[] = {
    {FIELD(struct ups_options, url, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED,
     .help = "the server and the UPS's name there, as nut://192.168.1.20/ups"},
    {.name = "timeout",
     .type = FIELD_DURATION,
     .offset = offsetof(struct ups_options, timeout_ns),
     .standard = "5s",
     .min = MILLISECONDS(200),
     .max = SECONDS(60),
     .help = "how long that may take"},
};
static const struct record ups_record = {.name = "ups",
                                         .size = sizeof(struct ups_options),
                                         .fields = ups_fields,
                                         .field_count = sizeof ups_fields / sizeof ups_fields[0],
                                         .check = check_options};

struct place {
    char host[HOST_MAX], ups[NAME_MAX_BYTES];
    uint16_t port;
};

static bool read_port(const char *text, size_t len, uint16_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (len == 0 || end != text + len || strspn(text, "0123456789") < len || number == 0 ||
        number > 65535)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* "nut://HOST[:PORT]/UPS", an IPv6 number in brackets. */
static bool read_url(const char *url, struct place *out)
{
    static const char scheme[] = "nut://";
    *out = (struct place){.port = NUT_PORT};
    if (!url || strncmp(url, scheme, sizeof scheme - 1) != 0)
        return false;
    const char *host = url + sizeof scheme - 1, *slash = strchr(host, '/');
    bool bracket = *host == '[';
    size_t len = bracket ? strcspn(host + 1, "]") : strcspn(host, ":/");
    const char *after = host + len + (bracket ? 2 : 0);
    host += bracket;
    if (!slash || !len || len >= HOST_MAX || after > slash ||
        (after < slash &&
         (*after != ':' || !read_port(after + 1, (size_t)(slash - after - 1), &out->port))))
        return false;
    size_t name = strlen(slash + 1);
    if (!name || name >= NAME_MAX_BYTES || strpbrk(slash + 1, "/ \"\\\r\n\t"))
        return false;
    memcpy(out->host, host, len);
    memcpy(out->ups, slash + 1, name + 1);
    return true;
}

static void check_options(const void *value, field_complain complain, void *ctx)
{
    struct place place;
    if (!read_url(((const struct ups_options *)value)->url, &place))
        complain(ctx, "url", "expected nut://HOST/UPS or nut://HOST:PORT/UPS");
}

/* An ask cannot be called back: a question that ended leaves it behind, with nobody to tell. */
struct asking {
    struct question *question; /* NULL: nobody waits any more */
};

struct collector_instance {
    struct questions questions;
};

static void put_fact(struct fact *facts, size_t *count, const char *name, const char *value)
{
    if (value && *value)
        facts[(*count)++] = (struct fact){name, "", value};
}

static const char *either(const struct ups_answer *a, const char *name, const char *other)
{
    const char *value = ups_variable(a, name);
    return value ? value : ups_variable(a, other);
}

static void tell(struct question *q, const struct ups_answer *a)
{
    struct ups_figures figures;
    struct fact facts[FACTS_MAX];
    size_t fact_count = 0;
    char object[QUESTION_OBJECT_MAX];
    bool labelled = q->node->setting.label && *q->node->setting.label;
    ups_figures_read(a, q->owner->env->profiles,
                     labelled ? question_object(q, "ups", "", object) : "ups", &figures);
    put_fact(facts, &fact_count, "device.vendor", either(a, "device.mfr", "ups.mfr"));
    put_fact(facts, &fact_count, "device.model", either(a, "device.model", "ups.model"));
    put_fact(facts, &fact_count, "device.serial", either(a, "device.serial", "ups.serial"));
    put_fact(facts, &fact_count, "device.version", ups_variable(a, "ups.firmware"));
    question_end(q, &(struct question_answer){
                        .outcome = figures.count ? OUTCOME_ANSWERED : OUTCOME_WRONG,
                        .reason = figures.count ? "" : "empty",
                        .detail = figures.count ? NULL : "the server knows no figure of it",
                        .facts = facts,
                        .fact_count = fact_count,
                        .readings = figures.items,
                        .reading_count = figures.count,
                        .has_readings = figures.count > 0});
}

static bool is_silence(const char *error)
{
    return strcmp(error, "timeout") == 0 || strcmp(error, "dns") == 0 ||
           strcmp(error, "reset") == 0;
}

static void on_told(void *arg, const struct ups_answer *a)
{
    struct asking *k = arg;
    struct question *q = k->question;
    free(k);
    if (!q)
        return;
    q->handle = NULL;
    if (!a->own_fault && !a->error) {
        tell(q, a);
        return;
    }
    enum outcome outcome = a->own_fault           ? OUTCOME_OWN_FAULT
                           : is_silence(a->error) ? OUTCOME_SILENT
                                                  : OUTCOME_WRONG;
    question_end(q, &(struct question_answer){.outcome = outcome,
                                              .reason = a->own_fault ? "courier" : a->error,
                                              .detail = a->error_detail});
}

static void ask(struct question *q)
{
    const struct env *env = q->owner->env;
    const struct ups_options *o = q->node->setting.options;
    struct place place;
    struct asking *k = read_url(o->url, &place) ? calloc(1, sizeof *k) : NULL;
    if (!k) {
        question_fail_soon(q);
        return;
    }
    k->question = q;
    q->handle = k;
    env->ask_ups(
        env->ctx,
        &(struct ups_request){
            .host = place.host, .ups = place.ups, .port = place.port, .timeout_ns = o->timeout_ns},
        on_told, k);
}

static void forget(struct question *q)
{
    struct asking *k = q->handle;
    if (k)
        k->question = NULL;
}

static const struct question_ops ups_ops = {ask, forget};

static struct collector_instance *ups_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (c)
        c->questions = (struct questions){.env = env, .ops = &ups_ops};
    return c;
}

static bool ups_adopt(struct collector_instance *c, const struct check_setting *s)
{
    return s->options && questions_adopt(&c->questions, s);
}

static void ups_drop(struct collector_instance *c, uint32_t check)
{
    questions_drop(&c->questions, check);
}

static void ups_start(struct collector_instance *c, uint32_t check, uint32_t round,
                      enum round_kind kind, struct mono deadline)
{
    questions_start(&c->questions, check, round, kind, deadline);
}

static void ups_cancel(struct collector_instance *c, uint32_t check, uint32_t round)
{
    questions_cancel(&c->questions, check, round);
}

static void ups_destroy(struct collector_instance *c)
{
    if (c)
        questions_fini(&c->questions);
    free(c);
}

extern const struct collector ups_collector;
const struct collector ups_collector = {
    .name = "ups",
    .summary = "a UPS behind a NUT server: where its power comes from, its battery, its load",
    .options = &ups_record,
    .interval_ns = SECONDS(30),
    .profiles = true,
    .create = ups_create,
    .adopt = ups_adopt,
    .drop = ups_drop,
    .start = ups_start,
    .cancel = ups_cancel,
    .destroy = ups_destroy,
};
