#include "poller/base/clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct mono clock_mono(void)
{
    return (struct mono){read_clock(CLOCK_MONOTONIC)};
}

/* How far the reckoned wall time is ahead of the monotonic clock. A lock, which hardly anybody ever takes,
 * because 32-bit machines have no cheap word of that size. */
static _Atomic bool reckoning;
static int64_t reckoned_ahead_ns;
static pthread_mutex_t reckoned_lock = PTHREAD_MUTEX_INITIALIZER;

void clock_reckon(const struct instant *at)
{
    pthread_mutex_lock(&reckoned_lock);
    if (at)
        reckoned_ahead_ns = at->wall.ns - at->mono.ns;
    reckoning = at != NULL;
    pthread_mutex_unlock(&reckoned_lock);
}

static int64_t reckoned_ahead(void)
{
    pthread_mutex_lock(&reckoned_lock);
    int64_t ahead_ns = reckoned_ahead_ns;
    pthread_mutex_unlock(&reckoned_lock);
    return ahead_ns;
}

struct wall clock_built(void)
{
    return (struct wall){SECONDS(HAYLOFT_BUILT_S)};
}

int64_t clock_uptime_ns(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

struct instant clock_system(void)
{
    /* The wall clock first: what passes between the two then makes a kernel's stamp a little late, and
     * never earlier than the sending of what it answers. */
    int64_t wall_ns = read_clock(CLOCK_REALTIME);
    return (struct instant){clock_mono(), {wall_ns}};
}

struct instant clock_now(void)
{
    struct instant now = clock_system();
    if (reckoning)
        now.wall.ns = now.mono.ns + reckoned_ahead();
    else if (now.wall.ns < clock_built().ns)
        now.wall = wall_after(clock_built(), clock_uptime_ns());
    return now;
}

struct wall clock_wall(void)
{
    return clock_now().wall;
}

bool clock_is_set(void)
{
    return !reckoning && read_clock(CLOCK_REALTIME) >= clock_built().ns;
}

struct mono mono_after(struct mono t, int64_t delay_ns)
{
    int64_t sum;
    if (__builtin_add_overflow(t.ns, delay_ns, &sum))
        return MONO_NEVER;
    return (struct mono){sum};
}

int64_t mono_since(struct mono later, struct mono earlier)
{
    return later.ns - earlier.ns;
}

bool mono_before(struct mono a, struct mono b)
{
    return a.ns < b.ns;
}

struct mono mono_earlier(struct mono a, struct mono b)
{
    return a.ns < b.ns ? a : b;
}

struct wall wall_after(struct wall t, int64_t delay_ns)
{
    return (struct wall){t.ns + delay_ns};
}

struct wall wall_at(struct instant now, struct mono at)
{
    return wall_after(now.wall, -mono_since(now.mono, at));
}

int64_t wall_seconds(struct wall t)
{
    return t.ns >= 0 ? t.ns / NS_PER_S : (t.ns - NS_PER_S + 1) / NS_PER_S;
}

char *wall_rfc3339(struct wall t, char out[static CLOCK_TEXT_MAX])
{
    time_t seconds = (time_t)wall_seconds(t);
    struct tm local;
    localtime_r(&seconds, &local);
    size_t n = strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &local);
    long offset_min = local.tm_gmtoff / 60;
    long away = labs(offset_min);
    snprintf(out + n, CLOCK_TEXT_MAX - n, "%c%02ld:%02ld", offset_min < 0 ? '-' : '+',
             (away / 60) % 100, away % 60);
    return out;
}

static bool parse_offset(const char *p, int *seconds)
{
    if (strcmp(p, "Z") == 0 || strcmp(p, "z") == 0) {
        *seconds = 0;
        return true;
    }
    int h, m, end = 0;
    if ((*p != '+' && *p != '-') || sscanf(p + 1, "%2d:%2d%n", &h, &m, &end) != 2 || p[1 + end])
        return false;
    *seconds = (h * 60 + m) * (*p == '-' ? -60 : 60);
    return true;
}

static const char *parse_fraction(const char *p, int64_t *ns)
{
    *ns = 0;
    if (*p != '.')
        return p;
    int64_t unit = NS_PER_S / 10;
    for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10)
        *ns += (*p - '0') * unit;
    return p;
}

bool wall_parse(const char *text, struct wall *out)
{
    struct tm tm = {0};
    int end = 0, offset_s;
    if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6 || end == 0)
        return false;
    int64_t fraction_ns;
    const char *p = parse_fraction(text + end, &fraction_ns);
    if (!parse_offset(p, &offset_s))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    out->ns = ((int64_t)timegm(&tm) - offset_s) * NS_PER_S + fraction_ns;
    return true;
}

char *span_text(int64_t ns, char out[static CLOCK_TEXT_MAX])
{
    int64_t s = ns / NS_PER_S;
    if (s < 120)
        snprintf(out, CLOCK_TEXT_MAX, "%" PRId64 " s", s);
    else if (s < 7200)
        snprintf(out, CLOCK_TEXT_MAX, "%" PRId64 " min", s / 60);
    else if (s < 172800)
        snprintf(out, CLOCK_TEXT_MAX, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
    else
        snprintf(out, CLOCK_TEXT_MAX, "%" PRId64 " d %" PRId64 " h", s / 86400, s / 3600 % 24);
    return out;
}
