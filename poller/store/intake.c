#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/cursor.h"
#include "poller/base/log.h"
#include "poller/store/refuge.h"
#include "poller/store/restore.h"
#include "poller/store/shortage.h"
#include "poller/store/store_internal.h"

/* Records from the engine come in order and leave by two ways: samples and learned facts into the journal
 * at once, commits into the database by its lane, as many in one transaction as came while the one before
 * ran. Each way remembers how far it is for the engine's boot, so a record that comes twice is known. The
 * number acknowledged is the highest below which nothing is still on its way. */

#define RECORD_MAX_BYTES (1u << 20)     /* unpacked, of one record */
#define OBJECTS_MAX (1u << 20)          /* ids of one connection */
#define RETRY_MS 1000                   /* after the disk refused */
#define UNWRITTEN_MAX_BYTES (8u << 20)  /* records the journal did not take; then the oldest go */
#define COMMITS_MAX_BYTES (32u << 20)   /* packed, waiting for the database */
#define KEPT_FLUSH_MS (5 * 60 * 1000)
#define NEWEST_APART_NS MINUTES(30)

struct pending_commit {
    struct pending_commit *next;
    struct arena *arena;
    struct es_commit record;
    char boot_id[64];
    size_t bytes;
};

struct unwritten {
    struct unwritten *next;
    uint64_t sequence;
    enum journal_type type;
    size_t len;
    uint8_t payload[];
};

/* One transaction on its way. */
struct commit_job {
    struct pending_commit *first;
    const struct es_commit **records;
    size_t count, refused;
    bool spooled, ok, in_memory;
    enum database_fault fault;
    char error[DATABASE_TEXT_MAX];
};

struct kept_job {
    struct intake *intake;
    struct kept *kept;
    struct journal_position upto;
    struct wall newest;
    bool ok, in_memory;
};

struct restore_job {
    struct intake *intake;
    uint64_t connection;
    struct wall newest;
    struct arena *arena;
    struct se_restored *parts;
    size_t count;
    struct commit_mark mark;
};

struct intake {
    struct store *store;
    struct channel *channel;
    uint64_t connection;         /* counts channels: late answers go nowhere */
    uint32_t *ids;               /* the engine's object id -> series id */
    size_t id_count;
    char boot_id[64];
    uint64_t boot_mark;          /* of boot_id, for the journal */
    uint64_t journal_mark, journaled; /* newest boot in the journal, and how far it is */
    struct commit_mark committed;     /* queued or durable */
    uint64_t only_in_memory;          /* first record of this boot that is committed, but not on disk; 0: none */
    uint64_t taken, acknowledged;
    struct pending_commit *commits, **commits_end;
    size_t commits_bytes;
    struct commit_job job;
    bool committing;
    struct restore_job *restoring; /* until what was taken before it is committed */
    struct unwritten *unwritten, **unwritten_end;
    size_t unwritten_bytes;
    uint64_t unwritten_dropped, malformed;
    uint32_t ids_seen;           /* in the journal, at the start: one more than the highest */
    struct kept *kept;
    bool flushing_kept;
    struct wall newest_written;  /* newest sample, as the database has it */
    uv_timer_t retry, kept_timer;
    int open_timers;             /* libuv closes handles in an order of its own */
    double *values;              /* scratch for one row */
    uint8_t *payload;            /* scratch for one journal record */
};

static void on_retry(uv_timer_t *timer);
static void on_kept_timer(uv_timer_t *timer);

struct intake *intake_create(struct store *s)
{
    struct intake *i = calloc(1, sizeof *i);
    if (!i || !(i->values = calloc(LAYOUT_SOURCES_MAX, sizeof *i->values)) ||
        !(i->payload = malloc(FRAME_PAYLOAD_MAX + JOURNAL_STAMP_BYTES)))
        fatalx("no memory for the intake");
    i->store = s;
    i->commits_end = &i->commits;
    i->unwritten_end = &i->unwritten;
    i->kept = kept_create();
    commit_mark_read(s->database, &i->committed);
    uv_timer_init(s->loop, &i->retry);
    uv_timer_init(s->loop, &i->kept_timer);
    i->open_timers = 2;
    i->retry.data = i->kept_timer.data = i;
    uv_timer_start(&i->kept_timer, on_kept_timer, KEPT_FLUSH_MS, KEPT_FLUSH_MS);
    return i;
}

