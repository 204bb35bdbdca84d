/* One way from the router to one box, for audit.c. */
#ifndef HAYLOFT_DIAGNOSE_AUDIT_INTERNAL_H
#define HAYLOFT_DIAGNOSE_AUDIT_INTERNAL_H

#include "poller/diagnose/audit.h"

struct audit_way {
    enum verdict verdict;
    struct audit_finding *findings;
    size_t count;
    enum audit_gap gap;
    uint32_t gap_box;
};

/* False: no memory. */
bool audit_way(const struct topology *t, const struct network_view *n, const struct audit_proof *proof,
               const struct serving_box *to, struct arena *arena, struct audit_way *out);

#endif
