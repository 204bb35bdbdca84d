#include <stdio.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/answer.h"
#include "poller/command/lines.h"
#include "poller/command/probe_network.h"
#include "poller/command/progress.h"
#include "poller/document/networks.h"

#define ANSWER_MAX_BYTES (4u << 20)
#define PROBE_PATIENCE_NS SECONDS(180) /* a network that fails is probed twice, with all its tries */

struct probing {
    bool json;
    cJSON *steps;
    enum verdict worst;
};

static void take_step(void *ctx, const struct ew_probe_step *s)
{
    struct probing *p = ctx;
    cJSON *step = json_add_object(p->steps);
    json_put_text(step, "step", s->step);
    json_put_text(step, "verdict", verdict_words[s->verdict]);
    json_put_text(step, "detail", s->detail);
    json_put_number(step, "ms", (double)s->took_ns / (double)NS_PER_MS);
    if (s->verdict > p->worst)
        p->worst = s->verdict;
    if (p->json)
        return;
    if (s->vlan) {
        probe_network_step(s);
        return;
    }
    printf("  %-12s ", s->step ? s->step : "");
    put_safely(verdict_words[s->verdict], colour_of_state(verdict_words[s->verdict]));
    if (s->detail && *s->detail) {
        fputs("  ", stdout);
        put_safely(s->detail, COLOUR_NONE);
    }
    printf("  (%.1f ms)\n", (double)s->took_ns / (double)NS_PER_MS);
    fflush(stdout);
}

static void show(const struct invocation *v, const struct ew_result *r, struct probing *p)
{
    if (v->json) {
        cJSON *document = cJSON_CreateObject();
        json_put_text(document, "name", v->argv[1]);
        json_put_text(document, "vantage", "here");
        json_put_text(document, "verdict", verdict_words[p->worst]);
        json_put_text(document, "sentence", r->text);
        cJSON_AddItemToObject(document, "steps", p->steps);
        json_put_array(document, "hops");
        json_put_array(document, "coverage");
        command_print_json(document);
        cJSON_Delete(document);
        p->steps = NULL;
    } else {
        put_safely(r->text, r->ok ? COLOUR_NONE : COLOUR_BAD);
        putchar('\n');
    }
}

/* A network's document has more than the steps: where that holds, and which boxes were crossed. */
static int show_network(const struct invocation *v, struct engine_client *c, bool *is_one)
{
    struct snapshot *view = snapshot_create();
    const struct ew_network *n =
        view && engine_client_snapshot(c, view) ? network_named(view, v->argv[1]) : NULL;
    int status = n ? probe_network_show(v, n) : EXIT_UNKNOWN;
    *is_one = n != NULL;
    snapshot_destroy(view);
    return status;
}

static int show_result(const struct invocation *v, struct engine_client *c, const struct ew_result *r,
                       struct probing *p)
{
    bool network = false;
    int status = r->ok ? show_network(v, c, &network) : EXIT_UNKNOWN;
    if (network)
        return status;
    show(v, r, p);
    return command_exit_of(p->worst);
}

int probe_run(struct invocation *v)
{
    struct ew_result result;
    int status = EXIT_UNKNOWN;
    if (v->argc != 2)
        return command_usage(v);
    struct engine_client *c = command_engine(v);
    struct arena *arena = arena_create(ANSWER_MAX_BYTES);
    struct probing p = {v->json, cJSON_CreateArray(), VERDICT_UNKNOWN};
    if (!c || !arena || !p.steps)
        goto out;
    engine_client_extend(c, PROBE_PATIENCE_NS);
    struct progress *sign = progress_begin("asking");
    bool answered = engine_client_command(c, WE_PROBE, v->argv[1], take_step, &p, arena, &result);
    progress_end(sign);
    if (!answered) {
        command_fail(v, "%s", engine_client_error(c));
    } else if (!result.ok && cJSON_GetArraySize(p.steps) == 0) {
        command_fail(v, "%s", result.text ? result.text : "refused");
    } else {
        status = show_result(v, c, &result, &p);
    }
out:
    cJSON_Delete(p.steps);
    arena_destroy(arena);
    engine_client_close(c);
    return status;
}
