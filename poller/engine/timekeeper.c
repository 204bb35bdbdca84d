#include "poller/engine/timekeeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SAME_TIME_NS SECONDS(2) /* agents' own clocks stamp a little ahead */

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t uptime_at(const struct timekeeper *t, struct mono at)
{
    return at.ns + t->uptime_ns;
}

static bool is_far(int64_t ns, int64_t seconds)
{
    return ns / NS_PER_S > seconds;
}

/* Of a clock for which the time should be `expected`, if all is well. */
static enum clock_doubt judge(const struct timekeeper *t, struct instant system,
                              struct wall expected)
{
    bool believed = t->doubt == CLOCK_BELIEVED;
    int64_t wall_ns = system.wall.ns, ahead_ns = wall_ns - expected.ns;
    if (wall_ns < t->built.ns)
        return CLOCK_BEFORE_BUILD;
    if (t->built.ns && is_far(wall_ns - t->built.ns, CLOCK_LIFE_MAX_S))
        return CLOCK_TOO_FAR;
    if (!believed && mono_since(system.mono, t->since) >= SECONDS(CLOCK_PATIENCE_S))
        return CLOCK_BELIEVED;
    if (wall_ns < t->newest.ns - SAME_TIME_NS &&
        !(believed && -ahead_ns <= SECONDS(CLOCK_STEP_BACK_MAX_S)))
        return CLOCK_BEFORE_STORED;
    if ((believed || t->anchored) && is_far(ahead_ns, CLOCK_AHEAD_MAX_S))
        return CLOCK_TOO_FAR;
    return CLOCK_BELIEVED;
}

/* From when on the time is a guess at a start: after everything known. */
static struct wall known_end(const struct timekeeper *t, struct wall written)
{
    return (struct wall){later_of(t->built.ns, later_of(t->newest.ns, written.ns)) + 1};
}

void timekeeper_start(struct timekeeper *t, struct wall built, struct instant system,
                      int64_t machine_age_ns)
{
    *t = (struct timekeeper){.built = built,
                             .now = system,
                             .system = system,
                             .since = system.mono,
                             .uptime_ns = machine_age_ns - system.mono.ns};
    t->doubt = judge(t, system, system.wall);
    t->from = known_end(t, (struct wall){0});
    if (t->doubt != CLOCK_BELIEVED)
        t->now.wall = wall_after(t->from, machine_age_ns);
    t->first = t->now.wall;
}

/* The line of time is another one now: that concerns all that was stamped since the start. */
static struct timekeeper_news moved(struct timekeeper *t, struct wall before)
{
    struct timekeeper_news n = {t->now.wall.ns - before.ns, 0, t->first, before};
    t->first.ns += n.shift_ns;
    return n;
}

struct timekeeper_news timekeeper_learn(struct timekeeper *t, struct wall newest,
                                        struct wall written)
{
    struct wall before = t->now.wall;
    t->newest = newest;
    t->anchored = newest.ns != 0;
    t->from = known_end(t, written);
    struct wall reckoned = wall_after(t->from, uptime_at(t, t->now.mono));
    t->doubt = CLOCK_BEFORE_STORED; /* a start has no step back that was seen */
    t->doubt = judge(t, t->system, reckoned);
    t->now.wall = t->doubt == CLOCK_BELIEVED ? t->system.wall : reckoned;
    return moved(t, before);
}

struct timekeeper_mark timekeeper_mark(const struct timekeeper *t)
{
    return (struct timekeeper_mark){t->from, t->now.wall.ns - uptime_at(t, t->now.mono)};
}

struct timekeeper_news timekeeper_resume(struct timekeeper *t, const struct timekeeper_mark *m)
{
    struct wall before = t->now.wall;
    t->from = m->from;
    t->now.wall.ns = uptime_at(t, t->now.mono) + m->ahead_ns;
    if (t->doubt == CLOCK_BELIEVED)
        t->doubt = CLOCK_BEFORE_STORED;
    t->resuming = true;
    return moved(t, before);
}

void timekeeper_resumed(struct timekeeper *t)
{
    t->resuming = false;
}

/* A clock that is being set is not one that is left alone. */
static void notice_setting(struct timekeeper *t, struct instant system)
{
    int64_t moved_ns = system.wall.ns - wall_at(t->system, system.mono).ns;
    if (llabs(moved_ns) >= SECONDS(CLOCK_STEP_S))
        t->since = system.mono;
}

static struct timekeeper_news follow(struct timekeeper *t, struct instant system,
                                     struct wall expected)
{
    int64_t stepped_ns = system.wall.ns - expected.ns;
    if (system.wall.ns < t->newest.ns)
        t->newest = system.wall; /* corrected: what is stored after it overlaps */
    t->now = system;
    return (struct timekeeper_news){
        .stepped_ns = llabs(stepped_ns) >= SECONDS(CLOCK_STEP_S) ? stepped_ns : 0};
}

static struct timekeeper_news believe(struct timekeeper *t, struct instant system,
                                      struct wall expected)
{
    t->doubt = CLOCK_BELIEVED;
    if (system.wall.ns < t->newest.ns)
        t->newest = system.wall;
    t->now = system;
    return (struct timekeeper_news){
        .shift_ns = system.wall.ns - expected.ns, .from = t->from, .until = expected};
}

static struct timekeeper_news doubt(struct timekeeper *t, enum clock_doubt found,
                                    struct instant reckoned)
{
    if (t->doubt == CLOCK_BELIEVED) {
        t->from = reckoned.wall;
        t->since = reckoned.mono;
        t->anchored = true;
    }
    t->doubt = found;
    t->now = reckoned;
    return (struct timekeeper_news){0};
}

struct timekeeper_news timekeeper_look(struct timekeeper *t, struct instant system)
{
    struct wall expected = wall_at(t->now, system.mono);
    if (t->doubt != CLOCK_BELIEVED)
        notice_setting(t, system);
    t->system = system;
    if (t->resuming)
        return doubt(t, t->doubt, (struct instant){system.mono, expected});
    enum clock_doubt found = judge(t, system, expected);
    if (found != CLOCK_BELIEVED)
        return doubt(t, found, (struct instant){system.mono, expected});
    return t->doubt == CLOCK_BELIEVED ? follow(t, system, expected) : believe(t, system, expected);
}

/* "24 Nov 2026 10:02" */
static const char *date(struct wall at, char *out, size_t size)
{
    time_t seconds = (time_t)wall_seconds(at);
    struct tm tm = {0};
    localtime_r(&seconds, &tm);
    strftime(out, size, "%e %b %Y %H:%M", &tm);
    return out + (*out == ' ');
}

void timekeeper_why(const struct timekeeper *t, char out[static CLOCK_WHY_MAX])
{
    static const struct {
        const char *before, *after;
    } words[] = {[CLOCK_BELIEVED] = {"", ""},
                 [CLOCK_BEFORE_BUILD] = {"before", ", and this program is younger"},
                 [CLOCK_BEFORE_STORED] = {"before", ", of which there are measurements already"},
                 [CLOCK_TOO_FAR] = {"years after", ", up to when it was right"}};
    const struct wall bounds[] = {{0}, t->built, t->newest, t->from};
    char when[40];
    out[0] = '\0';
    if (t->doubt != CLOCK_BELIEVED)
        snprintf(out, CLOCK_WHY_MAX, "the clock of this machine is not set: it is %s %s%s",
                 words[t->doubt].before, date(bounds[t->doubt], when, sizeof when),
                 words[t->doubt].after);
}
