#include <math.h>
#include <stdio.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/command/wiring_print.h"
#include "poller/document/documents.h"

#define DETAIL_MAX_BYTES (16u << 20)

static void print_head(const cJSON *n)
{
    char text[64];
    const char *state = json_text(n, "state"), *since = json_text(n, "since");
    put_safely(json_text(n, "name"), COLOUR_NONE);
    fputs(": ", stdout);
    put_safely(state, colour_of_state(state));
    if (since)
        printf(" for %s", since_text(since, text, sizeof text));
    putchar('\n');
    put_pair("reason", json_text(n, "reason"));
    put_pair("behind", json_text(n, "behind"));
    put_pair("address", json_text(n, "address"));
    put_pair("class", json_text(n, "class"));
    put_pair("site", json_text(n, "site"));
    put_pair("hangs on", json_text(n, "parent"));
    put_pair("system", json_text(n, "description"));
    put_pair("location", json_text(n, "location"));
    if (!isnan(json_number(n, "uptime_s", NAN))) {
        char span[CLOCK_TEXT_MAX];
        put_pair("up for", span_text(SECONDS(json_number(n, "uptime_s", 0)), span));
    }
}

/* Those that are asked less often than configured. */
static void print_paces(const cJSON *checks)
{
    const cJSON *c;
    cJSON_ArrayForEach(c, checks)
        if (json_text(c, "interval_reason"))
            printf("%s is %s\n", json_text(c, "kind"), json_text(c, "interval_reason"));
}

static void print_checks(const cJSON *n)
{
    static const char *const titles[] = {"check", "label", "verdict", "reason", "last round", NULL};
    const cJSON *list = json_member(n, "checks"), *c;
    struct table *t = cJSON_GetArraySize(list) ? table_create(titles, 3) : NULL;
    if (!t)
        return;
    cJSON_ArrayForEach(c, list) {
        char when[64];
        const char *verdict = json_text(c, "verdict");
        table_cell(t, COLOUR_NONE, json_text(c, "kind"));
        table_cell(t, COLOUR_NONE, json_text(c, "label"));
        table_cell(t, colour_of_state(verdict), verdict);
        table_cell(t, COLOUR_NONE, json_text(c, "reason"));
        table_cell(t, COLOUR_NONE, moment_text(json_text(c, "last_round"), when, sizeof when));
    }
    putchar('\n');
    table_print(t, stdout);
    table_destroy(t);
    print_paces(list);
}

static void print_ports(const cJSON *n)
{
    static const char *const titles[] = {"port", "alias", "state", "speed", "in", "out", "errors/s", NULL};
    const cJSON *list = json_member(n, "ports"), *p;
    struct table *t = cJSON_GetArraySize(list) ? table_create(titles, 1) : NULL;
    if (!t)
        return;
    cJSON_ArrayForEach(p, list) {
        char speed[32], in[32], out[32], errors[32];
        const char *oper = json_text(p, "oper"), *admin = json_text(p, "admin");
        bool off = admin && strcmp(admin, "up") != 0;
        table_cell(t, COLOUR_NONE, json_text(p, "name"));
        table_cell(t, COLOUR_NONE, json_text(p, "alias"));
        table_cell(t, off ? COLOUR_FAINT : oper && strcmp(oper, "up") == 0 ? COLOUR_GOOD : COLOUR_NONE,
                   off ? "off" : oper);
        table_cell(t, COLOUR_NONE, number_text(p, "speed_bps", "bit/s", speed, sizeof speed));
        table_cell(t, COLOUR_NONE, number_text(p, "in_bps", "bit/s", in, sizeof in));
        table_cell(t, COLOUR_NONE, number_text(p, "out_bps", "bit/s", out, sizeof out));
        table_cell(t, COLOUR_NONE, number_text(p, "in_errors", "", errors, sizeof errors));
    }
    putchar('\n');
    table_print(t, stdout);
    table_destroy(t);
}

