#include <stdio.h>
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/store/backup.h"
#include "poller/store/desk_internal.h"

/* A backup in steps: learned facts and files are written out, RRD writes pause, the database is copied,
 * the asker reads all of it and says so. Whatever becomes of the asker, the pause ends. */

#define PAUSE_MOST_MS (10 * 60 * 1000)

enum state { IDLE, FRESHENING, COPYING, READ_BY_ASKER };

struct copying {
    struct desk *desk;
    enum state state;
    uint64_t client;
    uint32_t request;
    bool abandoned; /* the asker left before the copy stood */
    uv_timer_t timer;
    char path[4096], why[512];
    bool ok;
};

struct copying *copying_create(struct desk *k)
{
    struct copying *y = calloc(1, sizeof *y);
    if (!y)
        fatalx("no memory for backups");
    y->desk = k;
    uv_timer_init(k->store->loop, &y->timer);
    y->timer.data = y;
    return y;
}

static void finish(struct copying *y)
{
    uv_timer_stop(&y->timer);
    files_pause(y->desk->store->files, false);
    backup_remove(y->path);
    y->state = IDLE;
}

static void on_too_long(uv_timer_t *timer)
{
    log_warnx("backup", "nobody said that the backup was read: samples are written again");
    finish(timer->data);
}

static void run_copy(void *arg)
{
    struct copying *y = arg;
    struct store *s = y->desk->store;
    y->ok = backup_make(s->database, s->state_folder, clock_wall(), y->path, sizeof y->path, y->why,
                        sizeof y->why);
}

static void after_copy(void *arg)
{
    struct copying *y = arg;
    y->desk->working--;
    y->state = READ_BY_ASKER;
    desk_result(y->desk, y->client, y->request, y->ok, y->ok ? y->path : y->why);
    if (!y->ok || y->abandoned)
        finish(y);
    else
        uv_timer_start(&y->timer, on_too_long, PAUSE_MOST_MS, 0);
}

static void after_fresh(void *ctx, bool ok)
{
    struct copying *y = ctx;
    (void)ok; /* a file that cannot be written now is in the journal, and that is in the backup too */
    files_pause(y->desk->store->files, true);
    y->state = COPYING;
    lane_add(y->desk->store->database_lane, run_copy, after_copy, y);
}

void copying_begin(struct copying *y, uint64_t client, uint32_t request)
{
    if (y->state != IDLE) {
        desk_result(y->desk, client, request, false, "another backup is being made");
        return;
    }
    y->state = FRESHENING;
    y->client = client;
    y->request = request;
    y->abandoned = false;
    y->desk->working++;
    intake_flush_kept(y->desk->store->intake);
    files_fresh(y->desk->store->files, NULL, NULL, NULL, after_fresh, y);
}

void copying_end(struct copying *y, uint64_t client, uint32_t request)
{
    bool ours = y->state == READ_BY_ASKER && y->client == client;
    if (ours)
        finish(y);
    desk_result(y->desk, client, request, ours, ours ? "" : "no backup of yours is being made");
}

void copying_client_gone(struct copying *y, uint64_t client)
{
    if (y->state == IDLE || y->client != client)
        return;
    y->abandoned = true;
    if (y->state == READ_BY_ASKER)
        finish(y);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void copying_destroy(struct copying *y)
{
    if (y->state == READ_BY_ASKER)
        finish(y);
    uv_close((uv_handle_t *)&y->timer, on_closed);
}