void intake_send(struct intake *i, uint16_t type, const struct record *r, const void *value)
{
    if (i && i->channel && !channel_send(i->channel, type, r, value))
        log_warnx("engine", "a message could not be handed over: the engine is gone, or reads too slowly");
}

/* --- acknowledging --- */

static bool is_of_this_boot(const struct intake *i, const struct pending_commit *c)
{
    return memcmp(c->boot_id, i->boot_id, sizeof i->boot_id) == 0;
}

static uint64_t lowest_on_its_way(const struct intake *i)
{
    uint64_t lowest = i->taken + 1;
    if (i->committing && i->job.records[0]->sequence < lowest && is_of_this_boot(i, i->job.first))
        lowest = i->job.records[0]->sequence;
    for (const struct pending_commit *c = i->commits; c; c = c->next)
        if (is_of_this_boot(i, c) && c->record.sequence < lowest)
            lowest = c->record.sequence;
    if (i->unwritten && i->unwritten->sequence < lowest)
        lowest = i->unwritten->sequence;
    if (i->only_in_memory && i->only_in_memory < lowest)
        lowest = i->only_in_memory;
    return lowest;
}

static void acknowledge(struct intake *i)
{
    uint64_t upto = lowest_on_its_way(i) - 1;
    if (!i->channel || upto == i->acknowledged || i->taken == 0)
        return;
    i->acknowledged = upto;
    struct se_durable durable = {upto, series_figures(i->store->series)->skipped};
    intake_send(i, SE_DURABLE, &se_durable_record, &durable);
}

/* --- the journal's way --- */

static uint64_t mark_of(const char *boot_id)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *boot_id; boot_id++)
        h = (h ^ (unsigned char)*boot_id) * UINT64_C(1099511628211);
    return h ? h : 1;
}

static void say_journal_trouble(struct intake *i, int error)
{
    char path[256], detail[512];
    snprintf(path, sizeof path, "%.200s/journal", i->store->state_folder);
    if (error == EAGAIN)
        snprintf(detail, sizeof detail, "%s: the disk has not confirmed %u bytes yet", path,
                 JOURNAL_UNSYNCED_MAX);
    else
        shortage_text(path, error, JOURNAL_SEGMENT_BYTES, detail, sizeof detail);
    trouble_begin(i->store->troubles, "journal",
                  error == EAGAIN ? "slow-disk" : shortage_word(error, "journal"), detail);
}

static void try_again_soon(struct intake *i)
{
    uv_timer_start(&i->retry, on_retry, RETRY_MS, 0);
}

static void drop_oldest_unwritten(struct intake *i)
{
    struct unwritten *u = i->unwritten;
    i->unwritten = u->next;
    if (!i->unwritten)
        i->unwritten_end = &i->unwritten;
    i->unwritten_bytes -= u->len;
    free(u);
}

/* What the disk refuses waits in memory, so that the engine may go on. */
static void hold(struct intake *i, enum journal_type type, uint64_t sequence, const void *payload,
                 size_t len)
{
    struct unwritten *u = malloc(sizeof *u + len);
    if (!u)
        fatalx("no memory for samples");
    *u = (struct unwritten){.sequence = sequence, .type = type, .len = len};
    memcpy(u->payload, payload, len);
    *i->unwritten_end = u;
    i->unwritten_end = &u->next;
    i->unwritten_bytes += len;
    while (i->unwritten_bytes > UNWRITTEN_MAX_BYTES) {
        i->unwritten_dropped++;
        drop_oldest_unwritten(i);
    }
    try_again_soon(i);
}

static void write_held(struct intake *i)
{
    struct journal_position ignored;
    while (i->unwritten) {
        struct unwritten *u = i->unwritten;
        if (!journal_append(i->store->journal, (uint8_t)u->type, u->payload, u->len, &ignored)) {
            say_journal_trouble(i, errno);
            try_again_soon(i);
            return;
        }
        drop_oldest_unwritten(i);
    }
    trouble_over(i->store->troubles, "journal");
    acknowledge(i);
}

