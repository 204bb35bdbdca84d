/* Pages fetched for checks: what came, how long each part took, until when the certificate holds. */
#ifndef HAYLOFT_COURIER_FETCH_H
#define HAYLOFT_COURIER_FETCH_H

#include <stddef.h>

#include "poller/courier/transfer.h"
#include "poller/message/store_courier.h"

struct fetches;

typedef void (*fetched_fn)(void *ctx, const struct ce_fetched *answer); /* valid during the call */

struct fetches *fetches_create(struct transfers *transfers, fetched_fn fn, void *ctx);
void fetches_destroy(struct fetches *f); /* what runs is dropped without an answer */
void fetches_take(struct fetches *f, const struct ec_fetch *request); /* one answer each */
size_t fetches_running(const struct fetches *f);

/* "Jan  1 10:00:00 2027 GMT" or "2027-01-01 10:00:00 GMT", as libcurl writes an expiry date. */
bool fetch_read_expiry(const char *text, struct wall *out);
/* A word a check can judge by: dns refused timeout tls reset url failed. */
const char *fetch_error_word(CURLcode result);

#endif
