/* The engine's own nouns, shared by its files only. */
#ifndef HAYLOFT_ENGINE_ENGINE_INTERNAL_H
#define HAYLOFT_ENGINE_ENGINE_INTERNAL_H

#include "poller/diagnose/diagnose.h"
#include "poller/engine/alarms.h"
#include "poller/engine/engine.h"
#include "poller/engine/guest_macs.h"
#include "poller/engine/guest_watch.h"
#include "poller/engine/judge.h"
#include "poller/engine/network_look.h"
#include "poller/engine/outputs.h"
#include "poller/engine/shedding.h"
#include "poller/engine/tables.h"
#include "poller/engine/timekeeper.h"
#include "poller/engine/way_watch.h"
#include "poller/model/window.h"

#define START_SLOT_MS 5 /* rounds start on these marks, so that the shell can send a slot in one batch */

#define WORD_MAX 32     /* a reason's longest stable word, with its end */

/* A round in flight; number 0: none. */
struct running {
    uint32_t number;
    enum round_kind kind;
    struct mono started, deadline;
};

struct check {
    uint32_t id;
    struct node *node;
    char *kind, *label;                 /* own copies: they outlive a configuration */
    const struct judge *judge;
    const struct config_check *config;  /* of the running configuration; NULL for the Internet's */
    struct shedding shedding;           /* how often it is asked while it answers */
    bool silent;                        /* the last regular round was: asked as configured, it is no load */
    struct alarm next;                  /* the next regular round */
    struct alarm extra;                 /* the next step of what stage says */
    struct alarm guard;                 /* a confirm, recover or ask round that never reported */
    struct running regular, burst, ask; /* burst: confirm or recover */
    struct running tables;              /* beside those */
    struct tables_turn turn;            /* when they are read again */
    struct judgement judgement;         /* verdict and how it came about */
    struct guest_watch *guest;          /* of a network's check, which judges it; NULL: it is none */
    struct network_look *look;          /* of a guest: what tables say of its VLAN's way; NULL: nothing yet */
    struct way_watch way;               /* of a guest */
    bool ask_waits;                     /* to be asked when the round under way is over */
    struct mono last_round;             /* when the last regular one ended; ns 0: none did */
    uint8_t phase;                      /* of suspicion, while confirming */
    uint32_t probe_request;             /* a person waits for this ask; 0: nobody */
    uint32_t told_steps;                /* of a network: steps the person was told of, a bit each */
    bool probe_over;                    /* ... and nothing more of it will come */
    uint32_t tables_request;            /* ... for these tables */
    bool seen;                          /* during adoption: still configured */
    bool starts_early, began_early;     /* regular: before its place, until its place comes */
};

/* Between its regular rounds, as things are. */
static inline int64_t check_interval_ns(const struct check *c)
{
    return c->silent ? c->shedding.configured_ns : shedding_interval_ns(&c->shedding);
}

/* What is no device has checks, series and incidents like one, but is not listed, silent or counted. */
enum node_kind { NODE_DEVICE, NODE_INTERNET, NODE_NETWORK };

struct node {
    uint32_t index;                     /* in engine.nodes and the scene */
    enum node_kind kind;
    char *name;
    const struct config_node *config;   /* NULL: it is no device */
    const struct config_network *network; /* of NODE_NETWORK; NULL: the LAN */
    struct check **checks;
    size_t check_count;
    struct check *life;                 /* the check that tells whether it lives; NULL: nobody asks */
    struct fact_table facts;
    struct object **objects;
    size_t object_count, object_next;
    uint32_t *parents;
    size_t parent_count;
    const char *role;                   /* "router", "switch", "radio", "internet" or "" */
    bool config_paused;
    enum node_state state;
    struct mono state_since;
    struct wall since;
    char reason[WORD_MAX];
    char *behind;                       /* with unreachable */
    struct gauge *gauges;               /* its readings; see gauges.h */
    size_t gauge_count, gauge_next;
    struct node_tables *tables;         /* NULL: none was ever read */
    struct table_before *table_before;  /* see guest_macs.h; NULL: none */
    struct mac heard;                   /* it answered us by ARP or ND with that; not set: never */
    uint64_t was_bad;                   /* causes whose incident of a reading may be open: a bit each */
    double rtt_s, loss;                 /* of the latest ping round; NaN unknown */
    struct mono rebooted_at;            /* when its last restart was told; ns 0: never */
    int64_t uptime_ns;                  /* last told by its agent; -1 unknown */
    struct incident_record *held_by;    /* the open incident that explains its silence */
    bool blocked;                       /* it, or all ways to it, were silent when last looked at */
    struct mono free_since;             /* when that ended */
    bool was_alive;                     /* answered since our start, or restored as living */
    bool show;                          /* changed since it was last shown: node_show() */
    bool seen;
};

