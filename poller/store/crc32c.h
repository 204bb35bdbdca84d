/* CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds torn and flipped records of the journal. */
#ifndef HAYLOFT_STORE_CRC32C_H
#define HAYLOFT_STORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues from seed (0 for a fresh sum; the sum so far to go on). */
uint32_t crc32c(uint32_t seed, const void *bytes, size_t len);

#endif
