/* Logins in force, in memory and in the database. A session's id is known to its browser alone; here is
 * only its SHA-256. */
#ifndef HAYLOFT_STORE_SESSIONS_H
#define HAYLOFT_STORE_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/clock.h"
#include "poller/base/sha256.h"
#include "poller/store/database.h"

#define SESSION_ID_MAX 33 /* 128 bits as hexadecimal digits */
#define SESSION_USER_MAX 65
#define SESSIONS_MAX 1000 /* then the one unused longest goes */
#define SESSION_IDLE_NS (30 * MINUTES(24 * 60))
#define SESSION_LIFE_NS (90 * MINUTES(24 * 60))

struct session {
    char hash[SHA256_TEXT_MAX];
    char user[SESSION_USER_MAX];
    char csrf[SESSION_ID_MAX];
    struct wall created, used;
};

struct sessions;

struct sessions *sessions_load(struct database *d, struct wall now); /* drops what is over */
void sessions_destroy(struct sessions *s);

/* Makes a session and its secret id; NULL when there are no random numbers. */
const struct session *sessions_open(struct sessions *s, const char *user, struct wall now,
                                    char id[static SESSION_ID_MAX]);
/* NULL: unknown or over. *touched: its time of use moved on enough to be written. */
const struct session *sessions_use(struct sessions *s, const char *id, struct wall now, bool *touched);
/* Ends one, or all of a user; hash of the one in *ended when it was there. */
bool sessions_end(struct sessions *s, const char *id, struct session *ended);
void sessions_end_user(struct sessions *s, const char *user);

/* The database's side; blocks. */
bool session_write(struct database *d, const struct session *s);
bool session_erase(struct database *d, const char *hash);

#endif
