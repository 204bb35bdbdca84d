/* Names of ports for people: "gi1 to gi8, gi12". */
#ifndef HAYLOFT_DOCUMENT_PORT_RANGES_H
#define HAYLOFT_DOCUMENT_PORT_RANGES_H

#include <stddef.h>

#include "poller/base/buf.h"

/* Appends the names in their order; three or more in a row that differ only in a last number which counts up are
 * told by the first and the last. */
void port_ranges_put(struct buf *out, const char *const *names, size_t count);

#endif