/* Also when there is nothing to write yet, so that the trouble ends with its cause. */
static void try_journal(struct intake *i)
{
    if (journal_bring_up(i->store->journal)) {
        write_held(i);
        return;
    }
    say_journal_trouble(i, errno);
    try_again_soon(i);
}

/* Puts the stamp before what already stands behind it in i->payload, and writes both. */
static void journal(struct intake *i, enum journal_type type, uint64_t sequence, size_t len,
                    struct journal_position *position)
{
    struct writer w = writer_over(i->payload, JOURNAL_STAMP_BYTES);
    wr_u64(&w, i->boot_mark);
    wr_u64(&w, sequence);
    wr_u64(&w, (uint64_t)clock_wall().ns);
    i->journal_mark = i->boot_mark;
    i->journaled = sequence;
    *position = journal_end(i->store->journal);
    if (i->unwritten || !journal_append(i->store->journal, (uint8_t)type, i->payload,
                                        JOURNAL_STAMP_BYTES + len, position)) {
        if (!i->unwritten)
            say_journal_trouble(i, errno);
        hold(i, type, sequence, i->payload, JOURNAL_STAMP_BYTES + len);
    }
}

static bool is_journaled(const struct intake *i, uint64_t sequence)
{
    return i->journal_mark == i->boot_mark && sequence <= i->journaled;
}

/* --- rows --- */

static void add_row(struct intake *i, uint32_t id, const struct sample_row *row, struct wall now,
                    struct journal_position position)
{
    for (size_t v = 0; v < row->count; v++)
        i->values[v] = sample_row_value(row, v);
    series_add(i->store->series, id, row->at_ns, i->values, now, position);
}

/* Rows as journaled: ids are of the series. */
static void add_rows(struct intake *i, const uint8_t *bytes, size_t len, struct wall now,
                     struct journal_position position)
{
    struct reader r = reader_over(bytes, len);
    struct sample_row row;
    while (rd_left(&r) && sample_row_read(&r, &row)) {
        if (row.object >= i->ids_seen && row.object < OBJECTS_MAX)
            i->ids_seen = row.object + 1;
        if (row.count && row.count == series_value_count(i->store->series, row.object))
            add_row(i, row.object, &row, now, position);
    }
}

/* Copies rows with the series' ids, leaving out those that name no object or have the wrong width. */
static size_t translate_rows(struct intake *i, const struct bytes *rows, struct writer *w)
{
    struct reader r = reader_over(rows->data, rows->len);
    struct sample_row row;
    while (rd_left(&r)) {
        if (!sample_row_read(&r, &row)) {
            i->malformed++;
            break;
        }
        row.object = row.object < i->id_count ? i->ids[row.object] : SERIES_NONE;
        if (row.object == SERIES_NONE || row.count == 0 ||
            row.count != series_value_count(i->store->series, row.object)) {
            i->malformed++;
            continue;
        }
        sample_row_write(w, &row);
    }
    return wr_len(w);
}

static void take_samples(struct intake *i, const struct es_samples *m)
{
    struct journal_position position;
    if (m->sequence > i->taken)
        i->taken = m->sequence;
    if (is_journaled(i, m->sequence))
        return;
    struct writer w = writer_over(i->payload + JOURNAL_STAMP_BYTES, FRAME_PAYLOAD_MAX);
    size_t len = translate_rows(i, &m->rows, &w);
    journal(i, JOURNAL_SAMPLES, m->sequence, len, &position);
    add_rows(i, i->payload + JOURNAL_STAMP_BYTES, len, clock_wall(), position);
}

static void take_keep(struct intake *i, const struct es_keep *m, const struct frame *frame)
{
    struct journal_position position;
    if (m->sequence > i->taken)
        i->taken = m->sequence;
    if (is_journaled(i, m->sequence))
        return;
    memcpy(i->payload + JOURNAL_STAMP_BYTES, frame->payload, frame->len);
    journal(i, JOURNAL_KEEP, m->sequence, frame->len, &position);
    kept_merge(i->kept, m);
}

