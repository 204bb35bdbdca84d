/* Messages to be delivered, against one generation of receivers. */
#ifndef HAYLOFT_COURIER_DELIVER_H
#define HAYLOFT_COURIER_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "poller/config/config.h"
#include "poller/courier/transfer.h"
#include "poller/message/store_courier.h"

struct deliveries;

/* outcome and its texts are valid during the call. */
typedef void (*outcome_fn)(void *ctx, const struct cs_outcome *outcome);

struct deliveries *deliveries_create(uv_loop_t *loop, struct transfers *transfers, outcome_fn fn,
                                     void *ctx);
void deliveries_destroy(struct deliveries *d); /* what runs is dropped without an outcome */

/* Copies the configuration and readies its receivers, aside from those in use. False with a malloc'd
 * sentence in *error. */
bool deliveries_prepare(struct deliveries *d, const struct config *c, char **error);
void deliveries_adopt(struct deliveries *d);
void deliveries_forget(struct deliveries *d);
/* Does a receiver in use start programs of the user's? */
bool deliveries_run_programs(const struct deliveries *d);

/* Ends in exactly one outcome, unless deliveries are destroyed before. */
void deliveries_take(struct deliveries *d, const struct sc_deliver *message);
size_t deliveries_running(const struct deliveries *d);

/* For tests and houses with an authority of their own; NULL: the system's. Kept by pointer. */
void deliveries_trust(struct deliveries *d, const char *ca_file);

#endif
