/* Who may log in: names and password hashes, in memory as in the database. */
#ifndef HAYLOFT_STORE_USERS_H
#define HAYLOFT_STORE_USERS_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/store/database.h"
#include "poller/store/password.h"

#define USER_NAME_MAX 65
#define USERS_MAX 200

struct users;

struct users *users_load(struct database *d);
void users_destroy(struct users *u);

size_t users_count(const struct users *u);
const char *users_name(const struct users *u, size_t i);
const char *users_hash(const struct users *u, const char *name); /* NULL: no such user */
bool users_full(const struct users *u, const char *name); /* no room for one more of that name */
bool user_name_valid(const char *name);

void users_set(struct users *u, const char *name, const char *hash);
bool users_remove(struct users *u, const char *name);

/* The database's side; blocks. Sessions of the user end with it. */
bool user_write(struct database *d, const char *name, const char *hash, struct wall now);
bool user_erase(struct database *d, const char *name);

#endif
