#include "poller/store/reported.h"

#include <string.h>

#define PART_ROWS 200  /* of one message to the engine */
#define LOAD_MAX 4000  /* changes; of a longer story the newest */

/* --- taking --- */

/* How far a boot's decisions were taken. False: nothing of that boot is known. */
static bool read_mark(struct database *d, const char *vantage, const char *boot, uint64_t *sequence, uint32_t *place)
{
    sqlite3_stmt *s = database_statement(
        d, "SELECT sequence, place FROM vantage_run WHERE vantage = ?1 AND boot = ?2");
    bind_text(s, 1, vantage);
    bind_text(s, 2, boot);
    bool found = database_row(d, s);
    *sequence = found ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    *place = found ? (uint32_t)sqlite3_column_int64(s, 1) : 0;
    sqlite3_reset(s);
    return found;
}

static void write_mark(struct database *d, const char *vantage, const struct vantage_decided *r)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT INTO vantage_run (vantage, boot, sequence, place) VALUES (?1, ?2, ?3, ?4)"
           " ON CONFLICT DO UPDATE SET sequence = excluded.sequence, place = excluded.place");
    bind_text(s, 1, vantage);
    bind_text(s, 2, r->boot);
    sqlite3_bind_int64(s, 3, (int64_t)r->sequence);
    sqlite3_bind_int64(s, 4, r->place);
    database_run(d, s);
}

static void put_run(struct database *d, const char *vantage, const struct vantage_run *r)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT INTO vantage_run (vantage, boot, silent, started, machine_started) VALUES (?1, ?2, ?3, ?4, ?5)"
           " ON CONFLICT DO UPDATE SET silent = excluded.silent, started = excluded.started,"
           " machine_started = excluded.machine_started WHERE started IS NULL");
    bind_text(s, 1, vantage);
    bind_text(s, 2, r->boot);
    bind_wall(s, 3, r->silent);
    bind_wall(s, 4, r->started);
    bind_wall(s, 5, r->machine_started);
    database_run(d, s);
}

static sqlite3_stmt *event_statement(struct database *d, const char *vantage, const struct vantage_decided *r,
                                     size_t index, struct wall at)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR IGNORE INTO vantage_event (vantage, boot, sequence, place, at, kind, node, from_state, to_state,"
           " reason, behind, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    bind_text(s, 1, vantage);
    bind_text(s, 2, r->boot);
    sqlite3_bind_int64(s, 3, (int64_t)r->sequence);
    sqlite3_bind_int64(s, 4, (int64_t)r->place + (int64_t)index);
    sqlite3_bind_int64(s, 5, at.ns);
    return s;
}

static void put_changes(struct database *d, const char *vantage, const struct vantage_decided *r)
{
    for (size_t i = 0; i < r->changes_count; i++) {
        const struct vantage_change *c = &r->changes[i];
        sqlite3_stmt *s = event_statement(d, vantage, r, i, c->at);
        bind_text(s, 6, "state");
        bind_text(s, 7, c->node);
        bind_text(s, 8, c->from);
        bind_text(s, 9, c->to);
        bind_text(s, 10, c->reason);
        bind_text(s, 11, c->behind);
        database_run(d, s);
    }
    for (size_t i = 0; i < r->events_count; i++) {
        const struct vantage_event *e = &r->events[i];
        sqlite3_stmt *s = event_statement(d, vantage, r, r->changes_count + i, e->at);
        bind_text(s, 6, e->kind);
        bind_text(s, 7, e->node);
        bind_text(s, 12, e->text);
        database_run(d, s);
    }
}

static void put_incident(struct database *d, const char *vantage, const struct vantage_incident *in)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT INTO vantage_incident"
           " (vantage, id, revision, opened, resolved, severity, cause, sentence, node, site)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
           " ON CONFLICT DO UPDATE SET revision = excluded.revision, opened = excluded.opened,"
           " resolved = excluded.resolved, severity = excluded.severity, cause = excluded.cause,"
           " sentence = excluded.sentence, node = excluded.node, site = excluded.site"
           " WHERE excluded.revision > revision");
    bind_text(s, 1, vantage);
    bind_text(s, 2, in->id);
    sqlite3_bind_int64(s, 3, in->revision);
    sqlite3_bind_int64(s, 4, in->opened.ns);
    bind_wall(s, 5, in->resolved);
    bind_text(s, 6, in->severity);
    bind_text(s, 7, in->cause);
    bind_text(s, 8, in->sentence);
    bind_text(s, 9, in->node);
    bind_text(s, 10, in->site);
    database_run(d, s);
}

