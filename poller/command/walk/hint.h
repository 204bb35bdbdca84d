/* DISPLAY-HINT of RFC 2579 section 3.1: how a MIB wants its octets and integers shown. */
#ifndef HAYLOFT_COMMAND_WALK_HINT_H
#define HAYLOFT_COMMAND_WALK_HINT_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/buf.h"

/* False, with nothing put: not a hint we can follow, or the octets do not fit it. */
bool hint_octets(const char *hint, const uint8_t *octets, size_t len, struct buf *out);
/* "d", "d-2", "x", "o", "b" */
bool hint_integer(const char *hint, int64_t value, struct buf *out);

#endif
