#include "web/bearer.h"

#include <string.h>
#include <strings.h>

#include "poller/base/sha256.h"

static const char scheme[] = "Bearer ";

/* What is compared is of one length and has nothing left of what it was made of. */
bool bearer_is(const char *authorization, const char *token)
{
    uint8_t shown[SHA256_BYTES], known[SHA256_BYTES], different = 0;
    bool has = authorization && strncasecmp(authorization, scheme, sizeof scheme - 1) == 0;
    const char *text = has ? authorization + sizeof scheme - 1 : "";
    const char *wanted = token ? token : "";
    sha256(text, strlen(text), shown);
    sha256(wanted, strlen(wanted), known);
    for (int i = 0; i < SHA256_BYTES; i++)
        different |= shown[i] ^ known[i];
    return different == 0 && has && token && *token;
}
