/* Failures of single checks of living nodes, certificates, and faults of our own: each an incident by
 * itself, beside the silences. */
#ifndef HAYLOFT_ENGINE_TROUBLES_H
#define HAYLOFT_ENGINE_TROUBLES_H

#include "poller/engine/engine_internal.h"

#define CERTIFICATE_WARN_DAYS 14

void troubles_of_checks(struct engine *e);
void troubles_of_certificates(struct engine *e);
void troubles_of_ours(struct engine *e);
/* One incident for one thing, by its key: opened, or looked at again (c: of a CHECK, else NULL); or ended. */
void trouble_keep(struct engine *e, const struct suspect *x, struct check *c, const char *key);
void trouble_end(struct engine *e, const char *key);
/* A fault of ours begins, changes or ends (detail NULL). */
void trouble_set(struct engine *e, const char *what, const char *detail);
/* Sentences of what is wrong with us now, in arena. */
size_t troubles_list(const struct engine *e, struct arena *arena, char ***out);
void troubles_destroy(struct engine *e);

#endif
