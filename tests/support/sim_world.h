/* A simulated network at the report seam: it answers the engine's rounds in simulated time, loses echoes
 * at random and in bursts, and lets nodes, links and services fail when told. What the engine commits is
 * kept as a store would, so that a restart can be played too. */
#ifndef HAYLOFT_TESTS_SIM_WORLD_H
#define HAYLOFT_TESTS_SIM_WORLD_H

#include "poller/engine/engine.h"

struct sim_world;

struct sim_world *sim_create(uint64_t seed);
void sim_destroy(struct sim_world *w);

/* Before sim_begin, or before sim_reload. parent NULL: hangs on the watcher. Each node is pinged. */
void sim_node(struct sim_world *w, const char *name, const char *parent, const char *site);
void sim_planned_port(struct sim_world *w, const char *node, const char *port);
void sim_check(struct sim_world *w, const char *node, const char *kind, const char *label);
void sim_unpinged(struct sim_world *w, const char *node); /* "ping: off", before any sim_check of it */
void sim_bridge(struct sim_world *w, const char *name, const char *near, const char *far);
void sim_internet(struct sim_world *w, const char *gateway);
void sim_hold(struct sim_world *w, double seconds);
void sim_receiver(struct sim_world *w, enum severity least, double remind_s); /* the one there is */
void sim_report(struct sim_world *w, const char *at); /* a health report at that local time */
void sim_unplug(struct sim_world *w, const char *node); /* out of the configuration */

void sim_begin(struct sim_world *w);   /* the first configuration; restored: nothing */
void sim_reload(struct sim_world *w);  /* the configuration as it is now */
void sim_restart(struct sim_world *w); /* the engine dies and comes back with what was committed */

/* Faults, in seconds since sim_create. down takes what hangs on the node along. */
void sim_down(struct sim_world *w, const char *node, double from, double to);
void sim_down_alone(struct sim_world *w, const char *node, double from, double to);
void sim_fail(struct sim_world *w, const char *node, const char *kind, double from, double to,
              enum outcome outcome, const char *reason);
/* A fact told by a check of that kind, from then on. */
void sim_fact(struct sim_world *w, const char *node, const char *kind, double from,
              const char *name, const char *subject, const char *value);
void sim_loss(struct sim_world *w, double probability);
void sim_bursts(struct sim_world *w, double per_day, double max_s); /* uniform up to max: mean half */
void sim_step_clock(struct sim_world *w, double seconds); /* the wall clock jumps */
void sim_set_clock(struct sim_world *w, double ahead_s);  /* that far ahead of the true time; 0: right */
void sim_starve(struct sim_world *w, double seconds);     /* nobody runs: all clocks go on, nothing is done */
/* Before sim_begin, both as true times: the program's date, and the newest sample of an earlier life. */
void sim_built(struct sim_world *w, double at);
void sim_newest(struct sim_world *w, double at);
void sim_samples(struct sim_world *w); /* regular pings have a value to be stored; else none do */
void sim_take(struct sim_world *w, const struct input *in);

void sim_run(struct sim_world *w, double until_s);
double sim_now(const struct sim_world *w);

/* What came of it. */
struct sim_incident {
    struct incident in; /* as committed last */
    double opened_s, resolved_s; /* simulated time of the first and the last such commit; 0: not yet */
    unsigned commits;
};
size_t sim_incident_count(const struct sim_world *w);
const struct sim_incident *sim_incident(const struct sim_world *w, size_t i);
enum node_state sim_state(const struct sim_world *w, const char *node);
const char *sim_behind(const struct sim_world *w, const char *node);
unsigned sim_messages(const struct sim_world *w, enum message_kind kind);
const char *sim_last_text(const struct sim_world *w); /* of a report or a test; never NULL */
enum message_kind sim_last_message(const struct sim_world *w);
unsigned sim_starts(const struct sim_world *w, const char *node, enum round_kind kind);
/* The true time of a stamp, in seconds since sim_create. */
double sim_true(const struct sim_world *w, struct wall stamp);
/* Samples as they reached store: when they were taken, and what their stamp says of it. */
struct sim_sample {
    double taken_s, stamp_s;
};
size_t sim_sample_count(const struct sim_world *w); /* those that reached store */
struct sim_sample sim_sample(const struct sim_world *w, size_t i);
size_t sim_samples_taken(const struct sim_world *w);
const struct outbox_entry *sim_outbox(const struct sim_world *w, size_t i); /* NULL past the last */
struct wall sim_since(const struct sim_world *w, const char *node);
unsigned sim_events(const struct sim_world *w, const char *kind);
uint64_t sim_rounds(const struct sim_world *w);

#endif
