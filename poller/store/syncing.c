#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "poller/base/atomic_file.h"
#include "poller/base/log.h"
#include "poller/store/elbow_room.h"
#include "poller/store/store_internal.h"

#define DISK_LOOK_NS SECONDS(60)
#define DISK_LOW_PCT 10
#define ROOM_TAKEN_ABOVE (8ULL * ELBOW_ROOM_BYTES)

struct syncing {
    struct store *store;
    uv_timer_t timer;
    bool running, cursors_moved, saving;
    int fds[JOURNAL_SYNC_MAX];
    size_t fd_count;
    int error;       /* of the running sync */
    char *cursors;   /* text to save, or NULL */
    char *path;
    struct mono disk_looked;
    bool has_room, making_room; /* of the database, for when the disk is full */
};

static void make_room(void *arg)
{
    struct syncing *y = arg;
    y->has_room = elbow_room_make(y->store->database);
}

static void room_made(void *arg)
{
    struct syncing *y = arg;
    y->making_room = false;
}

static void keep_room(struct syncing *y, bool plenty)
{
    if (y->making_room)
        return;
    if (!plenty)
        y->has_room = false; /* it is being used up: taken again afterwards */
    else if (!y->has_room && !y->store->stopping) {
        y->making_room = true;
        lane_add(y->store->database_lane, make_room, room_made, y);
    }
}

static void look_at_disk(struct syncing *y)
{
    struct statvfs v;
    char detail[128];
    struct mono now = clock_mono();
    if (y->disk_looked.ns && mono_since(now, y->disk_looked) < DISK_LOOK_NS)
        return;
    y->disk_looked = now;
    if (statvfs(y->store->state_folder, &v) != 0 || v.f_blocks == 0)
        return;
    unsigned pct = (unsigned)(100 * v.f_bavail / v.f_blocks);
    keep_room(y, pct >= DISK_LOW_PCT && (uint64_t)v.f_bavail * v.f_frsize >= ROOM_TAKEN_ABOVE);
    if (pct >= DISK_LOW_PCT) {
        trouble_over(y->store->troubles, "disk");
        return;
    }
    snprintf(detail, sizeof detail, "less than %d %% free where the state folder is", DISK_LOW_PCT);
    trouble_begin(y->store->troubles, "disk", "disk-low", detail);
}

static void run(void *arg)
{
    struct syncing *y = arg;
    y->error = 0;
    for (size_t i = 0; i < y->fd_count; i++) {
        if (fdatasync(y->fds[i]) != 0)
            y->error = errno;
        close(y->fds[i]);
    }
    if (y->cursors && !atomic_file_write(y->path, y->cursors, strlen(y->cursors), 0640))
        y->saving = false;
}

static void trim(struct store *s)
{
    if (journal_trim(s->journal))
        trouble_begin(s->troubles, "ceiling", "journal-ceiling", "samples not yet in files were dropped");
    else
        trouble_over(s->troubles, "ceiling");
}

static void done(void *arg)
{
    struct syncing *y = arg;
    struct store *s = y->store;
    y->running = false;
    journal_sync_end(s->journal, y->error == 0);
    if (y->error)
        trouble_begin(s->troubles, "sync", y->error == EROFS ? "read-only" : "journal",
                      strerror(y->error));
    else
        trouble_over(s->troubles, "sync");
    if (y->cursors && !y->saving)
        y->cursors_moved = true; /* again next time */
    if (y->cursors && y->saving)
        trim(s);
    free(y->cursors);
    y->cursors = NULL;
}

static void begin(struct syncing *y)
{
    if (y->running)
        return; /* a slow disk: the next one covers more */
    y->fd_count = journal_sync_begin(y->store->journal, y->fds);
    if (y->cursors_moved)
        y->cursors = journal_cursors_text(y->store->journal);
    if (y->fd_count == 0 && !y->cursors)
        return;
    y->saving = y->cursors != NULL;
    y->cursors_moved = false;
    y->running = true;
    lane_add(y->store->sync_lane, run, done, y);
}

static void on_timer(uv_timer_t *timer)
{
    struct syncing *y = timer->data;
    look_at_disk(y);
    begin(y);
    files_kick(y->store->files);
}

struct syncing *syncing_create(struct store *s)
{
    struct syncing *y = calloc(1, sizeof *y);
    struct buf path = {0};
    buf_printf(&path, "%s/journal/cursors", s->state_folder);
    if (!y || !(y->path = buf_detach(&path)))
        fatalx("no memory for syncing");
    y->store = s;
    uv_timer_init(s->loop, &y->timer);
    y->timer.data = y;
    syncing_configure(y);
    return y;
}

void syncing_configure(struct syncing *y)
{
    uint64_t period_ms = (uint64_t)(y->store->settings.journal_sync_ns / NS_PER_MS);
    uv_timer_start(&y->timer, on_timer, period_ms, period_ms);
}

void syncing_cursors_moved(struct syncing *y)
{
    y->cursors_moved = true;
}

static void on_closed(uv_handle_t *handle)
{
    struct syncing *y = handle->data;
    free(y->path);
    free(y);
}

void syncing_destroy(struct syncing *y)
{
    if (!y)
        return;
    begin(y);
    while (y->running || y->making_room)
        uv_run(y->store->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&y->timer, on_closed);
}
