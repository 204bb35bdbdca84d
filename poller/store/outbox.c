#include "poller/store/outbox.h"

#include <string.h>

#include "poller/base/frame.h"
#include "poller/model/incident_document.h"

#define DOCUMENT_MAX_BYTES (FRAME_PAYLOAD_MAX - 4096) /* key, receiver and lengths stand beside it */

int64_t outbox_wait_ns(uint32_t attempts, int64_t asked_ns)
{
    int64_t wait_ns = OUTBOX_RETRY_FIRST_NS;
    for (uint32_t i = 1; i < attempts && wait_ns < OUTBOX_RETRY_MOST_NS; i++)
        wait_ns *= 2;
    if (wait_ns > OUTBOX_RETRY_MOST_NS)
        wait_ns = OUTBOX_RETRY_MOST_NS;
    if (asked_ns > OUTBOX_RETRY_ASKED_NS)
        asked_ns = OUTBOX_RETRY_ASKED_NS;
    return asked_ns > wait_ns ? asked_ns : wait_ns;
}

/* A time further off than we ever wait comes from a clock that was wrong: such a row is due. */
static const char due_sql[] =
    "SELECT o.key, o.receiver, o.kind, o.created, o.attempts, o.incident, o.text FROM outbox o"
    " WHERE o.state = 'waiting' AND (o.next_try <= ?1 OR o.next_try > ?2)"
    " AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.incident = o.incident AND p.receiver = o.receiver"
    "   AND p.state = 'waiting' AND p.position < o.position)"
    " ORDER BY o.position LIMIT ?3";

static char *copy_text(struct arena *arena, const char *text)
{
    return arena_text(arena, text, strlen(text));
}

static char *plain_document(struct database *d, struct arena *arena, const struct sc_deliver *row,
                            const char *text)
{
    sqlite3_stmt *s = database_statement(d, "SELECT json_object('message', ?1, 'key', ?2, 'text', ?3)");
    bind_text(s, 1, message_kind_words[row->kind]);
    bind_text(s, 2, row->key);
    bind_text(s, 3, text);
    char *document = database_row(d, s) ? copy_text(arena, column_text(s, 0)) : NULL;
    sqlite3_reset(s);
    return document;
}

/* A month of flapping makes a timeline that fits no message: then the page has it. */
static char *shortened(struct database *d, struct arena *arena, char *document)
{
    if (!document || strlen(document) <= DOCUMENT_MAX_BYTES)
        return document;
    sqlite3_stmt *s = database_statement(
        d, "SELECT json_set(?1, '$.timeline', json('[]'), '$.messages', json('[]'),"
           " '$.evidence', json('[]'), '$.shortened', json('true'))");
    bind_text(s, 1, document);
    document = database_row(d, s) ? copy_text(arena, column_text(s, 0)) : NULL;
    sqlite3_reset(s);
    return document && strlen(document) <= DOCUMENT_MAX_BYTES ? document : NULL;
}

static char *incident_document(struct database *d, struct arena *arena, const struct sc_deliver *row,
                               const char *incident)
{
    sqlite3_stmt *s = database_statement(d, incident_document_sql);
    bind_text(s, 1, incident);
    char *bare = database_row(d, s) ? copy_text(arena, column_text(s, 0)) : NULL;
    sqlite3_reset(s);
    if (!bare)
        return NULL;
    s = database_statement(d, "SELECT json_insert(?1, '$.message', ?2, '$.key', ?3)");
    bind_text(s, 1, bare);
    bind_text(s, 2, message_kind_words[row->kind]);
    bind_text(s, 3, row->key);
    char *document = database_row(d, s) ? copy_text(arena, column_text(s, 0)) : NULL;
    sqlite3_reset(s);
    return shortened(d, arena, document);
}

/* What reads it may want to know that its times are guesses. */
static char *doubted(struct database *d, struct arena *arena, char *document)
{
    sqlite3_stmt *s = database_statement(d, "SELECT json_insert(?1, '$.clock_set', json('false'))");
    bind_text(s, 1, document);
    char *more = document && database_row(d, s) ? copy_text(arena, column_text(s, 0)) : NULL;
    sqlite3_reset(s);
    return more ? more : document;
}

