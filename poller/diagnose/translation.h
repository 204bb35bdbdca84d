/* Radios that put their own address on everything that passes them: a client without WDS (4-address frames). The
 * main network works over them by ARP tricks; tags of a guest network cannot cross.
 *
 * Seen as: several nodes, all of them behind one radio, answer with one and the same address. */
#ifndef HAYLOFT_DIAGNOSE_TRANSLATION_H
#define HAYLOFT_DIAGNOSE_TRANSLATION_H

#include "poller/diagnose/topology.h"

struct translation {
    uint32_t radio;         /* box */
    struct mac mac;         /* they all have */
    uint32_t nodes[4];      /* of the scene, some of them */
    size_t node_count;      /* how many there are: may be more than stand here */
};

/* Of the radios on a way the nearest to those who answer with its address. */
bool translation_find(const struct topology *t, const struct way *way, struct translation *out);

#endif
