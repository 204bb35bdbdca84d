/* What a client asks for, taken apart strictly: the request target (RFC 9112 origin form) and form bodies.
 * Percent signs are decoded once; NUL, control characters, broken UTF-8, a dot segment, a name given
 * twice: refused, so that nothing behind this door has to think of them. */
#ifndef HAYLOFT_WEB_TARGET_H
#define HAYLOFT_WEB_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#define TARGET_MAX_BYTES 2048
#define TARGET_SEGMENTS_MAX 8
#define TARGET_PARAMETERS_MAX 16
#define FORM_MAX_BYTES 8192

struct parameter {
    const char *name, *value;
};

struct parameters {
    size_t count;
    struct parameter at[TARGET_PARAMETERS_MAX];
};

struct target {
    size_t segments_count; /* 0: "/" */
    const char *segments[TARGET_SEGMENTS_MAX];
    struct parameters query;
    char memory[TARGET_MAX_BYTES + 1];
};

struct form {
    struct parameters fields;
    char memory[FORM_MAX_BYTES + 1];
};

bool target_parse(const char *raw, struct target *out);
bool form_parse(const char *body, size_t len, struct form *out); /* application/x-www-form-urlencoded */
const char *parameter(const struct parameters *p, const char *name); /* NULL when absent */

#endif
