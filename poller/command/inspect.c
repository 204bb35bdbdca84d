/* hayloft inspect: one round of the snmp collector against any address, without daemon or configuration.
 * The document is made from the facts of its report, so what is shown here is what the daemon would see. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/device.h"
#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/command/once.h"
#include "poller/command/profiles_load.h"
#include "poller/command/progress.h"
#include "poller/command/table.h"
#include "poller/command/target.h"
#include "poller/command/wiring_print.h"
#include "poller/document/stations.h"
#include "poller/document/wiring.h"

#define PATIENCE_NS       SECONDS(30)
#define ADDRESS_SHOWN_MAX 64

struct inspection {
    const struct invocation *invocation;
    cJSON *document;
    bool done;
    enum outcome outcome;
};

static cJSON *port_of(cJSON *ports, const char *name)
{
    cJSON *port;
    cJSON_ArrayForEach(port, ports) {
        const char *known = json_text(port, "name");
        if (known && strcmp(known, name) == 0)
            return port;
    }
    port = json_add_object(ports);
    json_put_text(port, "name", name);
    return port;
}

static void take_port_fact(cJSON *ports, const struct fact *f)
{
    static const char *const numbers[][2] = {
        {"port.index", "index"},          {"port.type", "type"},
        {"port.speed", "speed_bps"},      {"port.in_octets", "in_octets"},
        {"port.out_octets", "out_octets"},{"port.in_errors", "in_errors"},
        {"port.out_errors", "out_errors"}};
    static const char *const texts[][2] = {{"port.alias", "alias"},
                                           {"port.admin", "admin"},
                                           {"port.oper", "oper"},
                                           {"port.mac", "mac"}};
    cJSON *port = port_of(ports, f->subject);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(f->name, numbers[i][0]) == 0)
            json_put_number(port, numbers[i][1], strtod(f->value, NULL));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(f->name, texts[i][0]) == 0)
            json_put_text(port, texts[i][1], f->value);
}

static const char *fact_of(const struct report *r, const char *name)
{
    for (size_t i = 0; i < r->fact_count; i++)
        if (strcmp(r->facts[i].name, name) == 0)
            return r->facts[i].value;
    return NULL;
}

static void put_identity(cJSON *document, const struct report *r)
{
    static const char *const known[][2] = {{"vendor", "device.vendor"},   {"family", "device.family"},
                                           {"kind", "device.kind"},       {"model", "device.model"},
                                           {"version", "device.version"}, {"serial", "device.serial"},
                                           {"profile", "profile.name"},   {"why", "profile.why"},
                                           {"snmp_menu", "device.menu"}};
    cJSON *identity = json_put_object(document, "identity");
    json_put_text(identity, "sysname", fact_of(r, "sys.name"));
    json_put_text(identity, "sysdescr", fact_of(r, "sys.descr"));
    json_put_text(identity, "sysobjectid", fact_of(r, "sys.objectid"));
    json_put_text(identity, "location", fact_of(r, "sys.location"));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        json_put_text(identity, known[i][0], fact_of(r, known[i][1]));
    if (fact_of(r, "sys.engine_id"))
        json_put_text(identity, "engine_id", fact_of(r, "sys.engine_id"));
}

static void put_limit(cJSON *limits, const char *name, double value)
{
    if (!isnan(value))
        json_put_number(limits, name, value);
}

/* What could not be told is not there: never a zero. */
static void put_reading(cJSON *readings, const struct reading *r)
{
    if (isnan(r->value) && !r->state)
        return;
    cJSON *o = json_add_object(readings);
    json_put_text(o, "class", r->class_);
    json_put_text(o, "meaning", r->meaning);
    json_put_text(o, "label", r->label);
    json_put_text(o, "index", r->index);
    json_put_number(o, "value", r->value);
    json_put_text(o, "unit", r->unit);
    json_put_text(o, "oid", r->oid);
    cJSON *limits = json_put_object(o, "limits");
    put_limit(limits, "warn_low", r->limits.warn_low);
    put_limit(limits, "bad_low", r->limits.bad_low);
    put_limit(limits, "warn_high", r->limits.warn_high);
    put_limit(limits, "bad_high", r->limits.bad_high);
    json_put_text(o, "state", r->state);
    json_put_text(o, "mac", r->mac);
    json_put_text(o, "level",
                  reading_level_words[r->state ? r->level : reading_judge(&r->limits, r->value, READING_UNJUDGED)]);
}

