#include "poller/store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/backup.h"
#include "poller/store/refuge.h"
#include "poller/store/store_internal.h"

#define NAMES_MAX (1u << 22) /* ids ever given; a damaged one must not ask for memory */

static void on_name(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct store *s = ctx;
    struct reader in = reader_over(r->payload, r->len);
    struct arena *arena = arena_create(0);
    struct es_object o;
    bool is_new;
    (void)position;
    bool read = arena && r->type == JOURNAL_NAME &&
                field_unpack(&es_object_record, &in, NULL, arena, &o) && o.object < NAMES_MAX;
    if (read)
        series_skip_ids(s->series, o.object);
    if (!read || series_define(s->series, &o, &is_new) != o.object)
        log_warnx("journal", "a name cannot be read back: its samples are missing");
    arena_destroy(arena);
}

/* The file of names is made anew. */
static void tell_names(void *ctx, struct journal *j)
{
    const struct store *s = ctx;
    struct es_object o;
    for (uint32_t id = 0; series_describe(s->series, id, &o); id++) {
        struct buf packed = {0};
        if (!o.sources_count) /* an id whose name was lost */
            continue;
        field_pack(&es_object_record, &o, NULL, &packed);
        if (packed.failed)
            fatalx("no memory for names");
        journal_name(j, packed.data, packed.len);
        buf_fini(&packed);
    }
}

static bool open_database(struct store *s)
{
    struct database_opening opening;
    s->database = database_open(s->state_folder, &opening);
    if (!s->database || database_in_memory(s->database))
        log_warnx("database", "%s", opening.error);
    if (!s->database)
        return false;
    if (opening.aside[0]) {
        char detail[2 * DATABASE_TEXT_MAX + 128];
        database_tell_replaced(&opening, detail, sizeof detail);
        trouble_begin(s->troubles, "start", "database-replaced", detail);
    }
    bool settled;
    do {
        settled = backup_settle_restored(s->database, clock_wall());
    } while (!settled && refuge_helps(s->database));
    return settled;
}

/* The settings' lists and texts are the caller's; what we need of them is copied by now. */
static const char *keep_name(struct store *s, const char *name)
{
    char *kept = name ? arena_text(s->names, name, strlen(name)) : NULL;
    if (name && !kept)
        fatalx("no memory for settings");
    return kept;
}

static void keep_names(struct store *s)
{
    struct store_settings *c = &s->settings;
    struct arena *before = s->names;
    const char **vantages = NULL;
    size_t count = 0;
    if (!(s->names = arena_create(0)))
        fatalx("no memory for settings");
    c->vantage = keep_name(s, c->vantage);
    c->upstream_url = keep_name(s, c->upstream_url);
    while (c->vantages && c->vantages[count])
        count++;
    if (count && !(vantages = arena_take(s->names, (count + 1) * sizeof *vantages)))
        fatalx("no memory for settings");
    for (size_t i = 0; i < count; i++)
        vantages[i] = keep_name(s, c->vantages[i]);
    c->vantages = vantages;
    arena_destroy(before);
}

static void forget_borrowed(struct store *s)
{
    keep_names(s);
    s->settings.state_folder = s->state_folder;
    s->settings.spans = NULL;
    s->settings.span_count = 0;
}

/* A file that ended us again and again goes before it does so once more. */
static void open_at_work(struct store *s)
{
    struct buf path = {0};
    buf_printf(&path, "%s/at-work", s->state_folder);
    s->at_work = at_work_open(buf_string(&path));
    buf_fini(&path);
    const char *culprit = at_work_culprit(s->at_work);
    char aside[SERIES_ASIDE_MAX], detail[4096];
    if (!culprit)
        return;
    series_set_aside(culprit, clock_wall(), aside);
    snprintf(detail, sizeof detail, "writing %s ended the store %d times; it is set aside as *%s", culprit,
             AT_WORK_STRIKES, aside);
    trouble_begin(s->troubles, "start", "rrd-file", detail);
}

/* Before the journal is opened, which may set its folder aside, and before it is replayed. */
static void put_heads_back(struct store *s)
{
    s->heads = heads_create(s->state_folder);
    size_t count = heads_restore(s->heads);
    if (count)
        log_info("files", "%zu files are put back to their last sync, and written on from the journal", count);
}

