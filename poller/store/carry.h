/* Rows from one of our databases into another of the same version, table by table. */
#ifndef HAYLOFT_STORE_CARRY_H
#define HAYLOFT_STORE_CARRY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "poller/base/clock.h"

#define CARRY_LOGINS 3u /* the set of users and sessions */

/* What is needed to go on: users, sessions, learned facts, states, open incidents, messages that
 * wait. Each table as far as it can be read; returns the set of those that came whole. */
unsigned carry_live(sqlite3 *from, sqlite3 *to);

/* All of `from` over what `to` has, in one transaction. Of a small table in the set `whole` the
 * rows that `from` has no more go. SQLITE_OK, or why nothing was changed. */
int carry_over(sqlite3 *from, sqlite3 *to, unsigned whole);

/* What can still be read of a damaged file, the most wanted first, until the time is over; returns
 * how many rows. */
uint64_t carry_salvage(sqlite3 *from, sqlite3 *to, struct mono until);

#endif