static void print_series(const cJSON *n)
{
    static const char *const titles[] = {"object", "value", "", NULL};
    const cJSON *list = json_member(n, "series"), *s;
    struct table *t = cJSON_GetArraySize(list) ? table_create(titles, 0) : NULL;
    if (!t)
        return;
    cJSON_ArrayForEach(s, list) {
        char value[48];
        const char *object = json_text(s, "object"), *unit = json_text(s, "unit");
        if (object && strncmp(object, "if-", 3) == 0) /* the ports stand above */
            continue;
        table_cell(t, COLOUR_NONE, object);
        table_cell(t, COLOUR_NONE, json_text(s, "name"));
        table_cell(t, COLOUR_NONE, number_text(s, "value", unit ? unit : "", value, sizeof value));
    }
    putchar('\n');
    table_print(t, stdout);
    table_destroy(t);
}

static bool is_amiss(const cJSON *reading)
{
    const char *level = json_text(reading, "level");
    return level && (strcmp(level, "bad") == 0 || strcmp(level, "warn") == 0);
}

/* Those that are not as they should be; the rest are numbers among the series. */
static void print_readings(const cJSON *n)
{
    static const char *const titles[] = {"reading", "value", "judged", NULL};
    const cJSON *list = json_member(n, "readings"), *r;
    struct table *t = table_create(titles, 0);
    size_t count = 0;
    cJSON_ArrayForEach(r, list) {
        char value[48];
        const char *state = json_text(r, "state"), *unit = json_text(r, "unit"), *level = json_text(r, "level");
        if (!is_amiss(r))
            continue;
        count++;
        table_cell(t, COLOUR_NONE, json_text(r, "label"));
        table_cell(t, COLOUR_NONE, state ? state : number_text(r, "value", unit ? unit : "", value, sizeof value));
        table_cell(t, strcmp(level, "bad") == 0 ? COLOUR_BAD : COLOUR_POOR, level);
    }
    if (count) {
        putchar('\n');
        table_print(t, stdout);
    }
    table_destroy(t);
}

static void print_seen_from(const cJSON *n)
{
    const cJSON *s;
    char since[64];
    cJSON_ArrayForEach(s, json_member(n, "seen_from")) {
        const char *state = json_text(s, "state"), *from = json_text(s, "since");
        fputs("seen from ", stdout);
        put_safely(json_text(s, "vantage"), COLOUR_NONE);
        fputs(": ", stdout);
        put_safely(state, colour_of_state(state));
        if (from)
            printf(" for %s", since_text(from, since, sizeof since));
        putchar('\n');
    }
}

static int show(struct invocation *v, const struct ew_detail *detail, const struct ew_tables *tables)
{
    cJSON *node = document_node(detail, tables);
    if (v->json) {
        command_print_json(node);
    } else {
        print_head(node);
        print_seen_from(node);
        print_checks(node);
        print_readings(node);
        print_ports(node);
        wiring_print(node);
        print_series(node);
    }
    cJSON_Delete(node);
    return EXIT_OK;
}

int node_run(struct invocation *v)
{
    int status = EXIT_UNKNOWN;
    struct ew_detail detail;
    struct ew_tables tables;
    if (v->argc != 2)
        return command_usage(v);
    struct engine_client *c = command_engine(v);
    struct arena *arena = arena_create(DETAIL_MAX_BYTES);
    if (!c || !arena)
        goto out;
    if (!engine_client_detail(c, v->argv[1], arena, &detail) || !engine_client_tables(c, v->argv[1], arena, &tables))
        command_fail(v, "%s", engine_client_error(c));
    else if (!detail.found)
        command_fail(v, "there is no node '%s'; `hayloft nodes` lists them", v->argv[1]);
    else
        status = show(v, &detail, &tables);
out:
    arena_destroy(arena);
    engine_client_close(c);
    return status;
}