uint32_t intake_define(struct intake *i, const struct es_object *o)
{
    bool is_new;
    struct buf packed = {0};
    uint32_t id = series_define(i->store->series, o, &is_new);
    if (id == SERIES_NONE)
        log_warnx("series", "object %s of %s is refused: malformed, or more than the ceiling",
                  o->name ? o->name : "", o->node ? o->node : "");
    if (!is_new)
        return id;
    struct es_object named = *o;
    named.object = id;
    field_pack(&es_object_record, &named, NULL, &packed);
    if (packed.failed || !journal_name(i->store->journal, packed.data, packed.len))
        try_again_soon(i);
    buf_fini(&packed);
    return id;
}

static void take_object(struct intake *i, const struct es_object *o)
{
    if (o->object >= OBJECTS_MAX)
        return;
    if (o->object >= i->id_count) {
        size_t count = o->object + 64;
        i->ids = realloc(i->ids, count * sizeof *i->ids);
        if (!i->ids)
            fatalx("no memory for objects");
        while (i->id_count < count)
            i->ids[i->id_count++] = SERIES_NONE;
    }
    i->ids[o->object] = intake_define(i, o);
}

/* --- the database's way --- */

static void free_commits(struct pending_commit *c)
{
    for (struct pending_commit *next; c; c = next) {
        next = c->next;
        arena_destroy(c->arena); /* c lives in it */
    }
}

static void run_commits(void *arg)
{
    struct intake *i = arg;
    struct commit_job *j = &i->job;
    struct database *d = i->store->database;
    do {
        j->ok = commit_records(d, j->first->boot_id, j->records, j->count, j->spooled, &j->refused);
    } while (!j->ok && refuge_helps(d));
    j->in_memory = database_in_memory(d);
    j->fault = j->ok ? DATABASE_FINE : database_fault(d);
    if (!j->ok)
        memcpy(j->error, database_error(d), sizeof j->error);
}

static void start_commits(struct intake *i);
static void restore_committed(struct intake *i, bool disk_takes);

static void after_commits(void *arg)
{
    struct intake *i = arg;
    struct commit_job *j = &i->job;
    i->committing = false;
    if (!j->ok) {
        /* back to the front of the queue, and again in a moment */
        struct pending_commit **end = &j->first;
        while (*end)
            end = &(*end)->next;
        *end = i->commits;
        i->commits_end = i->commits ? i->commits_end : end;
        i->commits = j->first;
        free(j->records);
        trouble_begin(i->store->troubles, "database", "database", j->error);
        try_again_soon(i);
        restore_committed(i, false);
        return;
    }
    for (struct pending_commit *c = j->first; c; c = c->next)
        i->commits_bytes -= c->bytes;
    if (!j->in_memory)
        trouble_over(i->store->troubles, "database");
    else if (!i->only_in_memory && is_of_this_boot(i, j->first))
        i->only_in_memory = j->records[0]->sequence;
    free_commits(j->first);
    free(j->records);
    homing_look(i->store->homing);
    acknowledge(i);
    delivery_kick(i->store->delivery);
    upstream_kick(i->store->upstream);
    start_commits(i);
    restore_committed(i, true);
}

/* All that wait and are of one boot go together. */
static void start_commits(struct intake *i)
{
    struct commit_job *j = &i->job;
    if (i->committing || !i->commits)
        return;
    *j = (struct commit_job){.first = i->commits, .spooled = i->store->settings.upstream_every_ns > 0};
    struct pending_commit *c = i->commits, *last = NULL;
    for (; c && strcmp(c->boot_id, j->first->boot_id) == 0; c = c->next) {
        last = c;
        j->count++;
    }
    i->commits = c;
    if (!c)
        i->commits_end = &i->commits;
    last->next = NULL;
    if (!(j->records = calloc(j->count, sizeof *j->records)))
        fatalx("no memory for a transaction");
    c = j->first;
    for (size_t n = 0; n < j->count; n++, c = c->next)
        j->records[n] = &c->record;
    i->committing = true;
    lane_add(i->store->database_lane, run_commits, after_commits, i);
}

uint64_t intake_lost(const struct intake *i)
{
    return i->unwritten_dropped;
}

