/* The known word a mistyped one was probably meant to be. */
#ifndef HAYLOFT_CONFIG_NEAREST_H
#define HAYLOFT_CONFIG_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;   /* what was written */
    const char *best;   /* NULL: nothing is near enough */
    size_t distance;
};

struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *n, const char *candidate); /* kept by pointer; NULL is ignored */

/* For "...%s%s%s": "; did you mean '", best, "'?" or three times "". */
#define NEAREST_FORMAT "%s%s%s"
#define NEAREST_ARGS(n) (n).best ? "; did you mean '" : "", (n).best ? (n).best : "", (n).best ? "'?" : ""

#endif
