/* UPSes asked for checks: threads for what blocks, one answer in time for each. */
#ifndef HAYLOFT_COURIER_UPS_UPSES_H
#define HAYLOFT_COURIER_UPS_UPSES_H

#include <stddef.h>
#include <uv.h>

#include "poller/message/store_courier.h"

struct upses;

typedef void (*ups_told_fn)(void *ctx, const struct ce_ups *answer); /* valid during the call */

struct upses *upses_create(uv_loop_t *loop, ups_told_fn fn, void *ctx);
/* Waits for what runs, which is given up; runs the loop for it. NULL is fine. */
void upses_destroy(struct upses *u);
void upses_take(struct upses *u, const struct ec_ups *request); /* one answer each */
size_t upses_running(const struct upses *u);

#endif
