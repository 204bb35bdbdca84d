/* Lines for people out of documents. All of it may come from the network. */
#ifndef HAYLOFT_COMMAND_LINES_H
#define HAYLOFT_COMMAND_LINES_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "poller/base/buf.h"
#include "poller/command/table.h"

/* Prints the text safely, in colour where there is one. */
void put_safely(const char *text, enum colour colour);
/* "  name      value" unless the value is NULL or empty. */
void put_pair(const char *name, const char *value);
/* "3 h 20 min" since an RFC 3339 time; "-" when it is none. */
const char *since_text(const char *rfc3339, char *out, size_t size);
/* "24 Nov 09:38" in local time. */
const char *moment_text(const char *rfc3339, char *out, size_t size);
/* "12.3 ms", "94.1 Mbit/s", "-" for null. */
const char *number_text(const cJSON *object, const char *name, const char *unit, char *out, size_t size);

#endif
