/* The kinds of checks a node may have, handed in by whoever knows the collectors. */
#ifndef HAYLOFT_CONFIG_KINDS_H
#define HAYLOFT_CONFIG_KINDS_H

#include "poller/base/field.h"

struct check_kind {
    const char *name;             /* also the key under a node */
    const struct record *options; /* what may stand below it */
    int64_t interval_ns;          /* default between rounds */
    bool automatic;               /* a node with an address has one unless it says off */
};

struct check_kinds {
    const struct check_kind *list;
    size_t count;
    field_resolver resolve;       /* name to options, for packing */
};

#endif
