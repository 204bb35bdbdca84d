/* The Internet checksum (RFC 1071). */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_CHECKSUM_H
#define HAYLOFT_COLLECTORS_PROTOCOL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Over len bytes; the result is in network order, ready to be stored as it is. */
uint16_t checksum_internet(const void *bytes, size_t len);

#endif