/* As restamp_run does with what was decided here. */
static void move_stamps(struct database *d, const char *vantage, const struct vantage_decided *r)
{
    static const char *const moving[] = {
        "UPDATE vantage_event SET at = at + ?4 WHERE vantage = ?1 AND at BETWEEN ?2 AND ?3",
        "UPDATE vantage_run SET started = started + ?4 WHERE vantage = ?1 AND started BETWEEN ?2 AND ?3",
        "UPDATE vantage_incident SET opened = opened + ?4 WHERE vantage = ?1 AND opened BETWEEN ?2 AND ?3",
        "UPDATE vantage_incident SET resolved = resolved + ?4 WHERE vantage = ?1 AND resolved BETWEEN ?2 AND ?3",
    };
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++) {
        sqlite3_stmt *s = database_statement(d, moving[i]);
        bind_text(s, 1, vantage);
        sqlite3_bind_int64(s, 2, r->guessed_from.ns);
        sqlite3_bind_int64(s, 3, r->guessed_until.ns);
        sqlite3_bind_int64(s, 4, r->shift_ns);
        database_run(d, s);
    }
}

static void take_decided(struct database *d, const char *vantage, const struct vantage_decided *r,
                         bool *changed_before)
{
    uint64_t sequence;
    uint32_t place;
    if (read_mark(d, vantage, r->boot, &sequence, &place) &&
        (r->sequence < sequence || (r->sequence == sequence && r->place <= place)))
        return; /* taken before */
    if (r->shift_ns) {
        move_stamps(d, vantage, r);
        *changed_before = true;
    }
    put_changes(d, vantage, r);
    for (size_t i = 0; i < r->incidents_count; i++)
        put_incident(d, vantage, &r->incidents[i]);
    write_mark(d, vantage, r);
}

static void put_lost(struct database *d, const char *vantage, const struct vantage_lost *l)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR REPLACE INTO vantage_lost (vantage, from_at, until_at) VALUES (?1, ?2, ?3)");
    bind_text(s, 1, vantage);
    sqlite3_bind_int64(s, 2, l->from.ns);
    sqlite3_bind_int64(s, 3, l->until.ns);
    database_run(d, s);
}

static void put_heard(struct database *d, const char *vantage, struct wall heard)
{
    sqlite3_stmt *s = database_statement(d, "INSERT OR REPLACE INTO vantage (name, heard) VALUES (?1, ?2)");
    bind_text(s, 1, vantage);
    sqlite3_bind_int64(s, 2, heard.ns);
    database_run(d, s);
}

bool reported_take(struct database *d, const char *vantage, const struct vantage_report *r, struct wall heard,
                   bool *changed_before)
{
    *changed_before = false;
    database_begin(d);
    for (size_t i = 0; i < r->runs_count; i++)
        put_run(d, vantage, &r->runs[i]);
    for (size_t i = 0; i < r->decided_count; i++)
        take_decided(d, vantage, &r->decided[i], changed_before);
    for (size_t i = 0; i < r->lost_count; i++)
        put_lost(d, vantage, &r->lost[i]);
    put_heard(d, vantage, heard);
    return database_end(d);
}

bool reported_is_needed(const struct vantage_report *r)
{
    return r->runs_count || r->decided_count || r->lost_count;
}

/* --- telling the engine --- */

struct loading {
    struct database *d;
    const char *vantage;
    struct wall since;
    struct arena *arena;
    struct se_vantage *parts;
    size_t count, room;
    bool failed;
};

static char *copy(struct loading *l, sqlite3_stmt *s, int column)
{
    if (sqlite3_column_type(s, column) == SQLITE_NULL)
        return NULL;
    const char *text = column_text(s, column);
    return arena_text(l->arena, text, strlen(text));
}

static struct se_vantage *add_part(struct loading *l)
{
    if (l->count == l->room) {
        struct se_vantage *more = arena_take(l->arena, (l->room + 16) * sizeof *more);
        if (!more)
            return NULL;
        if (l->count)
            memcpy(more, l->parts, l->count * sizeof *more);
        l->parts = more;
        l->room += 16;
    }
    struct se_vantage *part = &l->parts[l->count++];
    *part = (struct se_vantage){.vantage = (char *)(uintptr_t)l->vantage, .anew = l->count == 1};
    part->runs = arena_take(l->arena, PART_ROWS * sizeof *part->runs);
    part->changes = arena_take(l->arena, PART_ROWS * sizeof *part->changes);
    part->lost = arena_take(l->arena, PART_ROWS * sizeof *part->lost);
    return part->runs && part->changes && part->lost ? part : NULL;
}

