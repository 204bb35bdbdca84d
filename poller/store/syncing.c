#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/atomic_file.h"
#include "poller/base/log.h"
#include "poller/store/shortage.h"
#include "poller/store/store_internal.h"

#define SLOW_LEAST_NS SECONDS(5) /* a card that collects its garbage is no news */

/* Who waits for a sync that began after they came. */
struct waiter {
    struct waiter *next;
    syncing_fn fn;
    void *ctx;
};

struct syncing {
    struct store *store;
    struct waiter *coming, *waiting; /* waiting: for the running one */
    uv_timer_t timer;
    bool running, cursors_moved, saving;
    int fds[JOURNAL_SYNC_MAX];
    size_t fd_count;
    int error;       /* of the running sync */
    char *cursors;   /* text to save, or NULL */
    char *path;
    struct mono began;
};

static void run(void *arg)
{
    struct syncing *y = arg;
    y->error = 0;
    for (size_t i = 0; i < y->fd_count; i++) {
        if (fdatasync(y->fds[i]) != 0 && !y->error)
            y->error = errno;
        close(y->fds[i]);
    }
    if (y->cursors && !atomic_file_write(y->path, y->cursors, strlen(y->cursors), 0640))
        y->saving = false;
}

/* Where the files' cursor seems to move by that, what they had not got is gone. */
static void trim(struct store *s)
{
    struct journal_position files = journal_cursor(s->journal, "rrd");
    if (journal_trim(s->journal) && journal_cursor(s->journal, "rrd").at != files.at)
        trouble_begin(s->troubles, "ceiling", "journal-ceiling", "samples not yet in files were dropped");
    else
        trouble_over(s->troubles, "ceiling");
}

/* A power cut would take more than journal.sync promises. */
static void look_at_pace(struct syncing *y)
{
    char detail[256];
    struct troubles *t = y->store->troubles;
    const struct store_settings *s = &y->store->settings;
    int64_t took_ns = mono_since(clock_mono(), y->began);
    int64_t least_ns = s->slow_sync_ns ? s->slow_sync_ns : SLOW_LEAST_NS;
    if (took_ns <= (s->journal_sync_ns > least_ns ? s->journal_sync_ns : least_ns)) {
        if (!y->running)
            trouble_over(t, "pace");
        return;
    }
    snprintf(detail, sizeof detail, "%.160s/journal takes over %d s to be synced", y->store->state_folder,
             (int)(took_ns / NS_PER_S));
    trouble_begin(t, "pace", "slow-disk", detail);
}

static void tell_error(struct syncing *y)
{
    char detail[512];
    if (!y->error) {
        trouble_over(y->store->troubles, "sync");
        return;
    }
    snprintf(detail, sizeof detail, "%.200s/journal cannot be synced: %s; it is written again elsewhere",
             y->store->state_folder, strerror(y->error));
    trouble_begin(y->store->troubles, "sync", shortage_word(y->error, "journal"), detail);
}

static void tell(struct waiter *w, bool ok)
{
    for (struct waiter *next; w; w = next) {
        next = w->next;
        w->fn(w->ctx, ok);
        free(w);
    }
}

static void begin(struct syncing *y);

static void done(void *arg)
{
    struct syncing *y = arg;
    struct store *s = y->store;
    struct waiter *waiting = y->waiting;
    y->running = false;
    y->waiting = NULL;
    journal_sync_end(s->journal, y->error);
    tell_error(y);
    look_at_pace(y);
    if (y->cursors && !y->saving)
        y->cursors_moved = true; /* again next time */
    if (y->cursors && y->saving)
        trim(s);
    free(y->cursors);
    y->cursors = NULL;
    tell(waiting, y->error == 0);
    if (y->coming)
        begin(y);
}

static void begin(struct syncing *y)
{
    if (y->running) { /* a slow disk: the next one covers more */
        look_at_pace(y);
        return;
    }
    y->fd_count = journal_sync_begin(y->store->journal, y->fds);
    if (y->cursors_moved)
        y->cursors = journal_cursors_text(y->store->journal);
    if (y->fd_count == 0 && !y->cursors) {
        struct waiter *coming = y->coming;
        y->coming = NULL;
        tell(coming, true); /* all of it is durable */
        return;
    }
    y->waiting = y->coming;
    y->coming = NULL;
    y->saving = y->cursors != NULL;
    y->cursors_moved = false;
    y->running = true;
    y->began = clock_mono();
    lane_add(y->store->sync_lane, run, done, y);
}

void syncing_barrier(struct syncing *y, syncing_fn fn, void *ctx)
{
    struct waiter *w = malloc(sizeof *w);
    if (!w)
        fatalx("no memory for syncing");
    *w = (struct waiter){y->coming, fn, ctx};
    y->coming = w;
    if (!y->running)
        begin(y);
}

static void on_timer(uv_timer_t *timer)
{
    struct syncing *y = timer->data;
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

static void wait_for_disk(struct syncing *y)
{
    while (y->running)
        uv_run(y->store->loop, UV_RUN_ONCE);
}

void syncing_destroy(struct syncing *y)
{
    if (!y)
        return;
    uv_timer_stop(&y->timer); /* what it kicks may be gone while we wait */
    wait_for_disk(y);
    begin(y); /* what came after the one that was under way */
    wait_for_disk(y);
    uv_close((uv_handle_t *)&y->timer, on_closed);
}
