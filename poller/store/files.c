#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "graphs/archive.h"
#include "poller/base/log.h"
#include "poller/store/shortage.h"
#include "poller/store/store_internal.h"

/* One batch is in the thread pool at a time; what is asked to be fresh goes before what is merely due.
 * The journal's cursor moves only after the files' file system was synced, since librrd never syncs.
 *
 * A sync that failed is final: the kernel calls the pages clean that it could not write, and the next sync
 * would find nothing wrong. So the files it should have covered are written anew, each durable before it
 * takes its place, and what the journal has since the cursor is offered to them again. The descriptor the
 * file system is synced by stays open: the kernel tells it only of errors since it was opened. */

#define SYNC_GAP_NS MINUTES(5) /* pages that ask for fresh files must not sync the disk each time */

struct request {
    struct request *next;
    char *vantage, *node, *object;
    files_fresh_fn fn;
    void *ctx;
    bool failed;
};

struct files {
    struct store *store;
    struct series_batch *running;
    struct request *first, **last;
    bool paused, syncing;
    bool choosing;                 /* what is written next; who is answered meanwhile may ask for more */
    bool unsynced;                 /* files were written since the last sync */
    struct journal_position passed;/* of the running sync */
    int folder_fd;                 /* of the state folder; -1: none */
    int sync_error;
    struct mono synced;
    bool rewriting;                /* a sync failed, its files are to be written anew */
    const char **suspects;         /* of the running job, or NULL */
    const char *failed;            /* one of them that could not be */
    bool set_aside;                /* in the running batch */
};

