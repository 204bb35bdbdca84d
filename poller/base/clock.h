/* Time as two types that cannot be mixed: monotonic time for intervals, wall time for stamps. */
#ifndef HAYLOFT_BASE_CLOCK_H
#define HAYLOFT_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define SECONDS(n) ((int64_t)(n)*NS_PER_S)
#define MILLISECONDS(n) ((int64_t)(n)*NS_PER_MS)
#define MINUTES(n) SECONDS(60 * (int64_t)(n))

/* Nanoseconds since some fixed point of this boot; never steps (CLOCK_MONOTONIC). */
struct mono {
    int64_t ns;
};

/* Nanoseconds since 1970-01-01 00:00 UTC; may step (CLOCK_REALTIME). */
struct wall {
    int64_t ns;
};

/* Both clocks at one moment. */
struct instant {
    struct mono mono;
    struct wall wall;
};

#define MONO_NEVER ((struct mono){INT64_MAX})

struct mono clock_mono(void);
struct instant clock_now(void);

/* The best-known time, for stamps and for people: the system's clock, unless that cannot be right because
 * it is from before this program was made; then that day and the time since this machine started. A board
 * without a battery wakes up in 1970, and nobody should ever read that. clock_reckon says better. */
struct wall clock_wall(void);
bool clock_is_set(void); /* false: clock_wall is a guess */
/* Whoever judges the clock (the engine) found the system's to be wrong: from now on the time runs from
 * `at` on. NULL: the system's clock is right again. For this process; any thread may read meanwhile. */
void clock_reckon(const struct instant *at);
struct instant clock_system(void); /* what the system's clock says, right or not */
struct wall clock_built(void);     /* this program is younger, by a day at least; see built.py */
int64_t clock_uptime_ns(void);     /* since this machine started, sleep included (CLOCK_BOOTTIME) */

struct mono mono_after(struct mono t, int64_t delay_ns); /* saturates at MONO_NEVER */
int64_t mono_since(struct mono later, struct mono earlier); /* nanoseconds, may be negative */
bool mono_before(struct mono a, struct mono b);
struct mono mono_earlier(struct mono a, struct mono b);

struct wall wall_after(struct wall t, int64_t delay_ns);
struct wall wall_at(struct instant now, struct mono at); /* the stamp of a moment, by the clock as it is now */
int64_t wall_seconds(struct wall t);

#define CLOCK_TEXT_MAX 40
/* RFC 3339 with the local zone's offset, whole seconds: 2026-11-24T09:38:30+01:00. Returns out. */
char *wall_rfc3339(struct wall t, char out[static CLOCK_TEXT_MAX]);
/* Reads RFC 3339, any offset or Z, optional fraction. */
bool wall_parse(const char *text, struct wall *out);

/* A span for people: "45 s", "12 min", "3 h 20 min", "2 d 4 h". Returns out. */
char *span_text(int64_t ns, char out[static CLOCK_TEXT_MAX]);

#endif
