#include "poller/store/restore.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/frame.h"
#include "poller/base/log.h"

#define PART_BYTES (FRAME_PAYLOAD_MAX / 2) /* of texts; the packed form adds lengths and numbers */
#define PART_ITEMS 512
#define TRUE_WITHIN_NS MINUTES(24 * 60) /* of the newest sample: what is later was written by a wrong clock */

/* Collects items of one kind until a part is full. */
struct loading {
    struct database *d;
    struct arena *arena;
    struct se_restored *parts;
    size_t count, room;
    void *items;
    size_t item_count, bytes;
};

static char *copy_text(struct loading *l, sqlite3_stmt *s, int column)
{
    if (sqlite3_column_type(s, column) == SQLITE_NULL)
        return NULL;
    const char *text = column_text(s, column);
    size_t n = strlen(text);
    l->bytes += n;
    return arena_text(l->arena, text, n);
}

static struct se_restored *add_part(struct loading *l)
{
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : 8;
        l->parts = realloc(l->parts, l->room * sizeof *l->parts);
        if (!l->parts)
            fatalx("no memory for the restored state");
    }
    l->parts[l->count] = (struct se_restored){0};
    return &l->parts[l->count++];
}

/* Room for one more item of the running list. */
static void *add_item(struct loading *l, size_t size)
{
    if (!l->items)
        l->items = arena_take(l->arena, PART_ITEMS * size);
    if (!l->items)
        fatalx("no memory for the restored state");
    return (char *)l->items + l->item_count++ * size;
}

static bool is_full(const struct loading *l)
{
    return l->item_count == PART_ITEMS || l->bytes >= PART_BYTES;
}

static void next_list(struct loading *l)
{
    l->items = NULL;
    l->item_count = l->bytes = 0;
}

static int word(const char *const *words, const char *text)
{
    int i = field_word_index(words, text);
    return i < 0 ? 0 : i;
}

static void close_nodes(struct loading *l)
{
    struct se_restored *part = add_part(l);
    part->nodes = l->items;
    part->nodes_count = l->item_count;
    next_list(l);
}

static bool load_nodes(struct loading *l)
{
    sqlite3_stmt *s = database_statement(l->d, "SELECT name, state, since, reason, behind FROM node");
    while (database_row(l->d, s)) {
        struct restored_node *n = add_item(l, sizeof *n);
        n->node = copy_text(l, s, 0);
        n->state = (enum node_state)word(node_state_words, column_text(s, 1));
        n->since = column_wall(s, 2);
        n->reason = copy_text(l, s, 3);
        n->behind = copy_text(l, s, 4);
        if (is_full(l))
            close_nodes(l);
    }
    if (l->item_count)
        close_nodes(l);
    return !database_failed(l->d);
}

/* Those open, and those whose end waits to be told (the limit of messages may hold it back for minutes):
 * their newest message says something else. Looked for among the latest messages only, which may be many
 * years' in all. */
#define OPEN_OR_UNTOLD                                                                              \
    " (SELECT id FROM incident WHERE resolved IS NULL UNION"                                       \
    "  SELECT incident FROM (SELECT incident, kind, max(position) FROM outbox"                     \
    "   WHERE position > (SELECT max(position) FROM outbox) - 2000 AND incident IS NOT NULL"       \
    "    AND state <> 'withdrawn' AND kind <> 'reminder' GROUP BY incident)"                       \
    "  WHERE kind <> 'resolved')"

