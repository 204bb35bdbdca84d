/* What the guest of a VLAN tells of its way to the router, and when tables are worth reading for it: as soon as it
 * fails, again half a minute later, and when what may be left over in them from before has gone. Pure. */
#ifndef HAYLOFT_ENGINE_WAY_WATCH_H
#define HAYLOFT_ENGINE_WAY_WATCH_H

#include "poller/diagnose/trace.h"
#include "poller/model/report.h"

#define WAY_ASKS_MAX 8          /* for one failure; then what is read every ten minutes must do */
#define WAY_APART_S (TRACE_APART_S + 2)
#define WAY_AFTER_PROBE_S 60    /* of a guest that is well: later its address says little */
#define WAY_REST_S 600          /* ... between two such looks */

struct way_watch {
    bool told;                  /* some probe said something */
    bool current;               /* the last one did */
    uint32_t home_vid;          /* of a guest without tags: the VLAN its port is in while all is well; 0: not known */
    uint32_t next_home;         /* seen since the probe that ended then */
    struct mono next_home_sent;
    struct mono astray;         /* it was last seen in another; ns 0: never */
    enum trace_symptom symptom;
    enum trace_answer gateway;
    struct mac probe, control;  /* addresses it played with */
    struct mac gateway_mac;     /* as it was last seen; not set: never */
    struct mono began;          /* the first probe that said the same: its start */
    struct mono sent;           /* the end of the last one */
    struct mono well;           /* the end of the last one that came through; ns 0: none did */
    struct mono asked;          /* tables for it, last; ns 0: never */
    bool site_broken;           /* guests come through, but not to some site: its end is looked for after each probe */
    struct mono wrong;          /* since then settings are wrong; ns 0: they are not */
    uint8_t asks;               /* since it began, or since the last rest */
};

/* Takes a guest's report. True: it says something of the way. */
bool way_watch_take(struct way_watch *w, const struct report *r);
/* A table shows the guest in that VLAN. It is at home there once that was so after two probes that were well: one
 * that moved a port, and was not probed since, must not make a home of where it is now. */
void way_watch_seen_in(struct way_watch *w, uint32_t vid);
/* How often the tables of a box are read whose settings are wrong: somebody may be at it. */
#define WAY_WRONG_S 60
#define WAY_LONG_WRONG_S 180
#define WAY_SOON_S 1800         /* so long the first, then the second */
int64_t way_watch_reread_ns(const struct way_watch *w, struct mono now);
/* When tables are to be read for it; MONO_NEVER: no need. t: what the last look at them gave; NULL: none yet. */
struct mono way_watch_wants(const struct way_watch *w, const struct trace *t, struct mono now);
void way_watch_asked(struct way_watch *w, struct mono now);

#endif
