/* The counters of a port in the least room. Of nearly every counter nothing is to be known but the number it read
 * last; what a few have to remember beside it (a reading that was skipped, a zero, 32 bits that call themselves 64)
 * is kept apart for as long as one has. Pure, but for that memory: where there is none a counter starts anew. */
#ifndef HAYLOFT_COLLECTORS_SNMP_COUNTER_ROW_H
#define HAYLOFT_COLLECTORS_SNMP_COUNTER_ROW_H

#include "collectors/snmp/if_mib.h"
#include "poller/model/counter.h"

struct counter_rest;

struct counter_row {
    uint64_t last[IF_COUNTERS]; /* 0 where none was read */
    struct counter_rest *rest;  /* malloc'd; NULL: each counter is plain, or was never read */
    uint16_t read;              /* IF_BITs of those that were */
} __attribute__((packed, aligned(2))); /* as the counters themselves: a device has many ports */

void counter_row_fini(struct counter_row *r);
void counter_row_move(struct counter_row *to, struct counter_row *from); /* what `to` had is freed */
void counter_row_get(const struct counter_row *r, struct counter out[static IF_COUNTERS]);
void counter_row_put(struct counter_row *r, const struct counter in[static IF_COUNTERS]);

/* Nearly every reading: each counter that was read before, and none else, went on, and by no more than this. */
struct counter_limits {
    uint64_t octets, others; /* of the interval; less than 2^63 */
};
/* Takes all of them and tells what each grew by; false: nothing was taken, look at each by counter_step. A counter
 * that is not among `have` is 0 in now. */
bool counter_row_went_on(struct counter_row *r, uint32_t have, const uint64_t now[static IF_COUNTERS],
                         struct counter_limits most, uint64_t grown[restrict static IF_COUNTERS]);

#endif
