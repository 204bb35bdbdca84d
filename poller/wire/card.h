/* One interface, captured from and sent through by libpcap. Promiscuous mode is never asked for: the made-up addresses
 * and the multicast groups they listen to are admitted by memberships of the capture socket (packet(7)). A card that
 * cannot sort by several addresses the kernel makes promiscuous by itself meanwhile. All of it goes with the socket,
 * however this process ends. */
#ifndef HAYLOFT_WIRE_CARD_H
#define HAYLOFT_WIRE_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "poller/base/ether.h"
#include "poller/wire/links.h"

struct card;

struct card_hooks {
    /* len bytes are there of a frame that was all_len long. */
    void (*frame)(void *ctx, struct card *c, const uint8_t *frame, size_t len, size_t all_len, struct mono at);
    void (*read)(void *ctx, struct card *c);   /* all that had come was handed over */
    void (*broken)(void *ctx, struct card *c); /* closed: the interface went away or was switched off. Look again */
};

/* NULL: no memory. */
struct card *card_create(uv_loop_t *loop, const char *interface, const struct card_hooks *hooks, void *ctx);
void card_destroy(struct card *c); /* NULL is fine */

/* As the interface stands now: opens the capture when that can be, closes it when it cannot. */
void card_adjust(struct card *c, const struct link_look *look);
/* For whom frames shall come in; again each time that changes or the card was opened. */
void card_wish(struct card *c, const struct ether_wish *const *wishes, size_t count);
int card_send(struct card *c, const uint8_t *frame, size_t len); /* 0 or errno */

const char *card_interface(const struct card *c);
const struct link_look *card_look(const struct card *c); /* the last one */
bool card_is_open(const struct card *c);
const char *card_reason(const struct card *c); /* why not, a sentence; "" */
uint64_t card_dropped(const struct card *c); /* frames the kernel had no room for, all in all */

#endif
