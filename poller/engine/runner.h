/* The engine at work, without a loop: the step function, the collectors it starts, and the wheel on
 * which its timer and theirs stand. Whoever runs it gives the time and the doors to the network,
 * turns it when it is due, and does what concerns neither: the shell with libuv and the kernel, a
 * test with a world of its own.
 *
 *   runner_step(input) --> engine_take --> START ... --> collectors --> report, hint -->
 * runner_step runner_turn        --> timers that are due; then what the collectors batched is sent
 */
#ifndef HAYLOFT_ENGINE_RUNNER_H
#define HAYLOFT_ENGINE_RUNNER_H

#include "poller/engine/collect.h"
#include "poller/engine/wheel.h"

#define STEP_DEPTH_MAX 16 /* a start may report at once, which may start something, ... */

struct runner_setup {
    struct engine *engine;     /* stays the caller's */
    const struct env *outside; /* all but timers, report and hint; outlives the runner */
    struct collect_names names;
    void *ctx;
    struct instant (*begin)(void *ctx); /* a step begins: what the system's clocks say */
    void (*taken)(void *ctx);           /* the engine took it, and may believe another time; NULL: fine */
    void (*perform)(void *ctx, const struct output *o); /* what is not for collectors */
    void (*arm)(void *ctx, struct mono due); /* runner_turn is wanted then; MONO_NEVER: not at all */
};

struct runner {
    struct runner_setup setup;
    struct env env; /* what collectors are given */
    struct collect *collect;
    struct wheel wheel;
    struct timer engine_timer;
    bool turning, ending;
    struct outputs outputs[STEP_DEPTH_MAX];
    unsigned depth;
    uint64_t snmp_requests;
};

void runner_init(struct runner *r, const struct runner_setup *setup);
/* Ends the collectors. Timers of others may still be stopped afterwards. */
void runner_fini(struct runner *r);

/* Hands an input to the engine and does what it answers. */
void runner_step(struct runner *r, const struct input *in);
void runner_turn(struct runner *r);

void runner_timer_set(struct runner *r, struct timer *t, struct mono when);
void runner_timer_stop(struct runner *r, struct timer *t);

#endif
