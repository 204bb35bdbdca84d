/* Tokens that programs carry in an Authorization header (RFC 6750 section 2.1). */
#ifndef HAYLOFT_WEB_BEARER_H
#define HAYLOFT_WEB_BEARER_H

#include <stdbool.h>

/* Is it that token? authorization: the header, NULL: none. The time it takes tells nothing of the token, nor how much
 * of it was right. token NULL: nobody's, and never right. */
bool bearer_is(const char *authorization, const char *token);

#endif
