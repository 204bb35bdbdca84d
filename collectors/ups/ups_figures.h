/* From the variables of a UPS, as NUT names them (RFC 9271, and "NUT variable names" of its
 * developers' guide), to readings. Pure. A variable that is not there, or is no number, makes no
 * figure. */
#ifndef HAYLOFT_COLLECTORS_UPS_UPS_FIGURES_H
#define HAYLOFT_COLLECTORS_UPS_UPS_FIGURES_H

#include "collectors/collector.h"

#define UPS_FIGURES_MAX 32

struct ups_figures {
    struct reading items[UPS_FIGURES_MAX];
    size_t count;
};

/* meanings NULL: without limits. object outlives it, and so does the answer. */
void ups_figures_read(const struct ups_answer *a, const struct profile_set *meanings,
                      const char *object, struct ups_figures *out);

const char *ups_variable(const struct ups_answer *a, const char *name); /* NULL: not told */
/* Does ups.status, words with blanks between, hold this one? */
bool ups_status_has(const char *status, const char *word);

#endif
