#include "poller/store/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

struct user {
    char name[USER_NAME_MAX];
    char hash[PASSWORD_HASH_MAX];
};

struct users {
    struct user list[USERS_MAX];
    size_t count;
};

struct users *users_load(struct database *d)
{
    struct users *u = calloc(1, sizeof *u);
    if (!u)
        fatalx("no memory for users");
    sqlite3_stmt *s = database_statement(d, "SELECT name, hash FROM user ORDER BY name");
    while (u->count < USERS_MAX && database_row(d, s))
        users_set(u, column_text(s, 0), column_text(s, 1));
    sqlite3_reset(s);
    return u;
}

void users_destroy(struct users *u)
{
    if (u)
        explicit_bzero(u, sizeof *u);
    free(u);
}

size_t users_count(const struct users *u)
{
    return u->count;
}

const char *users_name(const struct users *u, size_t i)
{
    return u->list[i].name;
}

static struct user *find(const struct users *u, const char *name)
{
    for (size_t i = 0; i < u->count; i++)
        if (strcmp(u->list[i].name, name) == 0)
            return (struct user *)(uintptr_t)&u->list[i];
    return NULL;
}

const char *users_hash(const struct users *u, const char *name)
{
    const struct user *found = find(u, name);
    return found ? found->hash : NULL;
}

bool users_full(const struct users *u, const char *name)
{
    return u->count == USERS_MAX && !find(u, name);
}

bool user_name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@");
    return n > 0 && n < USER_NAME_MAX && name[n] == '\0';
}

void users_set(struct users *u, const char *name, const char *hash)
{
    struct user *place = find(u, name);
    if (!place && u->count < USERS_MAX)
        place = &u->list[u->count++];
    if (!place)
        return;
    snprintf(place->name, sizeof place->name, "%s", name);
    snprintf(place->hash, sizeof place->hash, "%s", hash);
}

bool users_remove(struct users *u, const char *name)
{
    struct user *found = find(u, name);
    if (!found)
        return false;
    *found = u->list[--u->count];
    return true;
}

static void erase_sessions(struct database *d, const char *name)
{
    sqlite3_stmt *s = database_statement(d, "DELETE FROM session WHERE user = ?1");
    bind_text(s, 1, name);
    database_run(d, s);
}

bool user_write(struct database *d, const char *name, const char *hash, struct wall now)
{
    database_begin(d);
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR REPLACE INTO user (name, hash, changed) VALUES (?1, ?2, ?3)");
    bind_text(s, 1, name);
    bind_text(s, 2, hash);
    sqlite3_bind_int64(s, 3, now.ns);
    database_run(d, s);
    erase_sessions(d, name);
    return database_end(d);
}

bool user_erase(struct database *d, const char *name)
{
    database_begin(d);
    sqlite3_stmt *s = database_statement(d, "DELETE FROM user WHERE name = ?1");
    bind_text(s, 1, name);
    database_run(d, s);
    erase_sessions(d, name);
    return database_end(d);
}
