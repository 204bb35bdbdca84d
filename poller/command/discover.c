/* hayloft discover: looks around the own network, says line by line what it found, and with --write
 * makes the first configuration of it. Asks only the own networks (at most the /24 around each own
 * address) and the gateway, for a few seconds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/atomic_file.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/discover/ask_names.h"
#include "poller/command/discover/ask_snmp.h"
#include "poller/command/discover/card.h"
#include "poller/command/discover/own.h"
#include "poller/command/discover/write.h"
#include "poller/command/sweep.h"
#include "poller/command/table.h"
#include "poller/document/maker.h"

#define STATE_DIR "/var/lib/hayloft" /* unless the configuration says another */

#define SWEEP_LENGTH_MIN 24 /* a larger network is looked at only around our own address */
#define SWEEP_RATE       300 /* echoes a second: nothing for the network, and gentle to old switches */
#define SWEEP_TIMEOUT_NS MILLISECONDS(900)
#define SWEEP_COUNT      2
#define CONFIG_MODE      0640
#define SECRETS_MODE     0600

static void add_targets(const struct own_card *c, struct household *h)
{
    uint8_t length = c->net.length < SWEEP_LENGTH_MIN ? SWEEP_LENGTH_MIN : c->net.length;
    uint32_t own, mask = length == 32 ? UINT32_MAX : ~(UINT32_MAX >> length);
    memcpy(&own, c->net.addr.bytes, sizeof own);
    own = __builtin_bswap32(own);
    for (uint32_t at = (own & mask) + 1; at < (own | ~mask); at++) {
        uint32_t word = __builtin_bswap32(at);
        struct addr a = {.family = AF_INET};
        memcpy(a.bytes, &word, sizeof word);
        if (at != own)
            household_entry(h, &a);
    }
}

static void keep(struct household *h, bool (*wanted)(const struct found *f))
{
    size_t n = 0;
    for (size_t i = 0; i < h->count; i++)
        if (wanted(&h->items[i]))
            h->items[n++] = h->items[i];
    h->count = n;
}

static bool was_heard(const struct found *f)
{
    return f->pinged || f->gateway || mac_is_set(&f->mac);
}

static void ping_all(struct household *h)
{
    struct sweep_target *targets = calloc(h->count ? h->count : 1, sizeof *targets);
    struct sweep_plan plan = {.count = SWEEP_COUNT,
                              .rate = SWEEP_RATE,
                              .timeout_ns = SWEEP_TIMEOUT_NS,
                              .payload_len = 56,
                              .progress = isatty(STDERR_FILENO)};
    struct sweep_result *result = calloc(1, sizeof *result);
    for (size_t i = 0; targets && i < h->count; i++)
        targets[i].addr = h->items[i].addr;
    if (targets && result && h->count && sweep_run(&plan, targets, h->count, result))
        for (size_t i = 0; i < h->count; i++)
            h->items[i].pinged = targets[i].answered > 0;
    free(result);
    free(targets);
}

static void say(const struct invocation *v, const char *text)
{
    if (!v->json) {
        puts(text);
        fflush(stdout);
    }
}

static void say_place(const struct invocation *v, const struct own_place *p)
{
    char line[128], address[ADDR_TEXT_MAX];
    for (size_t i = 0; i < p->card_count; i++) {
        snprintf(line, sizeof line, "card      %s, %s/%u", p->cards[i].name,
                 addr_text(&p->cards[i].net.addr, address), p->cards[i].net.length);
        say(v, line);
    }
    if (p->card_count == 0)
        say(v, "card      none but loopback: hayloft will watch its own machine");
    snprintf(line, sizeof line, "gateway   %s",
             addr_is_set(&p->gateway) ? addr_text(&p->gateway, address)
                                      : "none: the Internet is not watched");
    say(v, line);
    for (size_t i = 0; i < p->resolver_count; i++) {
        snprintf(line, sizeof line, "resolver  %s", addr_text(&p->resolvers[i], address));
        say(v, line);
    }
}

static void name_makers(struct household *h)
{
    struct makers *makers = makers_open();
    for (size_t i = 0; i < h->count; i++)
        snprintf(h->items[i].vendor, FOUND_TEXT_MAX, "%s", makers_find(makers, &h->items[i].mac));
    makers_close(makers);
}

static void look_around(const struct invocation *v, const struct own_place *place,
                        const char *community, struct household *h)
{
    char line[128];
    struct found *gateway =
        addr_is_set(&place->gateway) ? household_entry(h, &place->gateway) : NULL;
    if (gateway)
        gateway->gateway = true;
    for (size_t i = 0; i < place->card_count; i++)
        add_targets(&place->cards[i], h);
    if (h->count) {
        snprintf(line, sizeof line, "asking    %zu addresses for a few seconds", h->count);
        say(v, line);
    }
    ping_all(h);
    own_place_neighbours(place, h);
    keep(h, was_heard);
    if (h->count == 0)
        return;
    ask_names(place, h);
    ask_snmp(h, community);
    name_makers(h);
    household_judge(h);
}