/* The tables come in a round of their own. */
static void take_tables(struct inspection *in, const struct report *r)
{
    struct wall at[WIRING_LISTS] = {{0}};
    struct ew_tables tables = {.at = at, .at_count = r->wiring ? WIRING_LISTS : 0};
    if (r->wiring)
        tables.wiring = *r->wiring;
    for (int i = 0; r->wiring && i < WIRING_LISTS; i++)
        at[i] = r->wiring->at[i].ns ? wall_at(clock_now(), r->wiring->at[i]) : (struct wall){0};
    wiring_put(in->document, cJSON_GetObjectItem(in->document, "ports"), &tables);
    if (r->outcome != OUTCOME_ANSWERED || r->detail)
        json_put_text(in->document, "tables_missing", r->detail ? r->detail : r->reason);
}

static void on_report(void *ctx, const struct report *r)
{
    struct inspection *in = ctx;
    in->done = true;
    if (r->kind == ROUND_ALL_TABLES) {
        take_tables(in, r);
        return;
    }
    const char *uptime = fact_of(r, "sys.uptime");
    put_identity(in->document, r);
    json_put_number(in->document, "uptime_s",
                    uptime ? (double)(int64_t)(strtod(uptime, NULL) / 1e9) : (double)NAN);
    cJSON *ports = json_put_array(in->document, "ports");
    for (size_t i = 0; i < r->fact_count; i++)
        if (strncmp(r->facts[i].name, "port.", 5) == 0)
            take_port_fact(ports, &r->facts[i]);
    cJSON *readings = json_put_array(in->document, "readings");
    for (size_t i = 0; i < r->reading_count; i++)
        put_reading(readings, &r->readings[i]);
    stations_put(in->document, readings, NULL);
    if (r->outcome != OUTCOME_ANSWERED)
        json_put_text(in->document, "error", r->reason);
    if (r->detail)
        json_put_text(in->document, "detail", r->detail);
    in->outcome = r->outcome;
}

static void wait_for(struct inspection *in, struct once *once, struct collector_instance *snmp, enum round_kind kind)
{
    in->done = false;
    snmp_collector.start(snmp, 0, 1, kind, mono_after(clock_mono(), PATIENCE_NS));
    snmp_collector.flush(snmp);
    once_wait(once, &in->done, PATIENCE_NS + SECONDS(1));
}

static void ask(struct inspection *in, const struct addr *address, const struct snmp_options *options)
{
    struct arena *arena = arena_create(0);
    const struct profile_set *profiles = arena ? profiles_load(in->invocation->config, arena) : NULL;
    struct once *once = once_create(profiles, on_report, in);
    struct collector_instance *snmp = once ? snmp_collector.create(once_env(once)) : NULL;
    struct check_setting setting = {.node = "inspected",
                                    .label = "",
                                    .addresses = address,
                                    .address_count = 1,
                                    .options = options};
    if (snmp && snmp_collector.adopt(snmp, &setting)) {
        wait_for(in, once, snmp, ROUND_REGULAR);
        if (in->done && in->outcome == OUTCOME_ANSWERED)
            wait_for(in, once, snmp, ROUND_ALL_TABLES);
        else
            wiring_put(in->document, NULL, NULL);
    }
    if (snmp)
        snmp_collector.destroy(snmp);
    once_destroy(once);
    arena_destroy(arena);
}

static const char *octets_text(const cJSON *port, const char *name, char *out, size_t size)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double octets = json_number(port, name, -1);
    size_t unit = 0;
    if (octets < 0)
        return "-";
    for (; octets >= 1000 && unit < 5; unit++)
        octets /= 1000;
    snprintf(out, size, unit ? "%.1f %s" : "%.0f %s", octets, units[unit]);
    return out;
}

static void print_ports(const cJSON *ports)
{
    static const char *const titles[] = {"index", "port", "oper", "speed", "in", "out", "errors", "alias", NULL};
    struct table *t = cJSON_GetArraySize(ports) ? table_create(titles, 7) : NULL;
    const cJSON *port;
    char text[64];
    if (!t)
        return;
    putchar('\n');
    cJSON_ArrayForEach(port, ports) {
        const char *oper = json_text(port, "oper");
        table_row(t);
        snprintf(text, sizeof text, "%.0f", json_number(port, "index", 0));
        table_cell(t, COLOUR_FAINT, text);
        table_cell(t, COLOUR_NONE, json_text(port, "name"));
        table_cell(t, oper && strcmp(oper, "up") == 0 ? COLOUR_GOOD : COLOUR_FAINT, oper);
        table_cell(t, COLOUR_NONE, number_text(port, "speed_bps", "bit/s", text, sizeof text));
        table_cell(t, COLOUR_NONE, octets_text(port, "in_octets", text, sizeof text));
        table_cell(t, COLOUR_NONE, octets_text(port, "out_octets", text, sizeof text));
        double errors = json_number(port, "in_errors", 0) + json_number(port, "out_errors", 0);
        snprintf(text, sizeof text, "%.0f", errors);
        table_cell(t, errors > 0 ? COLOUR_POOR : COLOUR_FAINT, text);
        table_cell(t, COLOUR_NONE, json_text(port, "alias"));
    }
    table_print(t, stdout);
    table_destroy(t);
}

