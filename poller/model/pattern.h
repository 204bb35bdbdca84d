/* Regular expressions as profiles have them: POSIX extended, compiled once, kept small enough that no
 * pattern and no text costs more than a moment. Back references (a GNU extension) are refused. */
#ifndef HAYLOFT_MODEL_PATTERN_H
#define HAYLOFT_MODEL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_MAX_BYTES 256
#define PATTERN_TEXT_MAX 1024 /* only so much of a text is looked at, and nothing past a NUL */
#define PATTERN_ERROR_MAX 160
#define PATTERN_GROUPS_MAX 9

struct pattern;

/* Where a match or a group stands in the text; from and to are offsets. found: false for a group that took
 * no part. */
struct pattern_span {
    bool found;
    size_t from, to;
};

/* NULL: error says why. */
struct pattern *pattern_compile(const char *text, char error[static PATTERN_ERROR_MAX]);
void pattern_destroy(struct pattern *p); /* NULL is fine */
size_t pattern_groups(const struct pattern *p); /* at most PATTERN_GROUPS_MAX */

/* spans[0] is the whole match, spans[1..] the groups; count of them are filled, none is fine. */
bool pattern_match(const struct pattern *p, const void *text, size_t len, struct pattern_span *spans,
                   size_t count);

#endif