static void read_row(sqlite3_stmt *s, struct arena *arena, struct sc_deliver *row)
{
    int kind = field_word_index(message_kind_words, column_text(s, 2));
    row->key = copy_text(arena, column_text(s, 0));
    row->receiver = copy_text(arena, column_text(s, 1));
    row->kind = (enum message_kind)(kind < 0 ? 0 : kind);
    row->created = column_wall(s, 3);
    row->attempt = (uint32_t)sqlite3_column_int64(s, 4) + 1;
}

static struct wall next_look(struct database *d, struct wall now)
{
    sqlite3_stmt *s = database_statement(
        d, "SELECT min(next_try) FROM outbox WHERE state = 'waiting' AND next_try > ?1");
    sqlite3_bind_int64(s, 1, now.ns);
    struct wall next = {0};
    if (database_row(d, s))
        next = column_wall(s, 0);
    sqlite3_reset(s);
    return next;
}

bool outbox_due(struct database *d, struct wall now, bool clock_set, size_t most, struct arena *arena,
                struct sc_deliver **rows, size_t *count, struct wall *next)
{
    *count = 0;
    *rows = arena_take(arena, most * sizeof **rows);
    sqlite3_stmt *s = database_statement(d, due_sql);
    sqlite3_bind_int64(s, 1, now.ns);
    sqlite3_bind_int64(s, 2, now.ns + OUTBOX_RETRY_ASKED_NS + MINUTES(1));
    sqlite3_bind_int64(s, 3, (int64_t)most);
    while (*rows && *count < most && database_row(d, s)) {
        struct sc_deliver *row = &(*rows)[*count];
        read_row(s, arena, row);
        row->document = sqlite3_column_type(s, 5) == SQLITE_NULL
                            ? plain_document(d, arena, row, column_text(s, 6))
                            : incident_document(d, arena, row, column_text(s, 5));
        if (!row->document) /* its incident is gone: the receiver still hears the key and kind */
            row->document = plain_document(d, arena, row, column_text(s, 6));
        if (!clock_set)
            row->document = doubted(d, arena, row->document);
        ++*count;
    }
    sqlite3_reset(s);
    *next = next_look(d, now);
    return *rows && !database_failed(d);
}

/* Reads the row's attempts and age. */
static bool look_up(struct database *d, const char *key, uint32_t *attempts, struct wall *created)
{
    sqlite3_stmt *s =
        database_statement(d, "SELECT attempts, created FROM outbox WHERE key = ?1 AND state <> 'sent'");
    bind_text(s, 1, key);
    bool found = database_row(d, s);
    if (found) {
        *attempts = (uint32_t)sqlite3_column_int64(s, 0);
        *created = column_wall(s, 1);
    }
    sqlite3_reset(s);
    return found;
}

static void write_fate(struct database *d, const struct cs_outcome *o, struct wall now,
                       const struct outbox_settled *f)
{
    const char *state = f->sent ? "sent" : f->waiting ? "waiting" : "refused";
    sqlite3_stmt *s = database_statement(
        d, "UPDATE outbox SET state = CASE WHEN state = 'withdrawn' AND ?2 = 'waiting' THEN state ELSE ?2 END,"
           " attempts = ?3, next_try = ?4, sent = ?5, error = ?6 WHERE key = ?1");
    bind_text(s, 1, o->key);
    bind_text(s, 2, state);
    sqlite3_bind_int64(s, 3, f->attempts);
    sqlite3_bind_int64(s, 4, f->retry_at.ns);
    if (f->sent)
        bind_wall(s, 5, now);
    bind_text(s, 6, f->sent ? NULL : o->error);
    database_run(d, s);
}

bool outbox_settle(struct database *d, const struct cs_outcome *o, struct wall now,
                   struct outbox_settled *out)
{
    struct wall created;
    *out = (struct outbox_settled){0};
    database_begin(d);
    out->found = o->key && look_up(d, o->key, &out->attempts, &created);
    if (out->found) {
        out->attempts++;
        out->sent = o->outcome == DELIVERY_SENT;
        out->waiting = o->outcome == DELIVERY_RETRY && now.ns - created.ns < OUTBOX_LIFE_NS;
        if (out->waiting)
            out->retry_at = wall_after(now, outbox_wait_ns(out->attempts, o->retry_after_ns));
        write_fate(d, o, now, out);
    }
    return database_end(d);
}
