/* Other places that report to us, and what each says of the nodes it watches: how they are now, when they were silent,
 * when nobody watched there. It is evidence about incidents of ours, never an incident: what was lies in the past, and
 * the state of a node is what is seen from here. Times are the vantage's. */
#ifndef HAYLOFT_ENGINE_VANTAGES_H
#define HAYLOFT_ENGINE_VANTAGES_H

#include "poller/engine/engine_internal.h"

#define SIGHTS_MAX 1000     /* nodes of one vantage */
#define SILENCES_MAX 16     /* of one node; older ones go */
#define RUNS_MAX 16

struct silence_seen {
    struct wall from, until; /* until ns 0: still */
};

/* A node as a vantage sees it. */
struct sight {
    char *node;
    enum node_state state;
    bool now;                /* it stood in the latest view */
    struct wall since, told; /* told: of the newest change */
    struct silence_seen silences[SILENCES_MAX];
    size_t silence_count;
};

/* A start of its engine; see struct vantage_run. */
struct run_seen {
    char boot[64];
    struct wall silent, started, machine_started;
};

struct vantage {
    const struct config_vantage *config;
    char name[64];
    struct mono heard;       /* its latest report; ns 0: none */
    bool reports;            /* ... since we run */
    int64_t skew_ns;         /* its clock less ours */
    bool clock_set, whole;
    struct wall behind, started;
    int64_t every_ns;
    struct sight *sights;
    size_t sight_count;
    struct run_seen runs[RUNS_MAX]; /* newest last */
    size_t run_count;
    struct alarm silent;     /* when it should have reported */
    struct mono excused;     /* last time that its silence was its place's; ns 0: never */
    bool missed;             /* its silence is a fault of ours now */
};

void vantages_adopt(struct engine *e); /* a configuration */
void vantages_take(struct engine *e, const struct se_vantage *m);
void vantages_destroy(struct engine *e);

/* The one that stands at a site; NULL: none. */
struct vantage *vantage_at(const struct engine *e, const char *site);
/* It has told all it decided until then. */
bool vantage_told_since(const struct vantage *v, struct mono then);
/* It reported not long before. */
bool vantage_reported_before(const struct vantage *v, struct mono then);
/* Its time in ours. */
struct wall vantage_time(const struct vantage *v, struct wall its);

#endif
