/* Devices heard on our own links that nobody configured: who they are, since when, until when. A list for
 * people to look through, never an incident. Given the kernel's table of neighbours again and again; it
 * says what changed to a listener. */
#ifndef HAYLOFT_ENGINE_SEEN_H
#define HAYLOFT_ENGINE_SEEN_H

#include "poller/base/clock.h"
#include "poller/base/netinfo.h"

#define SEEN_MAX 1024           /* rows; what is over is counted */
#define SEEN_FORGET_DAYS 30     /* not heard for so long: gone */
#define SEEN_KEEPS_PER_LOOK 64  /* records for the disk each time, so that a full table comes slowly */

struct seen;

struct seen_device {
    struct addr address; /* without scope */
    struct mac mac;
    struct wall first, last;
    struct wall shown, kept; /* the `last` that was shown and kept; ns 0: never */
};

/* Called from inside seen_look; what they are given lives until they return. */
struct seen_listener {
    void *ctx;
    /* Of a configured node (scope ignored), or one that our own probes go by. */
    bool (*watched)(void *ctx, const struct addr *a, const struct mac *mac);
    void (*show)(void *ctx, const struct seen_device *d);        /* new, or heard again after a while */
    void (*gone)(void *ctx, const struct seen_device *d);        /* watched now, or forgotten */
    void (*keep)(void *ctx, const char *key, const char *value); /* over a restart; NULL: no longer */
};

struct seen *seen_create(void); /* NULL: no memory */
void seen_destroy(struct seen *s);

void seen_look(struct seen *s, const struct netinfo_heard *heard, size_t count, struct wall now,
               const struct seen_listener *l);
/* What was kept before a restart. Texts that are no such records are ignored. */
void seen_recall(struct seen *s, const char *key, const char *value);
/* All has been recalled: only from now on something is kept, so that nothing older is written over. */
void seen_recalled(struct seen *s);

/* Times in that span were a guess: they move, and are shown and kept again at the next look. */
void seen_restamp(struct seen *s, struct wall from, struct wall until, int64_t shift_ns);

size_t seen_count(const struct seen *s);
const struct seen_device *seen_at(const struct seen *s, size_t i); /* sorted by address */
uint64_t seen_left_out(const struct seen *s);                      /* in the last look, for want of room */

#endif