void intake_is_home(struct intake *i)
{
    if (!i)
        return;
    i->only_in_memory = 0;
    acknowledge(i);
}

static void take_commit(struct intake *i, const struct frame *frame)
{
    struct arena *arena = arena_create(RECORD_MAX_BYTES);
    struct pending_commit *c = arena ? arena_take(arena, sizeof *c) : NULL;
    if (!c || !frame_unpack(frame, &es_commit_record, arena, &c->record)) {
        log_warnx("engine", "a commit cannot be read: left out");
        arena_destroy(arena);
        return;
    }
    uint64_t sequence = c->record.sequence;
    if (sequence > i->taken)
        i->taken = sequence;
    if (strcmp(i->committed.boot_id, i->boot_id) == 0 && sequence <= i->committed.sequence) {
        arena_destroy(arena); /* seen before */
        return;
    }
    memcpy(i->committed.boot_id, i->boot_id, sizeof i->boot_id);
    i->committed.sequence = sequence;
    memcpy(c->boot_id, i->boot_id, sizeof c->boot_id);
    c->arena = arena;
    c->bytes = frame->len;
    *i->commits_end = c;
    i->commits_end = &c->next;
    i->commits_bytes += c->bytes;
    if (i->commits_bytes > COMMITS_MAX_BYTES)
        fatalx("the database takes nothing and %u bytes wait for it", COMMITS_MAX_BYTES);
    start_commits(i);
}

static void on_retry(uv_timer_t *timer)
{
    struct intake *i = timer->data;
    if (i->unwritten || journal_refusal(i->store->journal))
        try_journal(i);
    start_commits(i);
}

/* --- learned facts, and how far the samples are --- */

/* The journal knows the newest sample as well, but not after all of it was written to files. */
static bool newest_is_due(const struct intake *i, bool now)
{
    int64_t newest_ns = series_newest(i->store->series).ns, ahead_ns = newest_ns - i->newest_written.ns;
    return newest_ns && (ahead_ns < 0 || ahead_ns >= NEWEST_APART_NS || (now && ahead_ns));
}

static void run_kept(void *arg)
{
    struct kept_job *j = arg;
    char newest[32];
    struct database *d = j->intake->store->database;
    do {
        j->ok = kept_flush(j->kept, d);
    } while (!j->ok && refuge_helps(d));
    j->in_memory = database_in_memory(d);
    snprintf(newest, sizeof newest, "%lld", (long long)j->newest.ns);
    if (j->newest.ns)
        database_meta_set(d, "newest", newest);
}

static void after_kept(void *arg)
{
    struct kept_job *j = arg;
    struct intake *i = j->intake;
    i->flushing_kept = false;
    homing_look(i->store->homing);
    if (j->ok && !j->in_memory) {
        journal_cursor_move(i->store->journal, "kept", j->upto);
        syncing_cursors_moved(i->store->syncing);
    } /* else the journal still has them for the next start, and newer values come */
    kept_destroy(j->kept);
    free(j);
}

static void flush_kept(struct intake *i, bool now)
{
    if (i->flushing_kept || (kept_count(i->kept) == 0 && !newest_is_due(i, now)))
        return;
    struct kept_job *j = calloc(1, sizeof *j);
    if (!j)
        fatalx("no memory for learned facts");
    *j = (struct kept_job){.intake = i, .kept = i->kept, .upto = journal_end(i->store->journal),
                           .newest = series_newest(i->store->series)};
    i->kept = kept_create();
    i->newest_written = j->newest;
    i->flushing_kept = true;
    lane_add(i->store->database_lane, run_kept, after_kept, j);
}

void intake_flush_kept(struct intake *i)
{
    flush_kept(i, true);
}

static void on_kept_timer(uv_timer_t *timer)
{
    flush_kept(timer->data, false);
}

/* --- a new engine --- */

static void run_restore(void *arg)
{
    struct restore_job *j = arg;
    char text[32];
    struct database *d = j->intake->store->database;
    if (database_meta_get(d, "newest", text, sizeof text)) {
        int64_t newest_ns = strtoll(text, NULL, 10);
        if (newest_ns > j->newest.ns)
            j->newest.ns = newest_ns;
    }
    if (!restore_load(d, j->newest, j->arena, &j->parts, &j->count))
        log_warnx("database", "the state cannot be read whole: %s", database_error(d));
}

