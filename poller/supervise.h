/* When a role is started again, asked whether it lives, or killed: decisions only, under a given
 * time.
 *
 *   ABSENT --wanted--> WAITING --due--> RUNNING --ended--> WAITING (later each time it ends early)
 *     ^                                    |
 *     +----- on demand, ended clean -------+
 *
 * A first early end is forgiven: a killed role is back at once. One that ends early again and again
 * waits from `first` doubling to `longest`. What was killed from outside is not its program's fault
 * and never waits longer than `first`. */
#ifndef HAYLOFT_SUPERVISE_H
#define HAYLOFT_SUPERVISE_H

#include <stdbool.h>

#include "poller/base/clock.h"

struct supervise_policy {
    int64_t first_ns, longest_ns; /* wait before a restart */
    int64_t settled_ns;           /* a role that lived so long starts with a clean sheet */
    int64_t ask_ns;               /* between two questions whether it lives */
    int64_t hung_ns;              /* without an answer for so long: hung */
};

extern const struct supervise_policy supervise_standard;

enum supervise_state { SUPERVISE_ABSENT, SUPERVISE_WAITING, SUPERVISE_RUNNING };
enum supervise_action { SUPERVISE_NOTHING, SUPERVISE_START, SUPERVISE_ASK, SUPERVISE_KILL };
enum supervise_news { SUPERVISE_NO_NEWS, SUPERVISE_LOOPS, SUPERVISE_LOOPS_NO_MORE };
enum supervise_end { SUPERVISE_CLEAN, SUPERVISE_FAILED, SUPERVISE_KILLED };

struct supervised {
    enum supervise_state state;
    bool on_demand;
    unsigned early_ends; /* in a row */
    struct mono started, start_at;
    struct mono ask_at, asked; /* asked: the oldest question without an answer; MONO_NEVER: none */
    struct mono wanted;        /* last time somebody asked for it */
    bool killing;
    bool in_trouble;           /* LOOPS was said, and not yet that it does no more */
};

void supervise_init(struct supervised *s, bool on_demand);
void supervise_want(struct supervised *s,
                    struct mono now); /* also the first start of a permanent role */
void supervise_want_at(struct supervised *s, struct mono now, struct mono start_at); /* no sooner */
void supervise_hasten(struct supervised *s, struct mono now); /* a first start need wait no longer */
void supervise_started(struct supervised *s, const struct supervise_policy *p, struct mono now);
void supervise_answered(struct supervised *s);
void supervise_ended(struct supervised *s, const struct supervise_policy *p, enum supervise_end how,
                     struct mono now);
void supervise_dismiss(struct supervised *s); /* not wanted any more; how it ends does not matter */

/* What to do now. ASK and KILL count as done once returned. */
enum supervise_action supervise_step(struct supervised *s, const struct supervise_policy *p,
                                     struct mono now);
struct mono supervise_due(const struct supervised *s, const struct supervise_policy *p);
bool supervise_looping(const struct supervised *s); /* ends again and again */
/* Said once each: that a role ends again and again, and later that it has settled or is not wanted. */
enum supervise_news supervise_news(struct supervised *s, const struct supervise_policy *p,
                                   struct mono now);

#endif