static enum colour level_colour(const char *level)
{
    if (!level || strcmp(level, "unjudged") == 0)
        return COLOUR_NONE;
    return strcmp(level, "good") == 0 ? COLOUR_GOOD : strcmp(level, "warn") == 0 ? COLOUR_POOR : COLOUR_BAD;
}

static void print_readings(const cJSON *readings)
{
    static const char *const titles[] = {"reading", "of", "value", "oid", NULL};
    const cJSON *r;
    struct table *t = cJSON_GetArraySize(readings) ? table_create(titles, 3) : NULL;
    if (!t)
        return;
    putchar('\n');
    cJSON_ArrayForEach(r, readings) {
        const char *state = json_text(r, "state"), *unit = json_text(r, "unit");
        char text[64];
        bool named = unit && *unit && strcmp(unit, "count") != 0;
        snprintf(text, sizeof text, "%.6g%s%s", json_number(r, "value", 0), named ? " " : "", named ? unit : "");
        table_row(t);
        table_cell(t, COLOUR_NONE, json_text(r, "meaning"));
        table_cell(t, COLOUR_NONE, json_text(r, "label"));
        table_cell(t, level_colour(json_text(r, "level")), state ? state : text);
        table_cell(t, COLOUR_FAINT, json_text(r, "oid"));
    }
    table_print(t, stdout);
    table_destroy(t);
}

static void put_device(const cJSON *identity)
{
    char text[512];
    const char *vendor = json_text(identity, "vendor"), *model = json_text(identity, "model"),
               *version = json_text(identity, "version"), *family = json_text(identity, "family");
    if (!vendor && !model)
        return;
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s", vendor ? vendor : "", vendor ? " " : "", model ? model : family,
             model && family ? ", " : "", model && family ? family : "", version ? " " : "", version ? version : "");
    put_pair("device", text);
    put_pair("profile", json_text(identity, "profile"));
    put_pair("because", json_text(identity, "why"));
}

static void print_for_people(const cJSON *document)
{
    const cJSON *identity = json_member(document, "identity");
    double uptime_s = json_number(document, "uptime_s", -1);
    char uptime[CLOCK_TEXT_MAX];
    put_pair("name", json_text(identity, "sysname"));
    put_device(identity);
    put_pair("is", json_text(identity, "sysdescr"));
    put_pair("object id", json_text(identity, "sysobjectid"));
    put_pair("location", json_text(identity, "location"));
    if (uptime_s >= 0)
        put_pair("up for", span_text((int64_t)uptime_s * NS_PER_S, uptime));
    put_pair("remark", json_text(document, "detail"));
    print_ports(json_member(document, "ports"));
    print_readings(json_member(document, "readings"));
    wiring_print(document);
}

static int show(const struct inspection *in)
{
    bool answered = in->done && in->outcome == OUTCOME_ANSWERED;
    if (in->invocation->json)
        command_print_json(in->document);
    else if (answered)
        print_for_people(in->document);
    if (!in->done)
        return command_fail(in->invocation, "could not ask: no socket or no memory");
    if (answered)
        return EXIT_OK;
    const char *detail = json_text(in->document, "detail");
    command_fail(in->invocation, "%s", detail ? detail : json_text(in->document, "error"));
    return in->outcome == OUTCOME_OWN_FAULT ? EXIT_UNKNOWN : EXIT_FAILING;
}

int inspect_run(struct invocation *v)
{
    struct inspection in = {.invocation = v, .document = cJSON_CreateObject()};
    struct target target;
    int status = EXIT_UNKNOWN;
    bool understood = target_take(v, &target);
    if (understood && v->argc != 2) {
        command_usage(v);
    } else if (understood && target_find(v, v->argv[1], &target) && in.document) {
        char what[ADDRESS_SHOWN_MAX + 16];
        snprintf(what, sizeof what, "asking %.*s", ADDRESS_SHOWN_MAX, v->argv[1]);
        struct progress *sign = progress_begin(what);
        target.options.tell_loopback = true;
        ask(&in, &target.address, &target.options);
        progress_end(sign);
        status = show(&in);
    }
    target_fini(&target);
    cJSON_Delete(in.document);
    return status;
}
