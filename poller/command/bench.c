#include "poller/command/bench.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/protocol/echo.h"
#include "poller/base/clock.h"
#include "poller/command/cost.h"
#include "poller/command/sweep.h"
#include "poller/command/targets.h"

#define EXIT_COULD_NOT 3

struct target_list {
    struct sweep_target *items;
    size_t count, capacity;
};

static int usage(FILE *out, int status)
{
    fputs("usage: hayloft bench ping --targets FILE [--count N] [--rate ECHOES_PER_SECOND]\n"
          "                          [--timeout MS] [--size BYTES] [--each] [--json]\n",
          out);
    return status;
}

static bool add_target(void *ctx, const struct addr *addr)
{
    struct target_list *list = ctx;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 1024;
        struct sweep_target *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = (struct sweep_target){.addr = *addr};
    return true;
}

struct bench_cost {
    double cpu_s, cpu_us_per_echo;
    long rss_kib;
};

static struct bench_cost cost_of(const struct sweep_result *r)
{
    struct bench_cost cost = {.cpu_s = cost_cpu_s(), .rss_kib = cost_peak_kib()};
    cost.cpu_us_per_echo = r->sent ? cost.cpu_s * 1e6 / (double)r->sent : 0;
    return cost;
}

static double seconds(int64_t ns)
{
    return (double)ns / (double)NS_PER_S;
}

static void print_text(const struct sweep_result *r, size_t targets)
{
    struct bench_cost cost = cost_of(r);
    uint64_t asked = r->sent - r->ours, lost = asked - r->answered;
    printf("%zu targets, %llu echoes in %.3f s: %llu answered, %.2f %% lost\n", targets,
           (unsigned long long)r->sent, seconds(r->took_ns), (unsigned long long)r->answered,
           asked ? 100.0 * (double)lost / (double)asked : 0.0);
    printf("round trip: median %.1f us, 99 %% within %.1f us\n",
           (double)sweep_quantile_ns(r, 0.5) / 1e3, (double)sweep_quantile_ns(r, 0.99) / 1e3);
    printf("cost: %.3f s CPU, %.2f us per echo, %ld KiB memory\n", cost.cpu_s, cost.cpu_us_per_echo,
           cost.rss_kib);
    if (r->duplicates + r->late + r->wrong_source + r->forged + r->refused)
        printf("also: %llu duplicate, %llu late, %llu from a wrong source, %llu not ours, %llu refused\n",
               (unsigned long long)r->duplicates, (unsigned long long)r->late,
               (unsigned long long)r->wrong_source, (unsigned long long)r->forged,
               (unsigned long long)r->refused);
    if (r->ours)
        printf("not sent, by our own fault: %llu (%s)\n", (unsigned long long)r->ours, r->own_error);
}

static void print_each_json(const struct target_list *list)
{
    char text[ADDR_TEXT_MAX];
    printf(",\"targets\":[");
    for (size_t i = 0; i < list->count; i++) {
        const struct sweep_target *t = &list->items[i];
        printf("%s{\"address\":\"%s\",\"sent\":%u,\"answered\":%u", i ? "," : "",
               addr_text(&t->addr, text), t->sent, t->answered);
        if (t->answered)
            printf(",\"rtt_min_s\":%.9f,\"rtt_mean_s\":%.9f,\"rtt_max_s\":%.9f",
                   seconds(t->rtt_min_ns), seconds((int64_t)(t->rtt_sum_ns / t->answered)),
                   seconds(t->rtt_max_ns));
        putchar('}');
    }
    putchar(']');
}

