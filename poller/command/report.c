/* hayloft report: what a person wants to know in the morning. The document is the ledger's; what a node's
 * round trips and losses really were over the span comes from its series, where there are any. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/command/painter_client.h"
#include "poller/command/progress.h"
#include "poller/document/documents.h"

#define DAY_NS MINUTES(24 * 60)
#define DAYS_MAX 366
#define POINTS 500
#define POINTS_MAX_BYTES (16u << 20)

static void replace_number(cJSON *object, const char *name, double value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    json_put_number(object, name, value);
}

static void measure_node(struct painter_client *painter, cJSON *node, struct wall from, struct wall to)
{
    struct points points;
    struct arena *arena = arena_create(POINTS_MAX_BYTES);
    struct wp_points question = {.vantage = "here", .node = (char *)(uintptr_t)json_text(node, "name"),
                                 .object = "ping", .from = from, .to = to, .points = POINTS};
    if (arena && painter_client_points(painter, &question, arena, &points)) {
        struct points_summary rtt = points_summarize(&points, points_source(&points, "rtt_median"));
        struct points_summary loss = points_summarize(&points, points_source(&points, "loss"));
        replace_number(node, "rtt_ms", rtt.average * 1e3);
        replace_number(node, "loss_pct", loss.average * 100);
    }
    arena_destroy(arena);
}

static void measure_nodes(const char *state, cJSON *report, struct wall from, struct wall to)
{
    char error[PAINTER_CLIENT_ERROR_MAX];
    cJSON *nodes = cJSON_GetObjectItemCaseSensitive(report, "nodes"), *node;
    struct painter_client *painter = cJSON_GetArraySize(nodes) ? painter_client_open(state, error) : NULL;
    if (!painter)
        return; /* without graphs the latest round's figures stay */
    cJSON_ArrayForEach(node, nodes)
        measure_node(painter, node, from, to);
    painter_client_close(painter);
}

static void print_incidents(const cJSON *report)
{
    const cJSON *list = json_member(report, "incidents"), *i;
    char when[64], text[64];
    printf("\n%d incident%s", cJSON_GetArraySize(list), cJSON_GetArraySize(list) == 1 ? "" : "s");
    puts(cJSON_GetArraySize(list) ? ":" : ".");
    cJSON_ArrayForEach(i, list) {
        struct wall opened, resolved;
        const char *from = json_text(i, "opened"), *to = json_text(i, "resolved");
        printf("  %s  ", moment_text(from, when, sizeof when));
        put_safely(json_text(json_member(i, "cause"), "sentence"), to ? COLOUR_NONE : COLOUR_BAD);
        if (from && to && wall_parse(from, &opened) && wall_parse(to, &resolved))
            printf(" (%s)\n", span_text(resolved.ns - opened.ns, text));
        else
            puts(" (open)");
    }
}

/* "99.98 %", and never 100 for what was away. */
static const char *availability_text(const cJSON *node, char out[static 32])
{
    double pct = json_number(node, "availability_pct", NAN);
    if (isnan(pct))
        return NULL;
    snprintf(out, 32, "%.2f %%", pct >= 99.995 && pct < 100 ? 99.99 : pct);
    return out;
}

static void add_node(struct table *t, const cJSON *n)
{
    char share[32], outages[32], longest[CLOCK_TEXT_MAX], rtt[32], loss[32];
    double seconds = json_number(n, "longest_s", NAN), pct = json_number(n, "availability_pct", NAN);
    bool away = !isnan(seconds) && seconds > 0;
    table_cell(t, COLOUR_NONE, json_text(n, "name"));
    table_cell(t, isnan(pct) ? COLOUR_FAINT : pct < 99 ? COLOUR_BAD : COLOUR_NONE, availability_text(n, share));
    table_cell(t, COLOUR_NONE, number_text(n, "outages", "", outages, sizeof outages));
    table_cell(t, COLOUR_NONE, away ? span_text((int64_t)seconds * NS_PER_S, longest) : "");
    table_cell(t, COLOUR_NONE, number_text(n, "rtt_ms", "ms", rtt, sizeof rtt));
    table_cell(t, COLOUR_NONE, number_text(n, "loss_pct", "%", loss, sizeof loss));
}

