/* The addresses that guests of ours play with, and those of their gateways: what is looked for in forwarding tables.
 * Of a table as it was read before, only the rows of these are kept: by node, beside its tables. */
#ifndef HAYLOFT_ENGINE_GUEST_MACS_H
#define HAYLOFT_ENGINE_GUEST_MACS_H

#include "poller/model/wiring.h"

#define GUEST_MACS_MAX 192 /* three of each of 64 VLANs; more are not looked for */

struct engine;
struct node;
struct report;

struct guest_macs {
    struct mac macs[GUEST_MACS_MAX];
    size_t count;
};

/* What a node's forwarding table said of them, at least half a minute before the present one was read. */
struct table_before {
    struct wiring wiring; /* rows and time of the forwarding table alone */
    struct wiring_address *rows;
    size_t known;         /* so many addresses were looked for */
};

void guest_macs_learn(struct engine *e, const struct report *r);
/* Before tables of n give way to newer ones. */
void guest_macs_keep_rows(const struct engine *e, struct node *n, const struct wiring *newer);
/* NULL: none was kept, or not all of these addresses were looked for then. */
const struct wiring *guest_macs_rows(const struct engine *e, const struct node *n, const struct mac *const *wanted,
                                     size_t count);
void guest_macs_forget(struct node *n);

#endif
