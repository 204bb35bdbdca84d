/* Devices' own interfaces read for checks: sessions, sockets, time. What is said, and what it
 * means, is decided in dialogue.h and figures.h.
 *
 * A node has one session, with its cookies and kept texts, for as long as this process lives;
 * another user, password, address or profile is another session. One talk at a time: a new one ends
 * the one before. */
#ifndef HAYLOFT_COURIER_CONSULT_CONSULTS_H
#define HAYLOFT_COURIER_CONSULT_CONSULTS_H

#include <stddef.h>

#include "poller/courier/transfer.h"
#include "poller/message/store_courier.h"

struct consults;

typedef void (*consulted_fn)(void *ctx,
                             const struct ce_consulted *answer); /* valid during the call */

struct consults *consults_create(struct transfers *transfers, consulted_fn fn, void *ctx);
void consults_destroy(
    struct consults *c); /* what runs is dropped without an answer; NULL is fine */
void consults_take(struct consults *c,
                   const struct ec_consult *request); /* one answer each; all of it is copied */
size_t consults_running(const struct consults *c);
bool consults_remember(const struct consults *c); /* counters whose next reading needs this one: to stay for */

#endif
