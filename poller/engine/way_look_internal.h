/* What the files of the look share. */
#ifndef HAYLOFT_ENGINE_WAY_LOOK_INTERNAL_H
#define HAYLOFT_ENGINE_WAY_LOOK_INTERNAL_H

#include "poller/engine/way_look.h"

struct look_draft {
    const struct way_told *w;
    struct network_look *out;
    struct arena *arena;
    bool failed; /* no memory */
};

char *way_look_text(struct look_draft *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "lan-switch does not know VLAN 501" */
char *way_look_fault_text(struct look_draft *d, const struct audit_finding *f);
/* What to set, after "In BOX, " */
char *way_look_fix(struct look_draft *d, const struct audit_finding *f);
char *way_look_gap_text(struct look_draft *d, const struct audit_site *s);
void way_look_hops(struct look_draft *d);

#endif
