/* Is the system's clock to be believed, and what time is it while it is not?
 *
 * A board without a battery-backed clock starts in 1970, in 2016 or at its last shutdown, and jumps
 * when a time server is reached; a broken one stands years ahead. A clock is believed when it is
 * not before the day this program was made, nor before what was measured and stored already, nor
 * absurdly far ahead. While it is in doubt the time is reckoned: from the last moment that was
 * certain, or, at a start, from the newest thing known, on by the monotonic clock. So order and
 * distances are right and only the place in the calendar is a guess; when the clock is believed
 * again, everything stamped meanwhile moves by one and the same shift.
 *
 *            start, told what is stored                  too early or too far
 *   believed -------------------------> believed or    <---------------------- believed
 *                                        in doubt       ----------------------> : one shift
 *                                                         sane, or left alone for a day
 *
 * A believed clock that is corrected is followed at once, also backwards by up to some hours: what
 * is stored then overlaps, and store skips that. */
#ifndef HAYLOFT_ENGINE_TIMEKEEPER_H
#define HAYLOFT_ENGINE_TIMEKEEPER_H

#include <stdbool.h>

#include "poller/base/clock.h"

enum clock_doubt {
    CLOCK_BELIEVED,
    CLOCK_BEFORE_BUILD,  /* before this program was made */
    CLOCK_BEFORE_STORED, /* before the newest sample that is stored */
    CLOCK_TOO_FAR        /* years after anything known */
};

#define CLOCK_STEP_BACK_MAX_S (2 * 3600)           /* a correction of a believed clock */
#define CLOCK_AHEAD_MAX_S     (5LL * 365 * 86400)  /* a leap further ahead is doubted */
#define CLOCK_LIFE_MAX_S      (20LL * 365 * 86400) /* no program of this age runs */
#define CLOCK_PATIENCE_S      86400 /* a clock nobody set for so long will not be set */
#define CLOCK_STEP_S          10    /* less is drift or a slow disk, not a step */

struct timekeeper {
    struct wall built;     /* ns 0: no such bound */
    struct wall newest;    /* sample stored before this start; ns 0: none */
    struct instant now;    /* best known */
    struct instant system; /* as last looked at */
    enum clock_doubt doubt;
    struct mono since; /* of the doubt, or of the last step during it */
    struct wall from;  /* stamps from here on are guesses, while in doubt */
    struct wall first; /* the best known time at the start, before store told anything */
    int64_t uptime_ns; /* of the machine = mono + this */
    bool anchored;     /* some time was certain once: what is stored, or ours before the doubt */
    bool resuming;
};

/* What a look brought. */
struct timekeeper_news {
    int64_t shift_ns;   /* stamps from `from` to `until` are to be moved by so much; 0: none */
    int64_t stepped_ns; /* the believed clock jumped by so much; 0: it did not */
    struct wall from, until;
};

void timekeeper_start(struct timekeeper *t, struct wall built, struct instant system,
                      int64_t machine_age_ns);

/* What store told, once and before anything is committed: the newest sample, and the newest stamp
 * of anything (of at most a day after it). The shift is for what was stamped since the start. */
struct timekeeper_news timekeeper_learn(struct timekeeper *t, struct wall newest,
                                        struct wall written);

/* How the time was reckoned, for an engine that follows in the same boot of the machine. */
struct timekeeper_mark {
    struct wall from;
    int64_t ahead_ns; /* reckoned time = uptime of the machine + this */
};
struct timekeeper_mark timekeeper_mark(const struct timekeeper *t); /* while in doubt */
/* After learning: go on as an earlier engine reckoned, until timekeeper_resumed says that what it
 * left behind is known here; only then may the doubt end, for then all of it can be moved. */
struct timekeeper_news timekeeper_resume(struct timekeeper *t, const struct timekeeper_mark *m);
void timekeeper_resumed(struct timekeeper *t);

/* Takes a reading of the system's clocks; t->now is the best known time afterwards. */
struct timekeeper_news timekeeper_look(struct timekeeper *t, struct instant system);

/* Why, for people: "the clock of this machine is not set: ...". */
#define CLOCK_WHY_MAX 160
void timekeeper_why(const struct timekeeper *t, char out[static CLOCK_WHY_MAX]);

#endif
