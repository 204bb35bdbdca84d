#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/store/elbow_room.h"
#include "poller/store/shortage.h"
#include "poller/store/store_internal.h"

/* A look at the disk each minute: warns before it is full, takes room for the database while there
 * is some (elbow_room.h), and says how much was lost for want of it. */

#define LOOK_MS          60000
#define LOW_PCT          10
#define LOW_NO_MORE_PCT  11 /* a disk just at the border is no news each minute */
#define ROOM_TAKEN_ABOVE (8ULL * ELBOW_ROOM_BYTES)

struct disk_watch {
    struct store *store;
    uv_timer_t timer;
    bool low, has_room, making_room;
    uint64_t lost, lost_at_start; /* samples, when last looked at */
};

/* --- room for the database --- */

static void make_room(void *arg)
{
    struct disk_watch *w = arg;
    struct database *d = w->store->database;
    w->has_room = !database_in_memory(d) && elbow_room_make(d);
}

static void room_made(void *arg)
{
    struct disk_watch *w = arg;
    w->making_room = false;
}

static void keep_room(struct disk_watch *w, bool plenty)
{
    if (w->making_room)
        return;
    if (!plenty)
        w->has_room = false; /* it is being used up: taken again afterwards */
    else if (!w->has_room) {
        w->making_room = true;
        lane_add(w->store->database_lane, make_room, room_made, w);
    }
}

/* --- free space --- */

static unsigned least_pct(const struct shortage *s)
{
    unsigned bytes_pct = s->total_bytes ? (unsigned)(100 * s->free_bytes / s->total_bytes) : 100;
    unsigned inodes_pct =
        s->total_inodes ? (unsigned)(100 * s->free_inodes / s->total_inodes) : 100;
    return bytes_pct < inodes_pct ? bytes_pct : inodes_pct;
}

static void tell_low(struct disk_watch *w, const struct shortage *s)
{
    char detail[512];
    int n = snprintf(detail, sizeof detail, "%" PRIu64 " of %" PRIu64 " MiB", s->free_bytes >> 20,
                     s->total_bytes >> 20);
    if (s->total_inodes)
        n += snprintf(detail + n, sizeof detail - (size_t)n,
                      " and %" PRIu64 " of %" PRIu64 " inodes", s->free_inodes, s->total_inodes);
    snprintf(detail + n, sizeof detail - (size_t)n, " are free where %.200s is: less than %d %%",
             w->store->state_folder, LOW_PCT);
    trouble_begin(w->store->troubles, "disk", "disk-low", detail);
}

static void look_at_space(struct disk_watch *w)
{
    struct shortage s;
    if (!shortage_look(w->store->state_folder, &s))
        return;
    unsigned pct = least_pct(&s);
    keep_room(w, pct >= LOW_PCT && s.free_bytes >= ROOM_TAKEN_ABOVE);
    w->low = pct < (w->low ? LOW_NO_MORE_PCT : LOW_PCT);
    if (w->low && !trouble_is_known(w->store->troubles, "disk-full")) /* which says more */
        tell_low(w, &s);
    else
        trouble_over(w->store->troubles, "disk");
}

/* --- losses --- */

static uint64_t count_losses(const struct store *s)
{
    return intake_lost(s->intake) + series_figures(s->series)->overflowed;
}

static void look_at_losses(struct disk_watch *w)
{
    char detail[160];
    struct store *s = w->store;
    uint64_t lost = count_losses(s);
    if (lost == w->lost) {
        trouble_over(s->troubles, "losses");
        return;
    }
    w->lost = lost;
    snprintf(detail, sizeof detail,
             "%" PRIu64
             " samples were dropped since the start: memory for what the disk does not take is"
             " used up",
             lost - w->lost_at_start);
    trouble_renew(s->troubles, "losses", "samples-dropped", detail);
}

static void on_timer(uv_timer_t *timer)
{
    struct disk_watch *w = timer->data;
    look_at_space(w);
    look_at_losses(w);
}

struct disk_watch *disk_watch_create(struct store *s)
{
    struct disk_watch *w = calloc(1, sizeof *w);
    if (!w)
        fatalx("no memory for the disk's watch");
    w->store = s;
    w->lost = w->lost_at_start = count_losses(s);
    uv_timer_init(s->loop, &w->timer);
    w->timer.data = w;
    int64_t look_ns = s->settings.disk_look_ns;
    uv_timer_start(&w->timer, on_timer, 0, look_ns ? (uint64_t)(look_ns / NS_PER_MS) : LOOK_MS);
    return w;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void disk_watch_destroy(struct disk_watch *w)
{
    if (!w)
        return;
    uv_timer_stop(&w->timer);
    while (w->making_room)
        uv_run(w->store->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&w->timer, on_closed);
}
