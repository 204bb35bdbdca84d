/* What was found around us, and what to make of it: a name, a class, whether to watch it. Values
 * only; asking the network happens elsewhere. */
#ifndef HAYLOFT_DISCOVER_FOUND_H
#define HAYLOFT_DISCOVER_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/model/words.h"

#define FOUND_MAX      512 /* a /24, the gateway, and neighbours beside it */
#define FOUND_NAME_MAX 64
#define FOUND_TEXT_MAX 128

struct found {
    struct addr addr;
    struct mac mac;
    bool gateway, pinged, snmp;
    char host[FOUND_TEXT_MAX];   /* by DNS or mDNS, as it came: hostile text; "" unknown */
    char vendor[FOUND_TEXT_MAX]; /* of its MAC; "" unknown */
    char sysname[FOUND_TEXT_MAX], sysdescr[FOUND_TEXT_MAX]; /* hostile text */
    uint32_t sysservices; /* RFC 3418: 2 = bridge, 4 = router, 64 = applications; 0 unknown */
    /* the judgement */
    char name[FOUND_NAME_MAX]; /* sane, unique in its household */
    enum node_class class;
    bool watched;
    const char *why; /* a word for people; not owned */
};

struct household {
    struct found items[FOUND_MAX];
    size_t count;
    size_t dropped; /* beyond the ceiling */
};

/* The entry of addr, made when it is new; NULL at the ceiling. */
struct found *household_entry(struct household *h, const struct addr *addr);
/* Names and classes for all, gateways first, then by address. */
void household_judge(struct household *h);

/* Letters, digits and '-' of the first label of text, lower case. "" when nothing is left. */
void found_sane_name(const char *text, char out[static FOUND_NAME_MAX]);

#endif
