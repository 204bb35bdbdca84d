/* A frame as it goes to the card: with its tag, padded as a card would (IEEE 802.3: 64 bytes with the checksum,
 * and a tag comes on top, so that what a switch leaves of it without the tag is long enough still). */
#ifndef HAYLOFT_WIRE_OUTGOING_H
#define HAYLOFT_WIRE_OUTGOING_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/ether.h"

#define OUTGOING_LEAST 60 /* without tag and checksum */
#define OUTGOING_BYTES_MAX (ETHER_BYTES_MAX + 4)

/* data: without tag, ETHER_HEAD_BYTES to ETHER_BYTES_MAX long. Returns how long it became. */
size_t outgoing_write(int32_t vid, const uint8_t *data, size_t len, uint8_t out[static OUTGOING_BYTES_MAX]);

#endif
