/* The kernel twin of the doors to Ethernet frames and to Wi-Fi networks: struct ether and struct wifi over a channel
 * to hayloft-wire. Ways and joins outlive the process that serves them: when it ends their users are told, and when
 * another is connected all are opened and joined there anew. Nothing here ever waits; what cannot be handed on at once
 * is refused. */
#ifndef HAYLOFT_MESSAGE_WIRE_LINK_H
#define HAYLOFT_MESSAGE_WIRE_LINK_H

#include <uv.h>

#include "poller/base/ether.h"
#include "poller/base/wifi.h"

struct wire_link;

/* want: ways are open, or networks to be joined, and nobody serves them; asked again every few seconds until
 * wire_link_connect. It may connect at once. NULL: no memory. */
struct wire_link *wire_link_create(uv_loop_t *loop, void (*want)(void *ctx), void *ctx);
void wire_link_connect(struct wire_link *l, int fd); /* takes fd over; replaces an older one */
const struct ether *wire_link_door(const struct wire_link *l);
const struct wifi *wire_link_wifi(const struct wire_link *l);
void wire_link_destroy(struct wire_link *l); /* NULL is fine; all ways are closed */

#endif