struct files *files_create(struct store *s)
{
    struct files *f = calloc(1, sizeof *f);
    if (!f)
        fatalx("no memory for the files");
    f->store = s;
    f->last = &f->first;
    f->folder_fd = open(s->state_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return f;
}

static void free_request(struct request *r)
{
    free(r->vantage);
    free(r->node);
    free(r->object);
    free(r);
}

void files_destroy(struct files *f)
{
    if (!f)
        return;
    while (f->running || f->syncing || f->suspects)
        uv_run(f->store->loop, UV_RUN_ONCE);
    if (f->folder_fd >= 0)
        close(f->folder_fd);
    for (struct request *r = f->first, *next; r; r = next) {
        next = r->next;
        free_request(r);
    }
    free(f);
}

static void answer_first(struct files *f)
{
    struct request *r = f->first;
    f->first = r->next;
    if (!f->first)
        f->last = &f->first;
    r->fn(r->ctx, !r->failed);
    free_request(r);
}

/* --- syncing and the cursor --- */

static void run_sync(void *arg)
{
    struct files *f = arg;
    f->sync_error = 0;
    if (f->folder_fd < 0)
        f->folder_fd = open(f->store->state_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->folder_fd < 0 || syncfs(f->folder_fd) != 0 || !heads_clear(f->store->heads))
        f->sync_error = errno;
}

static void after_sync(void *arg)
{
    struct files *f = arg;
    char detail[512];
    f->syncing = false;
    series_sync_end(f->store->series, f->sync_error == 0);
    if (f->sync_error) {
        snprintf(detail, sizeof detail, "%.300s/rrd cannot be synced: %s; its files are written anew",
                 f->store->state_folder, strerror(f->sync_error));
        trouble_begin(f->store->troubles, "files-sync", shortage_word(f->sync_error, "rrd-file"), detail);
        f->unsynced = f->rewriting = true;
        f->synced = (struct mono){0};
        files_kick(f);
        return;
    }
    trouble_over(f->store->troubles, "files-sync");
    journal_cursor_move(f->store->journal, "rrd", f->passed);
    syncing_cursors_moved(f->store->syncing);
}

static void run_rewrite(void *arg)
{
    struct files *f = arg;
    f->failed = NULL;
    for (size_t i = 0; f->suspects[i] && !f->failed; i++)
        if (!archive_rewrite(f->suspects[i])) {
            f->failed = f->suspects[i];
            f->sync_error = errno;
        }
}

static void after_rewrite(void *arg)
{
    struct files *f = arg;
    free(f->suspects);
    f->suspects = NULL;
    f->rewriting = f->failed != NULL;
    if (f->failed) {
        log_warnx("files", "%s cannot be written anew: %s", f->failed, strerror(f->sync_error));
        series_sync_end(f->store->series, false);
        return;
    }
    series_sync_end(f->store->series, true);
    if (f->store->intake)
        intake_replay_samples(f->store->intake);
    f->synced = (struct mono){0}; /* the next sync shows whether all is well, and moves the cursor */
}

static bool waits(const struct files *f)
{
    int64_t gap_ns = f->store->settings.files_sync_ns ? f->store->settings.files_sync_ns : SYNC_GAP_NS;
    return !f->unsynced || f->syncing || f->suspects || !f->store->intake ||
           (f->synced.ns && mono_since(clock_mono(), f->synced) < gap_ns);
}

static void sync_files(struct files *f)
{
    if (waits(f))
        return;
    f->synced = clock_mono();
    if (f->rewriting) {
        f->suspects = series_unsynced(f->store->series);
        series_sync_begin(f->store->series);
        lane_add(f->store->files_lane, run_rewrite, after_rewrite, f);
        return;
    }
    f->syncing = true;
    f->unsynced = false;
    f->passed = series_passed(f->store->series, journal_end(f->store->journal));
    series_sync_begin(f->store->series);
    lane_add(f->store->files_lane, run_sync, after_sync, f);
}

/* --- batches --- */

static const char *trouble_of(enum archive_result result)
{
    switch (result) {
    case ARCHIVE_NO_ROOM:
        return "disk-full";
    case ARCHIVE_READ_ONLY:
        return "read-only";
    default:
        return "rrd-file";
    }
}

static void on_fault(void *ctx, const struct series_fault *fault)
{
    struct files *f = ctx;
    char detail[1024];
    if (fault->result == ARCHIVE_BUSY) {
        log_info("files", "%s is locked by another program: later", fault->file);
        return;
    }
    f->set_aside |= fault->aside[0] != '\0';
    if (fault->aside[0])
        snprintf(detail, sizeof detail, "%s is set aside as %s%s", fault->why, fault->file,
                 fault->aside);
    else
        snprintf(detail, sizeof detail, "%s: %s", fault->file, fault->why);
    trouble_begin(f->store->troubles, "files", trouble_of(fault->result), detail);
}

static void run_batch(void *arg)
{
    struct files *f = arg;
    series_batch_write(f->running);
}

static void after_batch(void *arg)
{
    struct files *f = arg;
    struct series_batch *b = f->running;
    f->running = NULL;
    f->unsynced = true;
    f->set_aside = false;
    enum archive_result worst = series_give_back(f->store->series, b, clock_wall(), on_fault, f);
    if (worst == ARCHIVE_OK) {
        if (!f->set_aside)
            trouble_over(f->store->troubles, "files");
    } else if (f->first) {
        f->first->failed = true;
        answer_first(f); /* the reader gets what there is */
    }
    files_kick(f);
}

static struct series_batch *take_fresh(struct files *f)
{
    while (f->first) {
        struct request *r = f->first;
        struct series_choice choice = {r->vantage, r->node, r->object, false};
        struct series_batch *b = series_take(f->store->series, &choice, clock_wall());
        if (b)
            return b;
        answer_first(f);
    }
    return NULL;
}

void files_kick(struct files *f)
{
    static const struct series_choice due = {.only_due = true};
    if (f->running || f->paused || f->choosing)
        return;
    f->choosing = true;
    f->running = take_fresh(f);
    f->choosing = false;
    if (!f->running && !f->store->stopping)
        f->running = series_take(f->store->series, &due, clock_wall());
    if (f->running)
        lane_add(f->store->files_lane, run_batch, after_batch, f);
    else
        sync_files(f);
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

void files_fresh(struct files *f, const char *vantage, const char *node, const char *object,
                 files_fresh_fn fn, void *ctx)
{
    if (f->paused) { /* a backup is being read, and it began by writing everything */
        fn(ctx, false);
        return;
    }
    struct request *r = calloc(1, sizeof *r);
    if (!r)
        fatalx("no memory for a request");
    *r = (struct request){.vantage = copy(vantage), .node = copy(node), .object = copy(object),
                          .fn = fn, .ctx = ctx};
    *f->last = r;
    f->last = &r->next;
    files_kick(f);
}

void files_pause(struct files *f, bool pause)
{
    f->paused = pause;
    if (!pause)
        files_kick(f);
}
