#include "poller/engine/daily.h"

#include <stdio.h>
#include <time.h>

#define DAY_S 86400

/* -1: no time of day. */
static int second_of(const char *at)
{
    unsigned hour, minute;
    char end;
    if (sscanf(at, "%2u:%2u%c", &hour, &minute, &end) != 2 || hour > 23 || minute > 59)
        return -1;
    return (int)(hour * 3600 + minute * 60);
}

static struct tm local(struct wall now)
{
    time_t seconds = (time_t)wall_seconds(now);
    struct tm tm = {0};
    localtime_r(&seconds, &tm);
    return tm;
}

static int second_of_day(const struct tm *tm)
{
    return tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
}

void daily_day(struct wall now, char day[static DAY_TEXT_MAX])
{
    struct tm tm = local(now);
    if (!strftime(day, DAY_TEXT_MAX, "%Y-%m-%d", &tm))
        day[0] = '\0';
}

bool daily_is_past(const char *at, struct wall now, char day[static DAY_TEXT_MAX])
{
    struct tm tm = local(now);
    daily_day(now, day);
    int due = second_of(at);
    return due >= 0 && second_of_day(&tm) >= due;
}

int daily_wait_s(const char *at, struct wall now)
{
    struct tm tm = local(now);
    int due = second_of(at);
    if (due < 0)
        return DAY_S;
    int wait = due - second_of_day(&tm);
    return wait > 0 ? wait : wait + DAY_S;
}
