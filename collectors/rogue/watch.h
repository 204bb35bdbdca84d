/* One network on which strangers are listened for: a way to the wire that is always open, what was heard on it, and
 * now and then a question that everybody answers.
 *
 *   idle --round, its time--> asking --4 s--> reported, and who was not heard again is forgotten
 *    '--round, too soon--> reported as it is known */
#ifndef HAYLOFT_COLLECTORS_ROGUE_WATCH_H
#define HAYLOFT_COLLECTORS_ROGUE_WATCH_H

#include "collectors/protocol/trusted.h"
#include "collectors/rogue/strangers.h"

#define WATCH_ASK_EVERY_NS MINUTES(10)
#define WATCH_ASK_AGAIN_NS SECONDS(45)  /* while a stranger is about: is it still? Once a round */
#define WATCH_ASK_URGENT_NS SECONDS(10) /* when a person asks, or a finding wants confirming */

struct watch;

struct watch_findings {
    struct guest_result *result;
    struct strangers strangers;
};

typedef void (*watch_done_fn)(void *ctx, struct watch *w);

struct watch *watch_create(const struct env *env, watch_done_fn done, void *ctx); /* NULL: no memory */
void watch_destroy(struct watch *w);
/* Opens the way, or another one; what was learned stays. False: no random bytes. */
bool watch_take(struct watch *w, const char *node, const struct guest_setting *setting);
/* Finds out how it is, and calls done from a timer: at the deadline at the latest. One that is under way goes on. */
void watch_start(struct watch *w, bool urgent, struct mono deadline);
void watch_stop(struct watch *w); /* without done */
void watch_findings(struct watch *w, struct watch_findings *out); /* points into the watch, until the next call */

#endif
