/* The tables that show how a node is wired: when they are read, and what they said last.
 *
 * They are read after a regular round that was answered, when ten minutes have passed (as much more as the device
 * is asked less often), when the node's ports are
 * others than before, and at once when a person asks. What cannot be read leaves the older rows where they are,
 * each list with its own time; a check that is gone, or asks somebody else from now on, takes them with it.
 *
 * A node's tables take at most TABLES_BYTES_MAX: 4096 addresses and 4096 rows of ARP together with what a large
 * switch has beside them. Longer ones are cut in half until they fit, and say so (wiring.cut). */
#ifndef HAYLOFT_ENGINE_TABLES_H
#define HAYLOFT_ENGINE_TABLES_H

#include "poller/base/arena.h"
#include "poller/base/clock.h"
#include "poller/message/web_engine.h"
#include "poller/model/report.h"

#define TABLES_EVERY_S 600
#define TABLES_ALL_EVERY_S 3600     /* then those too that were empty before */
#define TABLES_GAP_S 180            /* at least, however often its ports change */
#define TABLES_TRIES 3              /* rounds running that try what could not be read */
#define TABLES_DEADLINE_S 300       /* a large table of a slow agent takes minutes */
#define TABLES_DEMANDED_DEADLINE_S 75 /* a person waits, 90 s at most */
#define TABLES_BYTES_MAX (320u * 1024)

struct engine;
struct node;
struct check;

/* Of one check. Zeroed: never read. */
struct tables_turn {
    struct mono asked, all_asked; /* last; ns 0: never */
    uint8_t failed;               /* in a row */
    bool outdated;                /* the ports are others than when they were read */
};

/* After an answered regular round: is it time? interval_ns: between those, as things are; slower: so many times
 * less often than configured. *all: none of the tables may be spared. */
bool tables_are_due(const struct tables_turn *t, struct mono now, int64_t interval_ns, unsigned slower, bool *all);
void tables_turn_begins(struct tables_turn *t, struct mono now, bool all);
void tables_turn_ends(struct tables_turn *t, bool read);

struct node_tables {
    uint32_t check;       /* id of the one that told them */
    struct wiring wiring; /* lists live in arena */
    struct arena *arena;
};

/* Keeps a copy of what a round for tables brought; of a list it could not read, the rows from before. */
void tables_take(struct node *n, uint32_t check, const struct wiring *new);
/* Forgets what that check told. */
void tables_forget(struct node *n, uint32_t check);
void tables_destroy(struct node *n);
/* at: WIRING_LISTS times in arena; none when no list was ever read. */
void tables_view(const struct engine *e, const struct node *n, struct arena *arena, struct ew_tables *out);
/* "neighbours 2, vlans 4, fdb 231": for people who asked. Returns out. */
const char *tables_describe(const struct wiring *w, char *out, size_t size);

#endif
