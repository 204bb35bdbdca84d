#include "poller/store/sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "poller/base/log.h"

#define TOUCH_NS MINUTES(60) /* how stale the written time of use may be */

struct sessions {
    struct session *list;
    size_t count;
};

static bool is_over(const struct session *s, struct wall now)
{
    return now.ns - s->used.ns > SESSION_IDLE_NS || now.ns - s->created.ns > SESSION_LIFE_NS;
}

static void read_session(sqlite3_stmt *row, struct session *s)
{
    snprintf(s->hash, sizeof s->hash, "%s", column_text(row, 0));
    snprintf(s->user, sizeof s->user, "%s", column_text(row, 1));
    snprintf(s->csrf, sizeof s->csrf, "%s", column_text(row, 2));
    s->created = column_wall(row, 3);
    s->used = column_wall(row, 4);
}

struct sessions *sessions_load(struct database *d, struct wall now)
{
    struct sessions *s = calloc(1, sizeof *s);
    if (!s || !(s->list = calloc(SESSIONS_MAX, sizeof *s->list)))
        fatalx("no memory for sessions");
    sqlite3_stmt *row = database_statement(
        d, "SELECT hash, user, csrf, created, used FROM session ORDER BY used DESC");
    while (s->count < SESSIONS_MAX && database_row(d, row)) {
        read_session(row, &s->list[s->count]);
        if (!is_over(&s->list[s->count], now))
            s->count++;
    }
    sqlite3_reset(row);
    row = database_statement(d, "DELETE FROM session WHERE used < ?1 OR created < ?2");
    sqlite3_bind_int64(row, 1, now.ns - SESSION_IDLE_NS);
    sqlite3_bind_int64(row, 2, now.ns - SESSION_LIFE_NS);
    database_run(d, row);
    return s;
}

void sessions_destroy(struct sessions *s)
{
    if (!s)
        return;
    free(s->list);
    free(s);
}

static bool random_text(char out[static SESSION_ID_MAX])
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static struct session *make_room(struct sessions *s)
{
    if (s->count < SESSIONS_MAX)
        return &s->list[s->count++];
    struct session *oldest = &s->list[0];
    for (size_t i = 1; i < s->count; i++)
        if (s->list[i].used.ns < oldest->used.ns)
            oldest = &s->list[i];
    return oldest;
}

const struct session *sessions_open(struct sessions *s, const char *user, struct wall now,
                                    char id[static SESSION_ID_MAX])
{
    struct session made = {.created = now, .used = now};
    if (!random_text(id) || !random_text(made.csrf))
        return NULL;
    sha256_text(id, strlen(id), made.hash);
    snprintf(made.user, sizeof made.user, "%s", user);
    struct session *place = make_room(s);
    *place = made;
    return place;
}

static struct session *find(struct sessions *s, const char *id)
{
    char hash[SHA256_TEXT_MAX];
    sha256_text(id, strlen(id), hash);
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->list[i].hash, hash) == 0)
            return &s->list[i];
    return NULL;
}

const struct session *sessions_use(struct sessions *s, const char *id, struct wall now, bool *touched)
{
    struct session *found = find(s, id);
    *touched = false;
    if (!found || is_over(found, now))
        return NULL;
    if (now.ns - found->used.ns > TOUCH_NS) {
        found->used = now;
        *touched = true;
    }
    return found;
}

static void drop(struct sessions *s, struct session *which)
{
    *which = s->list[--s->count];
}

bool sessions_end(struct sessions *s, const char *id, struct session *ended)
{
    struct session *found = find(s, id);
    if (!found)
        return false;
    *ended = *found;
    drop(s, found);
    return true;
}

void sessions_end_user(struct sessions *s, const char *user)
{
    for (size_t i = s->count; i-- > 0;)
        if (strcmp(s->list[i].user, user) == 0)
            drop(s, &s->list[i]);
}

bool session_write(struct database *d, const struct session *s)
{
    sqlite3_stmt *row = database_statement(
        d, "INSERT OR REPLACE INTO session (hash, user, csrf, created, used) VALUES (?1, ?2, ?3, ?4, ?5)");
    bind_text(row, 1, s->hash);
    bind_text(row, 2, s->user);
    bind_text(row, 3, s->csrf);
    sqlite3_bind_int64(row, 4, s->created.ns);
    sqlite3_bind_int64(row, 5, s->used.ns);
    return database_run(d, row);
}

bool session_erase(struct database *d, const char *hash)
{
    sqlite3_stmt *row = database_statement(d, "DELETE FROM session WHERE hash = ?1");
    bind_text(row, 1, hash);
    return database_run(d, row);
}
