/* Names of what was found, by reverse DNS of our resolvers and by mDNS (RFC 6762, one-shot
 * queries), all at once and within a bounded time. */
#ifndef HAYLOFT_DISCOVER_ASK_NAMES_H
#define HAYLOFT_DISCOVER_ASK_NAMES_H

#include "poller/command/discover/own.h"

void ask_names(const struct own_place *place, struct household *h);

/* An answer to a PTR question: its id and the name it gives, cut when too long. False for anything
 * else. */
bool ask_names_read(const uint8_t *message, size_t len, uint16_t *id,
                    char name[static FOUND_TEXT_MAX]);

#endif
