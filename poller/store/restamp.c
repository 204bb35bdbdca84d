#include "poller/store/restamp.h"

#include "poller/base/arena.h"
#include "poller/base/buf.h"
#include "poller/base/log.h"

/* ?1 from, ?2 until, ?3 shift. */
#define IN_SPAN " BETWEEN ?1 AND ?2 "

static const char *const moving[] = {
    /* an event's id begins with its time, so that ids sort by it */
    "UPDATE event SET at = at + ?3, id = CASE WHEN substr(id, 1, 16) = printf('%016x', at)"
    " THEN printf('%016x', at + ?3) || substr(id, 17) ELSE id END WHERE at" IN_SPAN,
    "UPDATE node SET since = since + ?3 WHERE since" IN_SPAN,
    "UPDATE incident_evidence SET at = at + ?3 WHERE at" IN_SPAN,
    "UPDATE incident_timeline SET at = at + ?3 WHERE at" IN_SPAN,
    "UPDATE incident SET opened = opened + ?3 WHERE opened" IN_SPAN,
    "UPDATE incident SET resolved = resolved + ?3 WHERE resolved" IN_SPAN,
    "UPDATE incident SET acknowledged = acknowledged + ?3 WHERE acknowledged" IN_SPAN,
    "UPDATE outbox SET created = created + ?3 WHERE created" IN_SPAN,
    "UPDATE outbox SET sent = sent + ?3 WHERE sent" IN_SPAN,
    "UPDATE outbox SET next_try = next_try + ?3 WHERE next_try" IN_SPAN,
};

static void shift(const struct restamp *span, struct wall *at)
{
    if (at->ns >= span->from.ns && at->ns <= span->until.ns)
        at->ns += span->shift_ns;
}

static void shift_all(const struct restamp *span, struct incident *in)
{
    shift(span, &in->opened);
    shift(span, &in->resolved);
    shift(span, &in->acknowledged);
    for (size_t i = 0; i < in->evidence_count; i++)
        shift(span, &in->evidence[i].at);
    for (size_t i = 0; i < in->timeline_count; i++)
        shift(span, &in->timeline[i].at);
}

static void put_packed(struct database *d, const struct incident *in)
{
    struct buf packed = {0};
    field_pack(&incident_record, in, NULL, &packed);
    sqlite3_stmt *s = database_statement(d, "UPDATE incident SET packed = ?2 WHERE id = ?1");
    bind_text(s, 1, in->id);
    sqlite3_bind_blob64(s, 2, packed.data, packed.len, SQLITE_STATIC);
    database_run(d, s);
    buf_fini(&packed);
}

/* The whole record beside the columns is for an engine that restarts, which wants the open ones
 * only. They are few, and read before any is written. */
static void move_packed(struct database *d, const struct restamp *span)
{
    struct arena *arena = arena_create(0);
    struct incident_list {
        struct incident_list *next;
        struct incident in;
    } *open = NULL;
    sqlite3_stmt *s = database_statement(d, "SELECT packed FROM incident WHERE resolved IS NULL");
    while (arena && database_row(d, s)) {
        struct incident_list *one = arena_take(arena, sizeof *one);
        struct reader r =
            reader_over(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
        if (!one || !field_unpack(&incident_record, &r, NULL, arena, &one->in) || !one->in.id) {
            log_warnx("database",
                      "an open incident cannot be read back: its times stay as they are");
            continue;
        }
        one->next = open;
        open = one;
    }
    for (; open; open = open->next) {
        shift_all(span, &open->in);
        put_packed(d, &open->in);
    }
    arena_destroy(arena);
}

void restamp_run(struct database *d, const struct restamp *span)
{
    if (span->shift_ns == 0 || span->until.ns < span->from.ns)
        return;
    move_packed(d, span);
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++) {
        sqlite3_stmt *s = database_statement(d, moving[i]);
        sqlite3_bind_int64(s, 1, span->from.ns);
        sqlite3_bind_int64(s, 2, span->until.ns);
        sqlite3_bind_int64(s, 3, span->shift_ns);
        database_run(d, s);
    }
}
