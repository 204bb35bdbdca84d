/* Counters of a device from one reading of its pages to the next, and what they grew by per second. Pure: by
 * the rules of model/counter, as SNMP's counters; JSON does not tell how wide one is, so each is taken for 64
 * bits until it wraps at 32.
 *
 * A counter is known by a text of who reads it: which figure, of which row, under which name. Rows that change
 * places are told apart by their names, and one that says the same as another in one reading is unknown. */
#ifndef HAYLOFT_COURIER_CONSULT_RATES_H
#define HAYLOFT_COURIER_CONSULT_RATES_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/clock.h"

#define RATES_MAX          1024 /* counters of one device; what is over is unknown */
#define RATES_REMEMBERED_NS MINUTES(180)

struct rates;

struct rates *rates_create(void); /* NULL: no memory */
void rates_destroy(struct rates *r); /* NULL is fine */
/* The device was read; what was not there for long is forgotten. */
void rates_begin(struct rates *r, struct mono now);
/* Per second since it was read last; NaN: not known. value: as it stands there; NaN, negative or no whole
 * number that a double holds: it could not be read. at: when that page came. */
double rates_take(struct rates *r, const char *whose, size_t len, double value, struct mono at);
/* The newest reading is no older than what is remembered. */
bool rates_are_remembered(const struct rates *r, struct mono now);

#endif
