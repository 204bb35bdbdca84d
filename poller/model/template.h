/* Texts with places for values: "{cause.sentence}", "{text|url}", "{severity|choose:wake=5,*=2}".
 *
 * A brace followed by a lower-case letter opens a place; any other brace is itself, so that JSON can be
 * written as it is; "{{" is one brace. Each value is escaped for where it will stand: the caller names
 * that place, a filter (text json url header) overrules it. choose maps a value to another, "*" takes
 * what is left. */
#ifndef HAYLOFT_MODEL_TEMPLATE_H
#define HAYLOFT_MODEL_TEMPLATE_H

#include <stdbool.h>

#include "poller/base/buf.h"

enum template_escape {
    TEMPLATE_TEXT,   /* as it is */
    TEMPLATE_JSON,   /* inside a JSON string */
    TEMPLATE_URL,    /* percent-encoded but for RFC 3986 unreserved characters */
    TEMPLATE_HEADER  /* one line: control characters become blanks */
};

struct template;

/* Is this a name a value may be asked for? */
typedef bool (*template_known_fn)(void *ctx, const char *name);
/* The value, or NULL when there is none. Valid until the next call. */
typedef const char *(*template_value_fn)(void *ctx, const char *name);

/* NULL with a malloc'd sentence in *error: an unknown name or filter, a place left open. */
struct template *template_parse(const char *text, template_known_fn known, void *ctx, char **error);
void template_destroy(struct template *t); /* NULL is fine */

/* Appends the text with its values; absent ones are empty. */
void template_render(const struct template *t, enum template_escape where, template_value_fn value,
                     void *ctx, struct buf *out);
/* Is there a place whose name begins with prefix and has no value? */
bool template_lacks(const struct template *t, const char *prefix, template_value_fn value, void *ctx);

void template_put(enum template_escape where, const char *value, struct buf *out);

/* What a template over a message may name, ends with NULL; "option." and a name come beside it. */
extern const char *const template_message_names[];
bool template_message_known(void *unused, const char *name);

#endif
