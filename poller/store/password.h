/* Password hashes: yescrypt by libxcrypt, at its default cost. Calls take some 20 ms and 16 MiB, so they
 * run one at a time in a lane. */
#ifndef HAYLOFT_STORE_PASSWORD_H
#define HAYLOFT_STORE_PASSWORD_H

#include <stdbool.h>

#define PASSWORD_HASH_MAX 384 /* as libxcrypt's */
#define PASSWORD_LEAST 8      /* characters */
#define PASSWORD_MOST 512

/* False when libxcrypt cannot (no random numbers, no memory). */
bool password_hash(const char *password, char out[static PASSWORD_HASH_MAX]);
/* hash NULL (no such user): takes the same time and is false. */
bool password_matches(const char *password, const char *hash_or_null);

#endif
