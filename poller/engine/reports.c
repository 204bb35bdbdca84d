#include "poller/engine/reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/buf.h"
#include "poller/base/log.h"
#include "poller/engine/calendar.h"
#include "poller/engine/daily.h"
#include "poller/engine/draft.h"

#define DAY_NS (MINUTES(24 * 60))
#define LOOK_EVERY_S 60    /* the wall clock may be changed at any time */
#define KEPT_PREFIX "report " /* and its name; the value is the day */

struct report_day {
    char *name, day[DAY_TEXT_MAX];
};

static struct report_day *day_of(struct engine *e, const char *name)
{
    for (size_t i = 0; i < e->report_day_count; i++)
        if (strcmp(e->report_days[i].name, name) == 0)
            return &e->report_days[i];
    struct report_day *all = reallocarray(e->report_days, e->report_day_count + 1, sizeof *all);
    char *own = strdup(name);
    if (!all || !own)
        fatal("no memory for a report");
    e->report_days = all;
    all[e->report_day_count] = (struct report_day){.name = own};
    return &all[e->report_day_count++];
}

static void keep_day(struct engine *e, const struct report_day *d)
{
    char key[160];
    snprintf(key, sizeof key, KEPT_PREFIX "%s", d->name);
    struct output *o = outputs_add(e->out, OUTPUT_KEEP);
    char *kept_key = outputs_text(e->out, key), *value = outputs_text(e->out, d->day);
    o->keep.key = kept_key;
    o->keep.value = value;
}

static void queue(struct engine *e, const struct config_report *p, const char *day)
{
    struct buf text = {0};
    reports_write(e, &text);
    for (size_t i = 0; i < p->to_count; i++) {
        char key[256];
        snprintf(key, sizeof key, "report/%s/%s/%s", p->name, day, p->to[i]);
        struct outbox_entry entry = {.key = key, .receiver = p->to[i], .kind = MESSAGE_REPORT,
                                     .created = e->now.wall,
                                     .text = (char *)(uintptr_t)buf_string(&text)};
        draft_outbox(e, &entry);
    }
    buf_fini(&text);
}

/* A day that is still to come was written by a clock that stood ahead: the next report is the next one
 * whose hour comes. Tomorrow may be right, for a clock set back at midnight. */
static void forget_future(struct engine *e, struct report_day *d, bool past)
{
    char day[DAY_TEXT_MAX];
    daily_day(wall_after(e->now.wall, DAY_NS), day);
    if (strcmp(d->day, day) <= 0)
        return;
    daily_day(wall_after(e->now.wall, past ? 0 : -DAY_NS), day);
    snprintf(d->day, sizeof d->day, "%s", day);
    keep_day(e, d);
}

/* A report that is new begins with the next time its hour comes. */
static void look_at(struct engine *e, const struct config_report *p)
{
    char today[DAY_TEXT_MAX];
    struct report_day *d = day_of(e, p->name);
    bool past = daily_is_past(p->at, e->now.wall, today), fresh = !*d->day;
    if (fresh && !past) {
        snprintf(d->day, sizeof d->day, "0");
        keep_day(e, d);
    }
    forget_future(e, d, past);
    if (!past || strcmp(today, d->day) <= 0)
        return;
    snprintf(d->day, sizeof d->day, "%s", today);
    keep_day(e, d);
    if (!fresh)
        queue(e, p, today);
}

static void arm(struct engine *e)
{
    int wait_s = LOOK_EVERY_S;
    if (!e->config->reports_count) {
        alarm_stop(&e->alarms, &e->report);
        return;
    }
    for (size_t i = 0; i < e->config->reports_count; i++) {
        int own_s = daily_wait_s(e->config->reports[i].at, e->now.wall);
        wait_s = own_s < wait_s ? own_s : wait_s;
    }
    alarm_set(&e->alarms, &e->report, mono_after(e->now.mono, SECONDS(wait_s)));
}

static void on_report(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    for (size_t i = 0; calendar_is_known(e) && i < e->config->reports_count; i++)
        look_at(e, &e->config->reports[i]);
    arm(e);
}

void reports_adopt(struct engine *e)
{
    e->report.ring = on_report;
    arm(e);
}

void reports_restore(struct engine *e, const struct kept_item *kept)
{
    size_t len = strlen(KEPT_PREFIX);
    if (!kept->key || !kept->value || strncmp(kept->key, KEPT_PREFIX, len) != 0)
        return;
    struct report_day *d = day_of(e, kept->key + len);
    snprintf(d->day, sizeof d->day, "%s", kept->value);
}

void reports_destroy(struct engine *e)
{
    for (size_t i = 0; i < e->report_day_count; i++)
        free(e->report_days[i].name);
    free(e->report_days);
    for (size_t i = 0; i < e->past_count; i++)
        free(e->past[i].sentence);
}
