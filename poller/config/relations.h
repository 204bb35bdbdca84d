/* What one part of a configuration says about another: parents, links, receivers, addresses. */
#ifndef HAYLOFT_CONFIG_RELATIONS_H
#define HAYLOFT_CONFIG_RELATIONS_H

#include "poller/config/bind.h"
#include "poller/config/config.h"
#include "poller/config/kinds.h"

/* Complains of names that lead nowhere, of circles and of values that contradict each other; gives the
 * far end of a bridge its parent where none is written. */
void relations_check(struct binder *b, const struct check_kinds *kinds, const struct yaml *root,
                     struct config *c);
/* Letters, digits, '-', '_' and dots in parts of 63 at most (RFC 1123, with the underscore people use). */
bool relation_is_hostname(const char *text);

#endif
