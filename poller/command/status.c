#include <stdio.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/lines.h"
#include "poller/document/documents.h"

static void print_counts(const cJSON *status)
{
    const char *site = json_text(status, "site"), *internet = json_text(status, "internet");
    if (site) {
        put_safely(site, COLOUR_NONE);
        fputs(": ", stdout);
    }
    const char *verdict = json_text(status, "verdict");
    put_safely(verdict, colour_of_state(verdict));
    printf(", %.0f of %.0f nodes up, %.0f open incident%s", json_number(status, "nodes_up", 0),
           json_number(status, "nodes_total", 0), json_number(status, "open_incidents", 0),
           json_number(status, "open_incidents", 0) == 1 ? "" : "s");
    fputs(", Internet ", stdout);
    put_safely(internet, colour_of_state(internet));
    putchar('\n');
}

static void print_faults(const cJSON *status)
{
    const cJSON *faults = json_member(json_member(status, "health"), "own_faults"), *fault;
    cJSON_ArrayForEach(fault, faults) {
        fputs("  own fault: ", stdout);
        put_safely(fault->valuestring, COLOUR_POOR);
        putchar('\n');
    }
    if (cJSON_IsTrue(json_member(json_member(status, "health"), "restoring")))
        puts("  the store has not answered yet: states are from before");
}

int status_run(struct invocation *v)
{
    struct snapshot *view = command_view(v, false);
    cJSON *status = view ? document_status(view) : document_status_absent("hayloft is not running");
    const struct ew_status *s = view ? snapshot_status(view) : NULL;
    if (v->json)
        command_print_json(status);
    else if (s) {
        print_counts(status);
        print_faults(status);
    }
    int exit_status = s ? command_exit_of(s->verdict) : EXIT_UNKNOWN;
    cJSON_Delete(status);
    snapshot_destroy(view);
    return exit_status;
}