struct incident_record; /* incidents.h */
struct vantage;         /* vantages.h */

#define PAST_MAX 64 /* incidents remembered for the reports; older ones go */

struct past_incident {
    char *sentence;
    struct mono resolved;
    int64_t lasted_ns;
};

struct engine {
    struct engine_setup setup;
    struct instant now;                 /* of the step being taken: the best known time, see calendar.h */
    struct timekeeper time;
    bool time_learned, time_marked;     /* told by store; a mark of doubt is kept there */
    enum clock_doubt doubt_told;
    struct alarm clock_look;            /* while in doubt */
    struct outputs *out;                /* of the step being taken */
    struct alarms alarms;
    const struct config *config;        /* NULL before the first */
    struct node **nodes;
    size_t node_count;
    size_t shown_count;                 /* the first ones, which people see as nodes; then come networks */
    struct node *router;                /* what the Internet hangs on; NULL: not known */
    struct arena *plans;                /* what is asked of networks, see network_plan.h */
    struct guest_macs guest_macs;
    struct mono ways_looked;            /* last */
    bool ways_old;                      /* something that ways of networks are known by is another */
    struct alarm ways;                  /* when tables are to be read for one, or are too old */
    struct check **checks;              /* by id; NULL: free */
    size_t check_slots, check_count, first_free;
    struct node **sorted;               /* by name */
    size_t sorted_count;
    uint32_t last_round, last_object;
    struct scene scene;                 /* arrays owned here, see scene_keep.c */
    struct scene_node *scene_nodes;
    struct dependency *hangs;
    struct scene_link *scene_links;
    bool *failing, *beneath;
    uint32_t *behind, *group;           /* group: scratch for lists of nodes */
    uint32_t widened_root;              /* see suspicion.c */
    struct mono widened_at;
    struct mono cut_off;                /* all our own links are gone since then; MONO_NEVER: no */
    bool waiting;                       /* something silent waits until those above it are heard */
    struct fact_table own_facts;
    struct incident_record **incidents; /* open, and resolved ones that may still come back */
    size_t incident_count;
    uint64_t random;
    bool restored, dirty, watched, show_status;
    bool show_nodes;                    /* some node is to be shown */
    bool probes_over;                   /* some person's probe of a network is to be answered */
    struct mono started;
    struct mono grace_until;            /* before it no incident about what was never heard */
    struct mono quiet_until;            /* before it none about silence at all: we were asleep */
    struct alarm settle;                /* when conclude must look again */
    struct own_trouble *troubles;       /* of store and ours, see own.c */
    size_t trouble_count;
    struct alarm report;                /* when the reports are looked at; see reports.c */
    struct report_day *report_days;
    size_t report_day_count;
    struct past_incident past[PAST_MAX]; /* that people were told of, oldest first */
    size_t past_count;
    struct vantage **vantages;          /* those that report to us */
    size_t vantage_count;
    struct commit_draft *draft;         /* what this step commits; see draft.c */
    uint64_t rounds_overrun, reports_stray, rounds_lost;
};

static inline void node_show(struct engine *e, struct node *n)
{
    n->show = e->show_nodes = true;
}

uint64_t engine_random(struct engine *e);
struct check *engine_check(struct engine *e, uint32_t id);
struct node *engine_node(struct engine *e, const char *name); /* NULL when unknown */
void engine_set_alarm(struct engine *e, struct alarm *a, struct mono at);

#endif