static void print_nodes(const cJSON *report)
{
    static const char *const titles[] = {"node", "available", "outages", "longest", "rtt", "loss", NULL};
    const cJSON *list = json_member(report, "nodes"), *n;
    struct table *t = cJSON_GetArraySize(list) ? table_create(titles, 0) : NULL;
    if (!t)
        return;
    cJSON_ArrayForEach(n, list) {
        const char *class = json_text(n, "class");
        if (!class || strcmp(class, node_class_words[CLASS_ROAMING]) != 0)
            add_node(t, n);
    }
    putchar('\n');
    table_print(t, stdout);
    table_destroy(t);
}

static void print_places(const cJSON *report)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, json_member(report, "sites")) {
        const char *verdict = json_text(one, "verdict");
        printf("  ");
        put_safely(json_text(one, "site"), COLOUR_NONE);
        fputs(": ", stdout);
        put_safely(verdict, colour_of_state(verdict));
        putchar('\n');
    }
    cJSON_ArrayForEach(one, json_member(report, "links")) {
        const char *verdict = json_text(one, "verdict");
        if (!verdict || strcmp(verdict, verdict_words[VERDICT_OK]) == 0)
            continue;
        fputs("  link ", stdout);
        put_safely(json_text(one, "name"), COLOUR_NONE);
        fputs(": ", stdout);
        put_safely(verdict, colour_of_state(verdict));
        putchar('\n');
    }
}

static void print_changes(const cJSON *report)
{
    const cJSON *list = json_member(report, "changes"), *one;
    char when[64];
    if (cJSON_GetArraySize(list))
        puts("\nWhat else happened:");
    cJSON_ArrayForEach(one, list) {
        const char *node = json_text(one, "node"), *text = json_text(one, "text");
        printf("  %s  ", moment_text(json_text(one, "at"), when, sizeof when));
        if (node && *node) {
            put_safely(node, COLOUR_NONE);
            fputs(": ", stdout);
        }
        put_safely(text ? text : json_text(one, "kind"), COLOUR_NONE);
        putchar('\n');
    }
}

static void print_report(const cJSON *report)
{
    char from[64], to[64];
    const char *site = json_text(report, "site"), *verdict = json_text(report, "verdict");
    put_safely(site ? site : "hayloft", COLOUR_NONE);
    printf(", %s to %s: ", moment_text(json_text(report, "from"), from, sizeof from),
           moment_text(json_text(report, "to"), to, sizeof to));
    put_safely(verdict, colour_of_state(verdict));
    putchar('\n');
    print_places(report);
    print_incidents(report);
    print_nodes(report);
    print_changes(report);
}

static int64_t read_days(struct invocation *v)
{
    const char *text = command_option(v, "--days");
    char *end;
    long days = text ? strtol(text, &end, 10) : 1;
    if (text && (end == text || *end || days < 1 || days > DAYS_MAX)) {
        command_fail(v, "--days: expected a number from 1 to %d", DAYS_MAX);
        return 0;
    }
    return days;
}

int report_run(struct invocation *v)
{
    int64_t days = read_days(v);
    if (days == 0)
        return EXIT_UNKNOWN;
    if (v->argc > 1)
        return command_usage(v);
    struct ledger *ledger = command_ledger(v);
    if (!ledger)
        return EXIT_UNKNOWN;
    struct wall to = clock_wall(), from = wall_after(to, -days * DAY_NS);
    struct progress *sign = progress_begin("reading");
    struct snapshot *view = command_view(v, true);
    cJSON *report = document_report(view, ledger, from, to);
    if (report)
        measure_nodes(command_state_dir(v), report, from, to);
    progress_end(sign);
    if (!report)
        command_fail(v, "the database could not be asked");
    else if (v->json)
        command_print_json(report);
    else
        print_report(report);
    if (report && !view)
        command_fail(v, "hayloft is not running: this is only what was written down");
    int status = report ? EXIT_OK : EXIT_UNKNOWN;
    cJSON_Delete(report);
    snapshot_destroy(view);
    ledger_close(ledger);
    return status;
}
