/* The kernel twin of the door to Ethernet frames: struct ether over a channel to hayloft-wire. Ways outlive the
 * process that serves them: when it ends its user is told, and when another is connected all are opened there anew.
 * Nothing here ever waits; what cannot be handed on at once is refused. */
#ifndef HAYLOFT_MESSAGE_WIRE_LINK_H
#define HAYLOFT_MESSAGE_WIRE_LINK_H

#include <uv.h>

#include "poller/base/ether.h"

struct wire_link;

/* want: ways are open and nobody serves them; asked again every few seconds until wire_link_connect. It may connect
 * at once. NULL: no memory. */
struct wire_link *wire_link_create(uv_loop_t *loop, void (*want)(void *ctx), void *ctx);
void wire_link_connect(struct wire_link *l, int fd); /* takes fd over; replaces an older one */
const struct ether *wire_link_door(const struct wire_link *l);
void wire_link_destroy(struct wire_link *l); /* NULL is fine; all ways are closed */

#endif
