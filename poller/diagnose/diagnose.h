/* Runs the rules over a suspect. */
#ifndef HAYLOFT_DIAGNOSE_DIAGNOSE_H
#define HAYLOFT_DIAGNOSE_DIAGNOSE_H

#include "poller/diagnose/rule.h"

/* Always finds something: node-down, service-down or own-fault when nothing better is known. */
void diagnose(const struct scene *s, const struct suspect *x, struct finding *out);

struct want {
    uint32_t node;
    const char *check_kind;
};
#define WANTS_MAX 16

/* Which checks to ask now so that the rules find young facts about node and what it hangs on. */
size_t diagnose_wants(const struct scene *s, uint32_t node, struct want wants[static WANTS_MAX]);

#endif
