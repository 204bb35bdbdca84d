/* A year of 60 nodes at the report seam: 1 % random loss, 20 bursts a day and node of up to 6 s, and 52
 * outages of 20 s. Each outage must be found as one incident on the right node, and nothing else.
 * usage: year [DAYS [SEED]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/sim_world.h"

#define NODES 60
#define DAY_S 86400.0
#define OUTAGE_S 20.0

struct outage {
    char node[16];
    double at;
    unsigned found;
};

static void build(struct world *w)
{
    char name[16], parent[16];
    world_node(w, "n0", NULL, NULL);
    for (unsigned i = 1; i < NODES; i++) {
        snprintf(name, sizeof name, "n%u", i);
        snprintf(parent, sizeof parent, "n%u", i < 10 ? 0 : (i - 1) / 10);
        world_node(w, name, parent, NULL);
    }
}

static size_t plan(struct world *w, struct outage *outages, unsigned days)
{
    size_t count = 0;
    for (unsigned week = 0; week * 7 < days; week++) {
        struct outage *o = &outages[count++];
        snprintf(o->node, sizeof o->node, "n%u", 10 + week * 7 % (NODES - 10));
        o->at = week * 7 * DAY_S + 3600 + week * 997.13;
        world_down(w, o->node, o->at, o->at + OUTAGE_S);
    }
    return count;
}

static struct outage *outage_of(struct outage *outages, size_t count, const struct kept_incident *i)
{
    for (size_t k = 0; k < count; k++)
        if (i->opened_s >= outages[k].at && i->opened_s <= outages[k].at + OUTAGE_S + 1 &&
            i->in.cause.node && strcmp(i->in.cause.node, outages[k].node) == 0)
            return &outages[k];
    return NULL;
}

static int verdict(const struct world *w, struct outage *outages, size_t count)
{
    unsigned wrong = 0, missed = 0;
    double slowest = 0;
    for (size_t i = 0; i < world_incident_count(w); i++) {
        const struct kept_incident *in = world_incident(w, i);
        struct outage *o = outage_of(outages, count, in);
        if (o && o->found++ == 0) {
            slowest = in->opened_s - o->at > slowest ? in->opened_s - o->at : slowest;
            continue;
        }
        wrong++;
        printf("wrong: %s %s at %.1f\n", cause_kind_words[in->in.cause.kind],
               in->in.cause.node ? in->in.cause.node : "-", in->opened_s);
    }
    for (size_t k = 0; k < count; k++)
        if (outages[k].found == 0) {
            missed++;
            printf("missed: %s at %.1f\n", outages[k].node, outages[k].at);
        }
    printf("%zu outages: %u missed, %u other incidents, slowest found after %.1f s, "
           "%llu rounds\n",
           count, missed, wrong, slowest, (unsigned long long)world_rounds(w));
    return missed || wrong;
}

int main(int argc, char **argv)
{
    unsigned days = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 365;
    static struct outage outages[64];
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    struct world *w = world_create(argc > 2 ? (uint64_t)strtoull(argv[2], NULL, 10) : 7);
    build(w);
    world_loss(w, 0.01);
    world_bursts(w, 20, 6);
    size_t count = plan(w, outages, days);
    world_begin(w);
    world_run(w, days * DAY_S);
    int failed = verdict(w, outages, count);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%u days in %.1f s\n", days, (double)(end.tv_sec - begin.tv_sec) +
                                            (double)(end.tv_nsec - begin.tv_nsec) * 1e-9);
    world_destroy(w);
    return failed;
}
