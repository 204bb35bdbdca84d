/* SHA-256 (FIPS 180-4). Session ids are stored only as this: whoever reads the database cannot use them.
 * Own code because no role that needs it may link a cryptographic library. */
#ifndef HAYLOFT_BASE_SHA256_H
#define HAYLOFT_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_TEXT_MAX (2 * SHA256_BYTES + 1)

void sha256(const void *bytes, size_t len, uint8_t out[static SHA256_BYTES]);
/* As lower-case hexadecimal digits. Returns out. */
char *sha256_text(const void *bytes, size_t len, char out[static SHA256_TEXT_MAX]);

#endif
