/* What several rules say in the same way about silent nodes and failing checks. */
#ifndef HAYLOFT_DIAGNOSE_RULES_SILENCE_H
#define HAYLOFT_DIAGNOSE_RULES_SILENCE_H

#include "poller/diagnose/rule.h"

/* Evidence that the node is silent, that what it hangs on answers, and how much lies behind:
 * the arguments reason, behind_count and behind (" and the 3 devices behind it", or ""). */
void silence_describe(const struct scene *s, const struct suspect *x, struct finding *out);
/* The arguments check, label, service, reason, detail, and the evidence of a failing check. */
void check_describe(const struct scene *s, const struct suspect *x, struct finding *out);
bool suspect_has(const struct suspect *x, uint32_t node);

#endif
