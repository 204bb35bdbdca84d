/* hayloft bench snmp: polls of many devices by the snmp collector, and what they cost. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/command/bench.h"
#include "poller/command/cost.h"
#include "poller/command/fleet.h"
#include "poller/command/targets.h"
#include "poller/command/v3_options.h"

#define PATIENCE_NS SECONDS(120) /* of a round; far above what any option allows it to take */
#define LEARNING    5 /* by then who answers is asked as much at once as it ever will be */

struct address_list {
    struct addr *items;
    size_t count, capacity;
};

static bool add_address(void *ctx, const struct addr *addr)
{
    struct address_list *list = ctx;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        struct addr *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *addr;
    return true;
}

static double seconds(int64_t ns)
{
    return (double)ns / (double)NS_PER_S;
}

static double per_device_us(const struct fleet_plan *plan, const struct fleet_result *r)
{
    return r->cpu_s * 1e6 / ((double)plan->count * plan->rounds);
}

static double per_varbind_us(const struct fleet_plan *plan, const struct fleet_result *r)
{
    return r->varbinds ? r->cpu_s * 1e6 / ((double)r->varbinds * plan->rounds) : 0;
}

static void print_text(const struct fleet_plan *plan, const struct fleet_result *r)
{
    printf("%zu devices, %u rounds: %" PRIu64 " answered, %" PRIu64 " in part, %" PRIu64
           " refused, %" PRIu64 " silent\n",
           plan->count, plan->rounds, r->answered, r->partial, r->refused, r->silent);
    printf("a round: %.3f s, the longest %.3f s; who answered was done after %.3f s, each within "
           "%.3f s\n",
           seconds(r->took_ns) / plan->rounds, seconds(r->longest_ns),
           seconds(r->answers_longest_ns), seconds(r->device_longest_ns));
    printf("cost: %.3f s CPU, %.2f us per device, %ld KiB memory, %u sockets\n", r->cpu_s,
           per_device_us(plan, r), cost_peak_kib(), r->sockets);
    printf("a round tells of %" PRIu64 " ports in %" PRIu64 " datagrams; %" PRIu64 " of %" PRIu64
           " requests were asked again\n",
           r->ports, r->datagrams, r->again, r->requests);
    if (r->varbinds)
        printf("%" PRIu64 " varbinds in a round, %.4f us each\n", r->varbinds,
               per_varbind_us(plan, r));
    if (r->own_error)
        printf("not asked, by our own fault: %" PRIu64 " (%s)\n", r->ours, r->own_error);
}

static void print_json(const struct fleet_plan *plan, const struct fleet_result *r)
{
    const struct {
        const char *name;
        double value;
    } fields[] = {{"targets_total", (double)plan->count},
                  {"rounds", plan->rounds},
                  {"answered", (double)r->answered},
                  {"partial", (double)r->partial},
                  {"refused", (double)r->refused},
                  {"silent", (double)r->silent},
                  {"own_faults", (double)r->ours},
                  {"requests", (double)r->requests},
                  {"requests_again", (double)r->again},
                  {"round_s", seconds(r->took_ns) / plan->rounds},
                  {"round_longest_s", seconds(r->longest_ns)},
                  {"answers_s", seconds(r->answers_ns) / plan->rounds},
                  {"answers_longest_s", seconds(r->answers_longest_ns)},
                  {"device_longest_s", seconds(r->device_longest_ns)},
                  {"cpu_s", r->cpu_s},
                  {"cpu_us_per_device", per_device_us(plan, r)},
                  {"cpu_us_per_varbind", per_varbind_us(plan, r)},
                  {"ports", (double)r->ports},
                  {"datagrams", (double)r->datagrams},
                  {"varbinds", (double)r->varbinds},
                  {"rss_kib", (double)cost_peak_kib()},
                  {"sockets", r->sockets}};
    cJSON *document = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        json_put_number(document, fields[i].name, fields[i].value);
    command_print_json(document);
    cJSON_Delete(document);
}

static bool read_number(struct invocation *v, const char *option, long least, long most,
                        int64_t *out)
{
    const char *text = command_option(v, option);
    char *end;
    if (!text)
        return true;
    errno = 0;
    *out = strtol(text, &end, 10);
    if (!errno && *text >= '0' && *text <= '9' && !*end && *out >= least && *out <= most)
        return true;
    command_fail(v, "%s %s is not a number from %ld to %ld", option, text, least, most);
    return false;
}

struct wishes {
    struct snmp_options options;
    const char *targets;
    int64_t rounds, learning;
    bool json;
};

static bool read_wishes(struct invocation *v, struct wishes *w)
{
    int64_t timeout_ms = 2000;
    const char *community = command_option(v, "--community");
    *w = (struct wishes){.rounds = 1, .learning = LEARNING};
    w->options =
        (struct snmp_options){.community = (char *)(uintptr_t)(community ? community : "public"),
                              .version = OPTION_V2C,
                              .port = 161,
                              .retries = 2};
    w->json = command_flag(v, "--json");
    w->targets = command_option(v, "--targets");
    bool fine = read_number(v, "--port", 1, 65535, &w->options.port) &&
                read_number(v, "--count", 1, 1000, &w->rounds) &&
                read_number(v, "--learn", 0, 100, &w->learning) &&
                read_number(v, "--timeout", 1, 30000, &timeout_ms) &&
                read_number(v, "--retries", 0, 10, &w->options.retries) &&
                v3_options_take(v, &w->options);
    w->options.timeout_ns = MILLISECONDS(timeout_ms);
    if (fine && (v->argc != 2 || !w->targets))
        command_usage(v);
    return fine && v->argc == 2 && w->targets;
}

static enum command_exit judge(const struct fleet_plan *plan, const struct fleet_result *r)
{
    if (r->ours)
        return EXIT_UNKNOWN;
    if (r->answered == plan->count * plan->rounds)
        return EXIT_OK;
    return r->answered + r->partial ? EXIT_DEGRADED : EXIT_FAILING;
}

int bench_snmp(struct invocation *v)
{
    struct wishes w;
    struct address_list list = {0};
    struct fleet_result result;
    int status = EXIT_UNKNOWN;
    if (command_flag(v, "--help"))
        return command_usage(v);
    if (read_wishes(v, &w) && targets_read(w.targets, add_address, &list)) {
        struct fleet_plan plan = {.options = &w.options,
                                 .addresses = list.items,
                                 .count = list.count,
                                 .learning = (unsigned)w.learning,
                                 .rounds = (unsigned)w.rounds,
                                 .patience_ns = PATIENCE_NS};
        if (fleet_run(&plan, &result)) {
            if (w.json)
                print_json(&plan, &result);
            else
                print_text(&plan, &result);
            status = judge(&plan, &result);
        }
    }
    v3_options_forget(&w.options);
    free(list.items);
    return status;
}