/* Who lets the journal wait so long has a disk that writing wears out. */
#define SPARING_SYNC_NS SECONDS(30)

static void configure_series(struct store *s)
{
    const struct store_settings *c = &s->settings;
    series_configure(s->series, &(struct series_settings){.spans = c->spans,
                                                          .span_count = c->span_count,
                                                          .ceiling = c->series_ceiling,
                                                          .sparing = c->journal_sync_ns >= SPARING_SYNC_NS});
}

static void open_journal(struct store *s)
{
    struct buf folder = {0};
    buf_printf(&folder, "%s/journal", s->state_folder);
    struct journal_settings js = {.folder = buf_string(&folder),
                                  .ceiling_bytes = s->settings.journal_ceiling_bytes};
    s->series = series_create(&(struct series_settings){.state_folder = s->state_folder,
                                                        .ceiling = UINT32_MAX,
                                                        .at_work = s->at_work,
                                                        .heads = s->heads});
    s->journal = journal_open(&js, on_name, tell_names, s);
    configure_series(s);
    forget_borrowed(s);
    buf_fini(&folder);
}

static void close_all(struct store *s)
{
    journal_close(s->journal);
    series_destroy(s->series);
    heads_destroy(s->heads);
    at_work_close(s->at_work);
    database_close(s->database);
    troubles_destroy(s->troubles);
    arena_destroy(s->names);
    free(s->state_folder);
    free(s);
}

struct store *store_create(uv_loop_t *loop, const struct store_settings *settings)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s || !(s->state_folder = strdup(settings->state_folder)))
        fatalx("no memory for the store");
    s->loop = loop;
    s->settings = *settings;
    s->troubles = troubles_create(s);
    open_at_work(s);
    if (!open_database(s)) {
        close_all(s);
        return NULL;
    }
    put_heads_back(s);
    open_journal(s);
    s->database_lane = lane_create(loop);
    s->files_lane = lane_create(loop);
    s->sync_lane = lane_create(loop);
    s->hash_lane = lane_create(loop);
    s->files = files_create(s);
    s->syncing = syncing_create(s);
    s->intake = intake_create(s);
    s->upstream = upstream_create(s);
    s->vantages = vantages_create(s);
    s->delivery = delivery_create(s);
    s->desk = desk_create(s);
    s->forgetting = forgetting_create(s);
    s->homing = homing_create(s);
    intake_replay(s->intake);
    s->disk_watch = disk_watch_create(s);
    files_kick(s->files);
    delivery_kick(s->delivery);
    return s;
}

void store_configure(struct store *s, const struct store_settings *settings)
{
    s->settings = *settings;
    configure_series(s);
    forget_borrowed(s);
    syncing_configure(s->syncing);
    upstream_configure(s->upstream);
}

void store_peer(struct store *s, enum role peer, int fd)
{
    switch (peer) {
    case ROLE_ENGINE:
        intake_peer(s->intake, fd);
        break;
    case ROLE_COURIER:
        delivery_peer(s->delivery, fd);
        break;
    case ROLE_WEB:
        desk_peer(s->desk, fd);
        break;
    default:
        log_warnx("store", "a channel to %s is of no use here", role_words[peer]);
        close(fd);
    }
}

void store_destroy(struct store *s)
{
    if (!s)
        return;
    /* a part that is gone is NULL to the others, whose last jobs still come back */
    desk_destroy(s->desk);
    s->desk = NULL;
    s->stopping = true;
    vantages_destroy(s->vantages);
    s->vantages = NULL;
    upstream_destroy(s->upstream);
    s->upstream = NULL;
    forgetting_destroy(s->forgetting);
    disk_watch_destroy(s->disk_watch);
    delivery_destroy(s->delivery);
    s->delivery = NULL;
    intake_flush_kept(s->intake);
    intake_destroy(s->intake);
    s->intake = NULL;
    homing_destroy(s->homing);
    s->homing = NULL;
    files_destroy(s->files);
    syncing_destroy(s->syncing);
    lane_destroy(s->database_lane);
    lane_destroy(s->files_lane);
    lane_destroy(s->sync_lane);
    lane_destroy(s->hash_lane);
    uv_run(s->loop, UV_RUN_NOWAIT); /* the closed handles' last callbacks */
    close_all(s);
}
