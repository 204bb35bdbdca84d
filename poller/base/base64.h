/* Base64 with padding, without line breaks (RFC 4648 section 4). */
#ifndef HAYLOFT_BASE_BASE64_H
#define HAYLOFT_BASE_BASE64_H

#include <stddef.h>

#include "poller/base/buf.h"

void base64_put(const void *bytes, size_t len, struct buf *out);

#endif