static void say_found(const struct household *h)
{
    static const char *const titles[] = {"name", "address", "class", "watched", "what", NULL};
    struct table *t = table_create(titles, 4);
    char address[ADDR_TEXT_MAX];
    for (size_t i = 0; t && i < h->count; i++) {
        const struct found *f = &h->items[i];
        table_row(t);
        table_cell(t, COLOUR_NONE, f->name);
        table_cell(t, COLOUR_NONE, addr_text(&f->addr, address));
        table_cell(t, COLOUR_NONE, node_class_words[f->class]);
        table_cell(t, f->watched ? COLOUR_GOOD : COLOUR_FAINT, f->watched ? f->why : "no");
        table_cell(t, COLOUR_FAINT, f->sysdescr[0] ? f->sysdescr : f->vendor);
    }
    if (t)
        table_print(t, stdout);
    table_destroy(t);
}

static void print_json(const struct household *h)
{
    cJSON *list = cJSON_CreateArray();
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    for (size_t i = 0; i < h->count; i++) {
        const struct found *f = &h->items[i];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", f->name);
        cJSON_AddStringToObject(o, "address", addr_text(&f->addr, address));
        cJSON_AddStringToObject(o, "mac", mac_is_set(&f->mac) ? mac_text(&f->mac, mac) : "");
        cJSON_AddStringToObject(o, "vendor", f->vendor);
        cJSON_AddStringToObject(o, "class", node_class_words[f->class]);
        cJSON_AddBoolToObject(o, "watched", f->watched);
        cJSON_AddBoolToObject(o, "snmp", f->snmp);
        cJSON_AddItemToArray(list, o);
    }
    command_print_json(list);
    cJSON_Delete(list);
}

/* Beside the file, unless there is one: secrets of others are not ours to touch. */
static bool write_secret(const char *path, const char *community)
{
    char secrets[4096];
    struct buf text = {0};
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path + 1) : 0;
    if (snprintf(secrets, sizeof secrets, "%.*ssecrets.yaml", folder, path) >= (int)sizeof secrets)
        return false;
    buf_printf(
        &text,
        "# Values for !secret NAME in hayloft.yaml; only its owner may read this.\nsnmp: \"%s\"\n",
        community);
    bool ok = !text.failed && atomic_file_create(secrets, text.data, text.len, SECRETS_MODE);
    buf_fini(&text);
    return ok;
}

static bool any_snmp(const struct household *h)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].snmp)
            return true;
    return false;
}

static int write_file(struct invocation *v, const char *path, const char *state_dir,
                      const char *community, const struct own_place *place,
                      const struct household *h)
{
    struct buf text = {0};
    char url[128], line[512];
    struct write_plan plan = {.state_dir = state_dir,
                              .community = community,
                              .on_card = card_holds("/sys", state_dir ? state_dir : STATE_DIR),
                              .now = clock_wall()};
    if (access(path, F_OK) == 0)
        return command_fail(v, "%s is there already and stays as it is", path);
    plan.community_is_secret = any_snmp(h) && write_secret(path, community);
    write_configuration(&plan, place, h, &text);
    bool ok = !text.failed && atomic_file_create(path, text.data, text.len, CONFIG_MODE);
    int error = errno;
    buf_fini(&text);
    if (!ok)
        return command_fail(v, "cannot write %s: %s", path, strerror(error));
    write_page_address(place, url, sizeof url);
    snprintf(line, sizeof line, "written   %s", path);
    say(v, line);
    snprintf(line, sizeof line, "pages     %s", url);
    say(v, line);
    return EXIT_OK;
}

static bool sane_community(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p < 0x20 || *p > 0x7e || *p == '"' || *p == '\\')
            return false;
    return *text && strlen(text) <= 64;
}

int discover_run(struct invocation *v)
{
    const char *path = command_option(v, "--write"), *state_dir = command_option(v, "--state");
    const char *community = command_option(v, "--community");
    struct own_place place;
    struct household *h = calloc(1, sizeof *h);
    community = community ? community : "public";
    if (!h || v->argc > 1 || !sane_community(community)) {
        free(h);
        return command_usage(v);
    }
    own_place_look(&place);
    say_place(v, &place);
    look_around(v, &place, community, h);
    if (v->json)
        print_json(h);
    else if (h->count)
        say_found(h);
    if (h->dropped && !v->json)
        printf("There was more than this looks at (%d addresses); %zu were left out.\n", FOUND_MAX,
               h->dropped);
    int status = path ? write_file(v, path, state_dir, community, &place, h) : EXIT_OK;
    free(h);
    return status;
}
