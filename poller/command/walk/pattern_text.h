/* Addresses and places as people and devices write them. Each looks at text[at] and returns how
 * many characters belong to it, 0 when it is none. Pure. */
#ifndef HAYLOFT_COMMAND_WALK_PATTERN_TEXT_H
#define HAYLOFT_COMMAND_WALK_PATTERN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/buf.h"

struct span {
    const uint8_t *text;
    size_t len;
};

/* 3c:84:6a:01:02:03, with '-', dots or blanks as well, 0:1a:2b:3:4:5, 3c84.6a01.0203, 3c846a010203
 * (which has both a digit and a letter: else it is a number). */
size_t pattern_mac(struct span t, size_t at, uint8_t out[static 6]);
/* Writes it as the other one stood there. */
void pattern_put_mac(struct span like, const uint8_t mac[static 6], struct buf *out);
size_t pattern_ip4(struct span t, size_t at, uint8_t out[static 4]);
size_t pattern_ip6(struct span t, size_t at, uint8_t out[static 16]);
size_t pattern_email(struct span t, size_t at);
/* Two numbers of three decimals or more, or one beside a letter of the compass. */
size_t pattern_place(struct span t, size_t at);
/* "<pppoe-hans>": *user_at and *user_len are the name's. */
size_t pattern_dialled(struct span t, size_t at, size_t *user_at, size_t *user_len);
/* "/home/hans", "//nas/photos": *owned_at is where its owner's part begins. */
size_t pattern_path(struct span t, size_t at, size_t *owned_at);
/* The whole text is octets in hexadecimal, "42 72 69 ...": some agents send names so. Returns how
 * many; *mark is what stands between them. */
#define HEX_DUMP_LEAST 7 /* six are a MAC */
size_t pattern_hex_dump(struct span t, uint8_t *out, size_t capacity, char *mark);

#endif