static void free_restore(struct restore_job *j)
{
    if (!j)
        return;
    arena_destroy(j->arena);
    free(j);
}

static void after_restore(void *arg)
{
    struct restore_job *j = arg;
    struct intake *i = j->intake;
    bool here = j->connection == i->connection;
    for (size_t n = 0; n < j->count && here; n++)
        intake_send(i, SE_RESTORED, &se_restored_record, &j->parts[n]);
    if (here) {
        upstream_engine_begins(i->store->upstream, j->newest);
        vantages_tell_all(i->store->vantages);
    }
    free_restore(j);
}

/* Goes behind what the engine before has said, or its successor would not know of it and the database would
 * change under it. A database that takes nothing now is not waited for. */
static void restore_committed(struct intake *i, bool disk_takes)
{
    struct restore_job *j = i->restoring;
    if (!j || (i->commits && disk_takes))
        return;
    i->restoring = NULL;
    lane_add(i->store->database_lane, run_restore, after_restore, j);
}

static void take_hello(struct intake *i, const struct es_hello *m)
{
    struct restore_job *j = calloc(1, sizeof *j);
    if (!j || !(j->arena = arena_create(0)))
        fatalx("no memory for the restored state");
    if (strcmp(i->boot_id, m->boot_id ? m->boot_id : "") != 0)
        i->only_in_memory = 0; /* of an engine that is no more */
    memset(i->boot_id, 0, sizeof i->boot_id);
    strncpy(i->boot_id, m->boot_id ? m->boot_id : "", sizeof i->boot_id - 1);
    i->boot_mark = mark_of(i->boot_id);
    i->taken = i->acknowledged = 0;
    i->id_count = 0;
    j->intake = i;
    j->connection = i->connection;
    j->newest = series_newest(i->store->series);
    intake_flush_kept(i);
    free_restore(i->restoring);
    i->restoring = j;
    restore_committed(i, true);
    troubles_tell_all(i->store->troubles);
}

/* --- messages --- */

static bool take_numbered(struct intake *i, const struct frame *frame, struct arena *arena)
{
    struct es_samples samples;
    struct es_keep keep;
    switch (frame->type) {
    case ES_SAMPLES:
        if (!frame_unpack(frame, &es_samples_record, arena, &samples))
            return false;
        take_samples(i, &samples);
        break;
    case ES_KEEP:
        if (!frame_unpack(frame, &es_keep_record, arena, &keep))
            return false;
        take_keep(i, &keep, frame);
        break;
    case ES_COMMIT:
        take_commit(i, frame);
        break;
    default:
        return false;
    }
    acknowledge(i);
    return true;
}

static bool take_message(struct intake *i, const struct frame *frame, struct arena *arena)
{
    struct es_hello hello;
    struct es_object object;
    struct es_clock clock;
    switch (frame->type) {
    case ES_HELLO:
        if (!frame_unpack(frame, &es_hello_record, arena, &hello))
            return false;
        take_hello(i, &hello);
        return true;
    case ES_OBJECT:
        if (!frame_unpack(frame, &es_object_record, arena, &object))
            return false;
        take_object(i, &object);
        return true;
    case ES_CLOCK:
        if (!frame_unpack(frame, &es_clock_record, arena, &clock))
            return false;
        clock_reckon(clock.set ? NULL : &(struct instant){clock.mono, clock.wall});
        return true;
    case ES_VIEW:
        upstream_view(i->store->upstream, i->boot_id, frame);
        return true;
    default:
        return take_numbered(i, frame, arena);
    }
}

static void on_message(void *ctx, struct channel *c, const struct frame *frame)
{
    struct intake *i = ctx;
    struct arena *arena = arena_create(RECORD_MAX_BYTES);
    (void)c;
    if (frame->fd >= 0)
        close(frame->fd);
    if (!arena || !take_message(i, frame, arena))
        log_warnx("engine", "a message of type %u cannot be read", frame->type);
    arena_destroy(arena);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct intake *i = ctx;
    channel_destroy(c);
    if (i->channel != c)
        return;
    i->channel = NULL;
    upstream_engine_gone(i->store->upstream);
}

