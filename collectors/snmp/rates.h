/* What the ports of a device moved, from the answers of a round to its report. Nobody needs that between rounds, and
 * thousands of devices are kept in memory: what one gives back is used by the next. */
#ifndef HAYLOFT_COLLECTORS_SNMP_RATES_H
#define HAYLOFT_COLLECTORS_SNMP_RATES_H

#include "collectors/snmp/port.h"

struct rates {
    struct rates *next;
    size_t capacity;
    struct port_rates ports[]; /* as in the table; of those that were read */
};

struct rates *rates_take(struct rates **spare, size_t ports);      /* NULL: no memory */
void rates_give_back(struct rates **spare, struct rates *r);       /* NULL is fine */
void rates_free_all(struct rates **spare);

#endif
