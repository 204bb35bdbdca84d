/* What of a line of the configuration is not shown: a password may be mistyped, and so may the key before it, but
 * what is said about it goes to terminals, logs and the screens of others. Pure.
 *
 * Where the configuration was understood, secrets are known by their places (complaints_hide). Where it was not,
 * keys tell: those that are called as secrets are, or nearly so. */
#ifndef HAYLOFT_CONFIG_HIDDEN_H
#define HAYLOFT_CONFIG_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"

#define HIDDEN_RANGES_MAX 16
#define HIDDEN_SIGN "***" /* stands for a secret, however long that is */

/* Characters of a line, from 1: [from, to). */
struct hidden_range {
    size_t from, to;
};

struct hidden {
    struct hidden_range ranges[HIDDEN_RANGES_MAX];
    size_t count;
};

/* Is it called as a secret, or nearly so? "password", "Auth_Pasword", "api-token". */
bool hidden_is_name(const char *key, size_t len);
void hidden_add(struct hidden *h, struct hidden_range r); /* what is too much hides the rest of the line */
/* Values behind keys called so, and users and passwords in addresses. */
void hidden_guess(struct hidden *h, const char *line, size_t len);
/* Whatever stands behind its key; all of it where there is none. Of a file that holds secrets only. */
void hidden_values(struct hidden *h, const char *line, size_t len);
/* Appends the line without them. *column, a character of the line, becomes the one in what was appended. */
void hidden_write(const struct hidden *h, const char *line, size_t len, size_t *column, struct buf *out);

#endif
