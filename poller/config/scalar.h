/* One written value and the member it is for: "5m" and nanoseconds, "64 MiB" and bytes, "yes" and true.
 * Reading refuses with the exact range or the words allowed; what is written reads back as the same. */
#ifndef HAYLOFT_CONFIG_SCALAR_H
#define HAYLOFT_CONFIG_SCALAR_H

#include "poller/base/arena.h"
#include "poller/base/buf.h"
#include "poller/base/field.h"

/* Fills the element at out. On failure *why gets a sentence that begins with "expected ..." or says what
 * is wrong with the value. f must be of a scalar type. */
bool scalar_read(const struct field *f, const char *text, struct arena *arena, void *out,
                 struct buf *why);
/* Appends the value as it would be written, unquoted. False when it is unset (a NULL text, no address). */
bool scalar_write(const struct field *f, const void *value, struct buf *out);
bool scalar_is(enum field_type type); /* false for records, variants, bytes and clocks */

bool duration_read(const char *text, int64_t *ns); /* "90 s", "1h 30m"; "0" */
void duration_write(int64_t ns, struct buf *out);  /* "90s", in the largest unit that fits exactly */

#endif