void intake_peer(struct intake *i, int fd)
{
    channel_drain(i->channel); /* whatever the engine before could still say happened */
    channel_destroy(i->channel);
    i->connection++;
    i->channel = channel_create(i->store->loop, fd, on_message, on_closed, i);
}

/* --- after a start --- */

static void on_replay_fault(void *ctx, const struct series_fault *fault)
{
    (void)ctx; /* it comes again when it is their turn, and is told then */
    log_warnx("files", "%s: %s", fault->file, fault->why);
}

/* Nobody writes files while we start: an object with many rows to come again has them written now. */
static void relieve(struct intake *i)
{
    static const struct series_choice all = {0};
    struct series_batch *b;
    enum archive_result worst = ARCHIVE_OK;
    if (!series_is_crowded(i->store->series))
        return;
    while (worst == ARCHIVE_OK && (b = series_take(i->store->series, &all, clock_wall()))) {
        series_batch_write(b);
        worst = series_give_back(i->store->series, b, clock_wall(), on_replay_fault, i);
    }
}

static void replay_record(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct intake *i = ctx;
    struct reader in = reader_over(r->payload, r->len);
    uint64_t mark, sequence, written;
    if (!rd_u64(&in, &mark) || !rd_u64(&in, &sequence) || !rd_u64(&in, &written))
        return;
    if (r->type != JOURNAL_REPORTED) {
        i->journal_mark = mark;
        i->journaled = sequence;
    }
    if (r->type != JOURNAL_KEEP && position.at >= journal_cursor(i->store->journal, "rrd").at) {
        add_rows(i, in.at, rd_left(&in), SERIES_ANY_TIME, position);
        relieve(i);
    }
    if (r->type == JOURNAL_KEEP && position.at >= journal_cursor(i->store->journal, "kept").at) {
        struct arena *arena = arena_create(RECORD_MAX_BYTES);
        struct es_keep keep;
        if (arena && field_unpack(&es_keep_record, &in, NULL, arena, &keep))
            kept_merge(i->kept, &keep);
        arena_destroy(arena);
    }
}

static void replay_samples(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct intake *i = ctx;
    if (r->type != JOURNAL_KEEP && r->len > JOURNAL_STAMP_BYTES)
        add_rows(i, r->payload + JOURNAL_STAMP_BYTES, r->len - JOURNAL_STAMP_BYTES, clock_wall(), position);
}

void intake_replay_samples(struct intake *i)
{
    struct journal *j = i->store->journal;
    journal_replay(j, journal_cursor(j, "rrd"), replay_samples, i);
}

void intake_replay(struct intake *i)
{
    struct journal *j = i->store->journal;
    struct journal_position rrd = journal_cursor(j, "rrd"), kept = journal_cursor(j, "kept");
    journal_cursor_move(j, "rrd", rrd);
    journal_cursor_move(j, "kept", kept);
    if (!journal_replay(j, rrd.at < kept.at ? rrd : kept, replay_record, i))
        log_warnx("journal", "a segment is damaged: its samples are missing");
    series_skip_ids(i->store->series, i->ids_seen);
    if (journal_refusal(j)) {
        say_journal_trouble(i, journal_refusal(j));
        try_again_soon(i);
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct intake *i = handle->data;
    if (--i->open_timers)
        return;
    kept_destroy(i->kept);
    free(i->ids);
    free(i->values);
    free(i->payload);
    free(i);
}

void intake_destroy(struct intake *i)
{
    if (!i)
        return;
    channel_destroy(i->channel);
    i->channel = NULL;
    uv_timer_stop(&i->retry);
    while (i->committing || i->flushing_kept)
        uv_run(i->store->loop, UV_RUN_ONCE);
    uv_timer_stop(&i->retry);
    free_restore(i->restoring);
    i->restoring = NULL;
    free_commits(i->commits);
    while (i->unwritten)
        drop_oldest_unwritten(i);
    uv_close((uv_handle_t *)&i->retry, on_timer_closed);
    uv_close((uv_handle_t *)&i->kept_timer, on_timer_closed);
}
