/* UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef HAYLOFT_BASE_UTF8_H
#define HAYLOFT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"

/* Length in bytes (1-4) of the well-formed character at text, 0 when it is none or the text is short. */
size_t utf8_length(const char *text, size_t left);
bool utf8_is_valid(const char *text, size_t len);
/* Appends text with each byte that is no UTF-8 replaced by U+FFFD. */
void utf8_clean(const char *text, size_t len, struct buf *out);

#endif