/* One incident a part: its evidence and timeline may be long. */
static bool load_open(struct loading *l)
{
    sqlite3_stmt *s = database_statement(
        l->d, "SELECT packed FROM incident WHERE id IN" OPEN_OR_UNTOLD " ORDER BY opened");
    while (database_row(l->d, s)) {
        struct incident *in = arena_take(l->arena, sizeof *in);
        struct reader r = reader_over(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
        if (!in || !field_unpack(&incident_record, &r, NULL, l->arena, in)) {
            log_warnx("database", "an open incident cannot be read back");
            continue;
        }
        struct se_restored *part = add_part(l);
        part->open = in;
        part->open_count = 1;
    }
    return !database_failed(l->d);
}

static void close_sent(struct loading *l)
{
    struct se_restored *part = add_part(l);
    part->sent = l->items;
    part->sent_count = l->item_count;
    next_list(l);
}

static bool load_sent(struct loading *l)
{
    sqlite3_stmt *s = database_statement(
        l->d, "SELECT key, incident, receiver, kind, created FROM outbox"
              " WHERE incident IN" OPEN_OR_UNTOLD " AND state <> 'withdrawn' ORDER BY position");
    while (database_row(l->d, s)) {
        struct outbox_entry *e = add_item(l, sizeof *e);
        e->key = copy_text(l, s, 0);
        e->incident = copy_text(l, s, 1);
        e->receiver = copy_text(l, s, 2);
        e->kind = (enum message_kind)word(message_kind_words, column_text(s, 3));
        e->created = column_wall(s, 4);
        if (is_full(l))
            close_sent(l);
    }
    if (l->item_count)
        close_sent(l);
    return !database_failed(l->d);
}

static void close_kept(struct loading *l)
{
    struct se_restored *part = add_part(l);
    part->kept = l->items;
    part->kept_count = l->item_count;
    next_list(l);
}

static bool load_kept(struct loading *l)
{
    sqlite3_stmt *s = database_statement(l->d, "SELECT node, key, value FROM kept ORDER BY node, key");
    while (database_row(l->d, s)) {
        struct kept_item *k = add_item(l, sizeof *k);
        k->node = copy_text(l, s, 0);
        k->key = copy_text(l, s, 1);
        k->value = copy_text(l, s, 2);
        if (is_full(l))
            close_kept(l);
    }
    if (l->item_count)
        close_kept(l);
    return !database_failed(l->d);
}

/* The newest time of anything in here; ns 0: none. */
static struct wall newest_written(struct database *d, struct wall newest)
{
    static const char *const columns[] = {
        "SELECT max(at) FROM event WHERE at <= ?1",
        "SELECT max(since) FROM node WHERE since <= ?1",
        "SELECT max(opened) FROM incident WHERE opened <= ?1",
        "SELECT max(resolved) FROM incident WHERE resolved <= ?1",
        "SELECT max(acknowledged) FROM incident WHERE acknowledged <= ?1",
        "SELECT max(at) FROM incident_timeline WHERE at <= ?1",
        "SELECT max(created) FROM outbox WHERE created <= ?1",
    };
    struct wall written = {0};
    int64_t known_ns = newest.ns > clock_built().ns ? newest.ns : clock_built().ns;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        sqlite3_stmt *s = database_statement(d, columns[i]);
        sqlite3_bind_int64(s, 1, known_ns + TRUE_WITHIN_NS);
        if (database_row(d, s) && column_wall(s, 0).ns > written.ns)
            written = column_wall(s, 0);
        sqlite3_reset(s);
    }
    return written;
}

static void move_to_arena(struct loading *l, struct se_restored **parts)
{
    *parts = arena_copy(l->arena, l->parts, l->count * sizeof **parts);
    if (!*parts)
        fatalx("no memory for the restored state");
    free(l->parts);
}

bool restore_load(struct database *d, struct wall newest, struct arena *arena,
                  struct se_restored **parts, size_t *count)
{
    struct loading l = {.d = d, .arena = arena};
    /* what was kept comes first: how the time was reckoned is among it */
    bool ok = load_kept(&l) && load_nodes(&l) && load_open(&l) && load_sent(&l);
    struct wall written = newest_written(d, newest);
    add_part(&l)->last = true;
    for (size_t i = 0; i < l.count; i++) {
        l.parts[i].newest = newest;
        l.parts[i].written = written;
    }
    *count = l.count;
    move_to_arena(&l, parts);
    return ok;
}
