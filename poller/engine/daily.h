/* When a daily thing is due by the local clock: at the first moment of each local day that is not before
 * its time of day. A time that a change of the clock leaves out is due when the gap ends; one that comes
 * twice is due the first time. */
#ifndef HAYLOFT_ENGINE_DAILY_H
#define HAYLOFT_ENGINE_DAILY_H

#include <stdbool.h>

#include "poller/base/clock.h"

#define DAY_TEXT_MAX 16 /* 2026-11-24; sorts by time */

void daily_day(struct wall now, char day[static DAY_TEXT_MAX]); /* the local one */
/* at: "07:00". Is it past that time of the local day? day: which day it is; false too when at is no time. */
bool daily_is_past(const char *at, struct wall now, char day[static DAY_TEXT_MAX]);
/* Seconds until the local clock shows it, as far as can be told without changes of the clock. */
int daily_wait_s(const char *at, struct wall now);

#endif