static void print_json(const struct sweep_result *r, const struct target_list *list, bool each)
{
    struct bench_cost cost = cost_of(r);
    printf("{\"targets_total\":%zu,\"sent\":%llu,\"answered\":%llu,\"duplicates\":%llu,\"late\":%llu,"
           "\"wrong_source\":%llu,\"not_ours\":%llu,\"refused\":%llu,\"own_faults\":%llu,",
           list->count, (unsigned long long)r->sent, (unsigned long long)r->answered,
           (unsigned long long)r->duplicates, (unsigned long long)r->late,
           (unsigned long long)r->wrong_source, (unsigned long long)r->forged,
           (unsigned long long)r->refused, (unsigned long long)r->ours);
    printf("\"took_s\":%.6f,\"rtt_median_s\":%.9f,\"rtt_p99_s\":%.9f,\"cpu_s\":%.6f,"
           "\"cpu_us_per_echo\":%.3f,\"rss_kib\":%ld",
           seconds(r->took_ns), seconds(sweep_quantile_ns(r, 0.5)),
           seconds(sweep_quantile_ns(r, 0.99)), cost.cpu_s, cost.cpu_us_per_echo, cost.rss_kib);
    if (each)
        print_each_json(list);
    printf("}\n");
}

static void print_each_text(const struct target_list *list)
{
    char text[ADDR_TEXT_MAX];
    for (size_t i = 0; i < list->count; i++) {
        const struct sweep_target *t = &list->items[i];
        if (t->answered)
            printf("%-40s %u/%u  %.1f us\n", addr_text(&t->addr, text), t->answered, t->sent,
                   (double)t->rtt_sum_ns / t->answered / 1e3);
        else
            printf("%-40s 0/%u\n", addr_text(&t->addr, text), t->sent);
    }
}

struct bench_request {
    struct sweep_plan plan;
    const char *targets;
    bool json, each;
};

static bool read_number(const char *text, unsigned long least, unsigned long most, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(text, &end, 10);
    bool ok = !errno && *text >= '0' && *text <= '9' && !*end && *out >= least && *out <= most;
    if (!ok)
        fprintf(stderr, "hayloft bench: %s is not a number from %lu to %lu\n", text, least, most);
    return ok;
}

static bool take_option(struct bench_request *q, int option, const char *value)
{
    unsigned long number;
    switch (option) {
    case 't':
        q->targets = value;
        return true;
    case 'j':
        q->json = true;
        return true;
    case 'e':
        q->each = true;
        return true;
    case 'c':
        return read_number(value, 1, 1000, &number) && (q->plan.count = (unsigned)number);
    case 'r':
        return read_number(value, 1, 1000000, &number) && (q->plan.rate = (unsigned)number);
    case 'w':
        return read_number(value, 1, 60000, &number) &&
               (q->plan.timeout_ns = MILLISECONDS(number));
    case 's':
        return read_number(value, ECHO_PAYLOAD_MIN, ECHO_PAYLOAD_MAX, &number) &&
               (q->plan.payload_len = number);
    default:
        return false;
    }
}

static bool read_request(int argc, char **argv, struct bench_request *q)
{
    static const struct option options[] = {
        {"targets", required_argument, NULL, 't'}, {"count", required_argument, NULL, 'c'},
        {"rate", required_argument, NULL, 'r'},    {"timeout", required_argument, NULL, 'w'},
        {"size", required_argument, NULL, 's'},    {"each", no_argument, NULL, 'e'},
        {"json", no_argument, NULL, 'j'},          {NULL, 0, NULL, 0},
    };
    *q = (struct bench_request){
        .plan = {.count = 1, .timeout_ns = SECONDS(1), .payload_len = 56}};
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!take_option(q, o, optarg))
            return false;
    return optind == argc && q->targets;
}

static int run_ping(struct bench_request *q)
{
    struct target_list list = {0};
    struct sweep_result result;
    int status = EXIT_COULD_NOT;
    q->plan.progress = isatty(STDERR_FILENO);
    if (!targets_read(q->targets, add_target, &list) || !sweep_run(&q->plan, list.items, list.count, &result))
        goto out;
    if (q->json)
        print_json(&result, &list, q->each);
    else
        print_text(&result, list.count);
    if (q->each && !q->json)
        print_each_text(&list);
    status = result.ours ? EXIT_COULD_NOT : result.answered == result.sent ? 0 : result.answered ? 1 : 2;
out:
    free(list.items);
    return status;
}

int bench_main(int argc, char **argv)
{
    struct bench_request q;
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (argc < 2 || strcmp(argv[1], "ping") != 0 || !read_request(argc - 1, argv + 1, &q))
        return usage(stderr, EXIT_COULD_NOT);
    return run_ping(&q);
}
