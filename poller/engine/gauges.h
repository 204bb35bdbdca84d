/* The readings of a node as they were last told, and how each is judged: by its limits, with hysteresis, and
 * only once two rounds running say the same. One that is not told any more is unavailable; it keeps its level,
 * since nobody knows better, and is forgotten after a day. */
#ifndef HAYLOFT_ENGINE_GAUGES_H
#define HAYLOFT_ENGINE_GAUGES_H

#include "poller/engine/engine_internal.h"

#define GAUGES_MAX 512           /* of a node; more are shown by nobody */
#define GAUGE_ROUNDS 2           /* that must agree before a level changes */
#define GAUGE_FORGOTTEN_S 86400

struct gauge {
    uint32_t check;               /* id of the one that tells it */
    char *meaning, *class_, *label, *index, *unit; /* as in struct reading */
    char *mac;                    /* of whom it tells; NULL: of nobody else */
    char *state;                  /* class state: its word; NULL: none, or unavailable */
    double value;                 /* NaN: unavailable, or a state */
    struct reading_limits limits; /* as configured */
    enum cause_kind cause;        /* what it speaks for when it is bad; CAUSE_NONE: nothing */
    enum reading_level level;     /* confirmed */
    enum reading_level heard;     /* what the latest rounds said */
    unsigned in_a_row;
    bool present;                 /* told in the latest round */
    struct mono at, since;        /* last told; of the level; ns 0: never */
    struct mono named;            /* last in a report, though perhaps as unavailable */
};

/* Takes what a regular round of c told. */
void gauges_take(struct engine *e, struct check *c, const struct report *r);
/* Opens and ends the incidents of bad readings. */
void troubles_of_readings(struct engine *e);
/* After a restart: an incident of that cause is open, so its readings were bad. */
void gauges_restore(struct node *n, enum cause_kind cause);
void gauges_destroy(struct node *n);

#endif
