#include <stdio.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/document/documents.h"

static bool matches(const cJSON *node, const char *member, const char *wanted)
{
    const char *text = json_text(node, member);
    return !wanted || (text && strcmp(text, wanted) == 0);
}

static void keep_matching(cJSON *nodes, const char *site, const char *state)
{
    for (cJSON *n = nodes->child, *next; n; n = next) {
        next = n->next;
        if (!matches(n, "site", site) || !matches(n, "state", state))
            cJSON_Delete(cJSON_DetachItemViaPointer(nodes, n));
    }
}

static void add_row(struct table *t, const cJSON *n)
{
    char since[64], rtt[32], behind[160];
    const char *state = json_text(n, "state"), *hidden = json_text(n, "behind");
    const char *reason = json_text(n, "reason");
    if (hidden)
        snprintf(behind, sizeof behind, "behind %s", hidden);
    table_cell(t, COLOUR_NONE, json_text(n, "name"));
    table_cell(t, colour_of_state(state), state);
    table_cell(t, COLOUR_NONE, since_text(json_text(n, "since"), since, sizeof since));
    table_cell(t, COLOUR_NONE, json_text(n, "address"));
    table_cell(t, COLOUR_NONE, json_text(n, "site"));
    table_cell(t, COLOUR_NONE, json_text(n, "class"));
    table_cell(t, COLOUR_NONE, number_text(n, "rtt_ms", "ms", rtt, sizeof rtt));
    table_cell(t, COLOUR_NONE, hidden ? behind : reason ? reason : "");
}

static void print_table(const cJSON *nodes)
{
    static const char *const titles[] = {"node", "state", "since", "address", "site", "class", "rtt",
                                         "why", NULL};
    struct table *t = table_create(titles, 7);
    const cJSON *n;
    cJSON_ArrayForEach(n, nodes)
        if (t)
            add_row(t, n);
    if (t)
        table_print(t, stdout);
    table_destroy(t);
}

static bool is_state(const char *word)
{
    for (int s = STATE_UNKNOWN; s <= STATE_PAUSED; s++)
        if (strcmp(word, node_state_words[s]) == 0)
            return true;
    return false;
}

int nodes_run(struct invocation *v)
{
    const char *site = command_option(v, "--site"), *state = command_option(v, "--state");
    if (v->argc > 1)
        return command_usage(v);
    if (state && !is_state(state))
        return command_fail(v, "--state: expected up, degraded, down, unreachable, unknown or paused");
    struct snapshot *view = command_view(v, false);
    if (!view)
        return EXIT_UNKNOWN;
    cJSON *nodes = document_nodes(view);
    keep_matching(nodes, site, state);
    if (v->json)
        command_print_json(nodes);
    else
        print_table(nodes);
    cJSON_Delete(nodes);
    snapshot_destroy(view);
    return EXIT_OK;
}