static sqlite3_stmt *select_since(struct loading *l, const char *sql)
{
    sqlite3_stmt *s = database_statement(l->d, sql);
    bind_text(s, 1, l->vantage);
    sqlite3_bind_int64(s, 2, l->since.ns);
    sqlite3_bind_int64(s, 3, LOAD_MAX);
    return s;
}

static void load_runs(struct loading *l, struct se_vantage *part)
{
    sqlite3_stmt *s = select_since(l, "SELECT boot, silent, started, machine_started FROM vantage_run"
                                      " WHERE vantage = ?1 AND started >= ?2 ORDER BY started DESC LIMIT ?3");
    while (part->runs_count < PART_ROWS && database_row(l->d, s))
        part->runs[part->runs_count++] =
            (struct vantage_run){copy(l, s, 0), column_wall(s, 1), column_wall(s, 2), column_wall(s, 3)};
    sqlite3_reset(s);
}

static void load_lost(struct loading *l, struct se_vantage *part)
{
    sqlite3_stmt *s = select_since(l, "SELECT from_at, until_at FROM vantage_lost WHERE vantage = ?1 AND until_at >= ?2"
                                      " ORDER BY from_at DESC LIMIT ?3");
    while (part->lost_count < PART_ROWS && database_row(l->d, s))
        part->lost[part->lost_count++] = (struct vantage_lost){column_wall(s, 0), column_wall(s, 1)};
    sqlite3_reset(s);
}

static void load_changes(struct loading *l, struct se_vantage *part)
{
    sqlite3_stmt *s = select_since(
        l, "SELECT node, from_state, to_state, at, reason, behind FROM (SELECT * FROM vantage_event WHERE vantage = ?1"
           " AND at >= ?2 AND kind = 'state' ORDER BY at DESC LIMIT ?3) ORDER BY at, sequence, place");
    while (part && database_row(l->d, s)) {
        if (part->changes_count == PART_ROWS && !(part = add_part(l)))
            break;
        part->changes[part->changes_count++] =
            (struct vantage_change){copy(l, s, 0), copy(l, s, 1), copy(l, s, 2), column_wall(s, 3), copy(l, s, 4),
                                    copy(l, s, 5)};
    }
    sqlite3_reset(s);
    l->failed = l->failed || !part;
}

static struct wall load_heard(struct loading *l)
{
    sqlite3_stmt *s = database_statement(l->d, "SELECT heard FROM vantage WHERE name = ?1");
    bind_text(s, 1, l->vantage);
    struct wall heard = {0};
    if (database_row(l->d, s))
        heard = column_wall(s, 0);
    sqlite3_reset(s);
    return heard;
}

bool reported_load(struct database *d, const char *vantage, struct wall since, struct arena *arena,
                   struct se_vantage **parts, size_t *count)
{
    struct loading l = {.d = d, .vantage = vantage, .since = since, .arena = arena};
    struct se_vantage *first = add_part(&l);
    if (first) {
        first->heard = load_heard(&l);
        load_runs(&l, first);
        load_lost(&l, first);
        load_changes(&l, first);
    }
    *parts = l.parts;
    *count = l.count;
    return first && !l.failed && !database_failed(d);
}

/* --- forgetting --- */

int reported_forget(struct database *d, struct wall older_than)
{
    static const char *const forgetting[] = {
        "DELETE FROM vantage_event WHERE (vantage, boot, sequence, place) IN (SELECT vantage, boot, sequence, place"
        " FROM vantage_event WHERE at < ?1 LIMIT ?2)",
        "DELETE FROM vantage_incident WHERE (vantage, id) IN (SELECT vantage, id FROM vantage_incident"
        " WHERE resolved < ?1 LIMIT ?2)",
        "DELETE FROM vantage_run WHERE (vantage, boot) IN (SELECT vantage, boot FROM vantage_run"
        " WHERE started < ?1 AND boot <> (SELECT boot FROM vantage_run AS newest WHERE newest.vantage ="
        " vantage_run.vantage ORDER BY started DESC LIMIT 1) LIMIT ?2)",
        "DELETE FROM vantage_lost WHERE until_at < ?1",
    };
    int count = 0;
    for (size_t i = 0; i < sizeof forgetting / sizeof forgetting[0]; i++) {
        sqlite3_stmt *s = database_statement(d, forgetting[i]);
        sqlite3_bind_int64(s, 1, older_than.ns);
        if (i < 3)
            sqlite3_bind_int64(s, 2, REPORTED_FORGET_MAX);
        database_run(d, s);
        count += sqlite3_changes(database_handle(d));
    }
    return count;
}
