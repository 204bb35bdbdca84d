/* Secrets that browsers carry. */
#ifndef HAYLOFT_WEB_COOKIE_H
#define HAYLOFT_WEB_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

/* The value of one cookie of a Cookie header (NULL: none). False when absent, doubtful or too long. */
bool cookie_value(const char *header, const char *name, char *out, size_t size);

/* Compares without telling by its time where texts differ. */
bool same_secret(const char *a, const char *b);

#endif
