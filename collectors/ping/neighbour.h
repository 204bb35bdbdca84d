/* Life on the own link without echoes: a device that keeps quiet to ping may still answer ARP or ND. What
 * the kernel has learned is read; for IPv4 we also ask ourselves where there is an ARP socket, since the
 * kernel asks again only after a while. */
#ifndef HAYLOFT_COLLECTORS_PING_NEIGHBOUR_H
#define HAYLOFT_COLLECTORS_PING_NEIGHBOUR_H

#include "collectors/collector.h"

struct neighbours;

struct neighbours *neighbours_create(const struct env *env); /* NULL: no memory */
void neighbours_destroy(struct neighbours *n);               /* NULL is fine */
/* Asks who has it, where that can be asked; an answer shows in neighbours_answered. */
void neighbours_ask(struct neighbours *n, const struct addr *to);
/* Has it answered on the own link since then? */
bool neighbours_answered(const struct neighbours *n, const struct addr *to, struct mono since,
                         struct mono now);

#endif
