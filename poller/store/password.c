#include "poller/store/password.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(PASSWORD_HASH_MAX == CRYPT_OUTPUT_SIZE, "the hash would be cut");

static bool run(const char *password, const char *setting, char out[static PASSWORD_HASH_MAX])
{
    struct crypt_data *data = calloc(1, sizeof *data); /* 32 KiB */
    const char *hash = data ? crypt_rn(password, setting, data, sizeof *data) : NULL;
    snprintf(out, PASSWORD_HASH_MAX, "%s", hash ? hash : "");
    if (data)
        explicit_bzero(data, sizeof *data);
    free(data);
    return hash != NULL;
}

bool password_hash(const char *password, char out[static PASSWORD_HASH_MAX])
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof setting))
        return false;
    return run(password, setting, out);
}

static bool equal_in_constant_time(const char *a, const char *b)
{
    size_t n = strlen(a);
    unsigned char different = n != strlen(b);
    for (size_t i = 0; i < n && b[i]; i++)
        different |= (unsigned char)(a[i] ^ b[i]);
    return !different;
}

bool password_matches(const char *password, const char *hash)
{
    char result[PASSWORD_HASH_MAX];
    if (!hash) {
        password_hash(password, result);
        return false;
    }
    return run(password, hash, result) && equal_in_constant_time(result, hash);
}
