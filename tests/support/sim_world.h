/* A simulated network at the report seam: it answers the engine's rounds in simulated time, loses
 * echoes at random and in bursts, and lets nodes, links and services fail when told. What the
 * engine commits is kept (see keeper.h), so that a restart can be played too. */
#ifndef HAYLOFT_TESTS_SIM_WORLD_H
#define HAYLOFT_TESTS_SIM_WORLD_H

#include "poller/engine/engine.h"
#include "tests/support/keeper.h"
#include "tests/support/sim_guest.h"

struct world;

struct world *world_create(uint64_t seed);
void world_destroy(struct world *w);

/* Before world_begin, or before world_reload. parent NULL: hangs on the watcher. Each node is
 * pinged. */
void world_node(struct world *w, const char *name, const char *parent, const char *site);
void world_address(struct world *w, const char *node, const char *address);
void world_isolate(struct world *w, const char *network, char **from, size_t count); /* the list stays the caller's */
void world_planned_port(struct world *w, const char *node, const char *port);
void world_check(struct world *w, const char *node, const char *kind, const char *label);
void world_interval(struct world *w, double seconds); /* of all checks; a minute unless said */
void world_unpinged(struct world *w,
                    const char *node); /* "ping: off", before any world_check of it */
void world_bridge(struct world *w, const char *name, const char *near, const char *far);
void world_internet(struct world *w, const char *gateway);
/* A network played guest on, with these VLANs (none: untagged), every so many seconds. vlans stay the caller's. */
void world_network(struct world *w, const char *name, int64_t *vlans, size_t count, double every_s);
void world_lan(struct world *w); /* strangers are listened for where we stand */
void world_hold(struct world *w, double seconds);
void world_receiver(struct world *w, enum severity least, double remind_s); /* the one there is */
void world_report(struct world *w, const char *at);   /* a health report at that local time */
/* Another place at that site reports to this one; node: the one it runs on, "": not watched from here. */
void world_vantage(struct world *w, const char *name, const char *site, const char *node);
/* This one is called so and reports to another; always: its receiver is told of incidents all the same. */
void world_upstream(struct world *w, const char *name, bool always);
void world_unplug(struct world *w, const char *node); /* out of the configuration */

void world_begin(struct world *w);   /* the first configuration; restored: nothing */
void world_reload(struct world *w);  /* the configuration as it is now */
void world_restart(struct world *w); /* the engine dies and comes back with what was committed */

/* Faults, in seconds since world_create. down takes what hangs on the node along. */
void world_down(struct world *w, const char *node, double from, double to);
void world_down_alone(struct world *w, const char *node, double from, double to);
void world_fail(struct world *w, const char *node, const char *kind, double from, double to,
                enum outcome outcome, const char *reason);
/* A fact told by a check of that kind, from then on. */
void world_fact(struct world *w, const char *node, const char *kind, double from, const char *name,
                const char *subject, const char *value);
/* What probes of that kind ("guest", "rogue") begun in that time tell of a VLAN. Otherwise all is well. */
void world_guest(struct world *w, const char *network, const char *kind, int64_t vid, double from, double to,
                 sim_tell_fn tell);
/* Of each guest's probe by itself: that a step fails, that too much of one is lost to tell. */
void world_guest_chances(struct world *w, double bad, double lossy);
/* A reading told by a check of that kind in that time: value, and as much up and down by chance. */
struct world_reading {
    const char *meaning, *class_, *label, *unit, *state; /* state NULL: value says it */
    double value, noise;                                 /* value NaN: unavailable */
    enum reading_level level;                            /* of the state */
    struct reading_limits limits;
};
void world_reading(struct world *w, const char *node, const char *kind, double from, double to,
                   struct world_reading r);
/* A check of that kind keeps the device busy for so long in each answered round, in that time. */
void world_busy(struct world *w, const char *node, const char *kind, double from, double to,
                double seconds);
/* In that time the node's tables can be read and say this (lists with a time; it is then the present one). Kept by
 * pointer. What was said last of a time counts; at other times they cannot be read. */
void world_tables(struct world *w, const char *node, double from, double to, const struct wiring *what);
void world_loss(struct world *w, double probability);
void world_bursts(struct world *w, double per_day, double max_s); /* uniform up to max: mean half */
void world_step_clock(struct world *w, double seconds);           /* the wall clock jumps */
void world_set_clock(struct world *w,
                     double ahead_s); /* that far ahead of the true time; 0: right */
void world_starve(struct world *w,
                  double seconds); /* nobody runs: all clocks go on, nothing is done */
/* Before world_begin, both as true times: the program's date, and the newest sample of an earlier
 * life. */
void world_built(struct world *w, double at);
void world_newest(struct world *w, double at);
void world_samples(struct world *w); /* regular pings have a value to be stored; else none do */
void world_take(struct world *w, const struct input *in);
void world_on_commit(struct world *w, void (*fn)(void *ctx, const struct es_commit *c), void *ctx);
struct wall world_wall(double at_s); /* the true stamp of a time */
/* A person asks for a node or network now; what he was told since. */
#define WORLD_STEPS_MAX 64
struct world_probe {
    struct {
        char step[24], detail[64], vlan[8];
        enum verdict verdict;
    } steps[WORLD_STEPS_MAX];
    size_t step_count;
    bool answered, ok;
    double answered_s;
    char text[512];
};
const struct world_probe *world_probe(struct world *w, const char *name);

void world_run(struct world *w, double until_s);
double world_now(const struct world *w);

/* What came of it. */
const struct engine *world_engine(const struct world *w);
const struct keeper *world_keeper(const struct world *w);
size_t world_incident_count(const struct world *w);
const struct kept_incident *world_incident(const struct world *w, size_t i);
enum node_state world_state(const struct world *w, const char *node);
const char *world_behind(const struct world *w, const char *node);
unsigned world_messages(const struct world *w, enum message_kind kind);
const char *world_last_text(const struct world *w); /* of a report or a test; never NULL */
enum message_kind world_last_message(const struct world *w);
unsigned world_starts(const struct world *w, const char *node, enum round_kind kind);
/* The true time of a stamp, in seconds since world_create. */
double world_true(const struct world *w, struct wall stamp);
/* Samples as they reached store: when they were taken, and what their stamp says of it. */
struct world_sample {
    double taken_s, stamp_s;
};
double world_last_step(const struct world *w); /* of the series taken last, in seconds; 0: none */
size_t world_sample_count(const struct world *w); /* those that reached store */
struct world_sample world_sample(const struct world *w, size_t i);
size_t world_samples_taken(const struct world *w);
const struct outbox_entry *world_outbox(const struct world *w, size_t i); /* NULL past the last */
struct wall world_since(const struct world *w, const char *node);
unsigned world_events(const struct world *w, const char *kind);
uint64_t world_rounds(const struct world *w);

#endif
