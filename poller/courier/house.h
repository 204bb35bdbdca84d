/* Reports of this vantage to its house (poller/message/vantage.h): one POST each, with the vantage's token. */
#ifndef HAYLOFT_COURIER_HOUSE_H
#define HAYLOFT_COURIER_HOUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/config/config.h"
#include "poller/courier/transfer.h"
#include "poller/message/store_courier.h"

struct house;

/* Valid during the call. */
typedef void (*reported_fn)(void *ctx, const struct cs_reported *answer);

struct house *house_create(struct transfers *transfers, reported_fn fn, void *ctx);
void house_destroy(struct house *h); /* what runs is dropped without an answer; NULL is fine */

/* Where it is, copied aside from what is in use. False: no memory. */
bool house_prepare(struct house *h, const struct config *c);
void house_adopt(struct house *h);
void house_forget(struct house *h);
/* For tests; NULL: the system's authorities. Kept by pointer. */
void house_trust(struct house *h, const char *ca_file);

void house_take(struct house *h, const struct sc_report *report); /* one answer each, also when it cannot be sent */
size_t house_running(const struct house *h);

#endif
