#include "poller/store/spool.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

/* Of one row, so that it fits a report with what stands before it whatever its texts. */
#define ROW_CHANGES 40
#define ROW_EVENTS 40
#define ROW_INCIDENTS 8
#define LOAD_ROWS_MAX 1024

static char *text(const char *t)
{
    return (char *)(uintptr_t)t; /* a message's texts are not const */
}

static void insert(struct database *d, const char *boot, uint64_t sequence, uint32_t place, enum vantage_piece kind,
                   const struct record *record, const void *value)
{
    struct buf packed = {0};
    field_pack(record, value, NULL, &packed);
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR IGNORE INTO spool (boot, sequence, place, kind, packed) VALUES (?1, ?2, ?3, ?4, ?5)");
    bind_text(s, 1, boot);
    sqlite3_bind_int64(s, 2, (int64_t)sequence);
    sqlite3_bind_int64(s, 3, place);
    sqlite3_bind_int64(s, 4, kind);
    sqlite3_bind_blob64(s, 5, buf_string(&packed), packed.len, SQLITE_STATIC);
    database_run(d, s);
    buf_fini(&packed);
}

/* --- what of a record is told --- */

struct telling {
    struct database *d;
    const char *boot;
    uint64_t sequence;
    struct vantage_decided row; /* being filled */
    uint32_t next;              /* place of what comes */
    struct vantage_change changes[ROW_CHANGES];
    struct vantage_event events[ROW_EVENTS];
    struct vantage_incident incidents[ROW_INCIDENTS];
};

static void begin_row(struct telling *t)
{
    t->row = (struct vantage_decided){.boot = text(t->boot), .sequence = t->sequence, .place = t->next,
                                      .changes = t->changes, .events = t->events, .incidents = t->incidents};
}

static void end_row(struct telling *t)
{
    const struct vantage_decided *r = &t->row;
    size_t things = r->changes_count + r->events_count + r->incidents_count;
    if (!things && !r->shift_ns)
        return;
    insert(t->d, t->boot, t->sequence, r->place, VANTAGE_DECIDED, &vantage_decided_record, r);
    t->next += things ? 0 : 1;
    begin_row(t);
}

static void tell_change(struct telling *t, const struct node_transition *n)
{
    if (!n->node || !*n->node)
        return;
    t->changes[t->row.changes_count++] = (struct vantage_change){
        n->node, text(node_state_words[n->from]), text(node_state_words[n->to]), n->at, n->reason, n->behind};
    t->next++;
    if (t->row.changes_count == ROW_CHANGES)
        end_row(t);
}

static void tell_event(struct telling *t, const struct plain_event *e)
{
    if (!e->kind || !*e->kind)
        return;
    t->events[t->row.events_count++] = (struct vantage_event){e->kind, e->node, e->text, e->at};
    t->next++;
    if (t->row.events_count == ROW_EVENTS)
        end_row(t);
}

static void tell_incident(struct telling *t, const struct incident *in)
{
    const struct cause *c = &in->cause;
    if (!in->id || !*in->id)
        return;
    t->incidents[t->row.incidents_count++] = (struct vantage_incident){
        in->id, in->revision, in->opened, in->resolved, text(severity_words[in->severity]),
        text(cause_kind_words[c->kind]), c->sentence ? c->sentence : text(""), c->node, c->site};
    t->next++;
    if (t->row.incidents_count == ROW_INCIDENTS)
        end_row(t);
}

void spool_commit(struct database *d, const char *boot_id, const struct es_commit *c)
{
    struct telling *t = calloc(1, sizeof *t);
    if (!t)
        fatalx("no memory for what the upstream is told");
    t->d = d;
    t->boot = boot_id;
    t->sequence = c->sequence;
    begin_row(t);
    t->row.guessed_from = c->restamp.from;
    t->row.guessed_until = c->restamp.until;
    t->row.shift_ns = c->restamp.shift_ns;
    for (size_t i = 0; i < c->transitions_count; i++)
        tell_change(t, &c->transitions[i]);
    for (size_t i = 0; i < c->events_count; i++)
        tell_event(t, &c->events[i]);
    for (size_t i = 0; i < c->incidents_count; i++)
        tell_incident(t, &c->incidents[i]);
    end_row(t);
    free(t);
}

bool spool_run(struct database *d, const struct vantage_run *run)
{
    database_begin(d);
    insert(d, run->boot, 0, 0, VANTAGE_RUN, &vantage_run_record, run);
    return database_end(d);
}

/* --- telling it --- */

bool spool_load(struct database *d, size_t most_bytes, struct arena *arena, struct spool_row **rows, size_t *count,
                bool *more)
{
    sqlite3_stmt *s =
        database_statement(d, "SELECT position, kind, packed FROM spool ORDER BY position LIMIT ?1");
    sqlite3_bind_int64(s, 1, LOAD_ROWS_MAX);
    *rows = arena_take(arena, LOAD_ROWS_MAX * sizeof **rows);
    *count = 0;
    *more = false;
    while (*rows && !*more && database_row(d, s)) {
        size_t len = (size_t)sqlite3_column_bytes(s, 2), size = VANTAGE_PIECE_HEAD_BYTES + len;
        *more = size > most_bytes;
        if (*more)
            break;
        (*rows)[(*count)++] = (struct spool_row){
            sqlite3_column_int64(s, 0), (enum vantage_piece)sqlite3_column_int(s, 1),
            {arena_copy(arena, len ? sqlite3_column_blob(s, 2) : "", len), len}};
        most_bytes -= size;
    }
    sqlite3_reset(s);
    *more = *more || *count == LOAD_ROWS_MAX;
    return *rows && !database_failed(d);
}

bool spool_forget(struct database *d, int64_t position)
{
    sqlite3_stmt *s = database_statement(d, "DELETE FROM spool WHERE position <= ?1");
    sqlite3_bind_int64(s, 1, position);
    return database_run(d, s);
}

/* Where there never was an upstream nothing is written. */
bool spool_clear(struct database *d)
{
    sqlite3_stmt *s = database_statement(d, "SELECT 1 FROM spool LIMIT 1");
    bool some = database_row(d, s);
    sqlite3_reset(s);
    if (!some)
        return !database_failed(d);
    return database_run(d, database_statement(d, "DELETE FROM spool"));
}
