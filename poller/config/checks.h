/* The checks of a node: `snmp: {community: public}`, `tcp: 445`, `tcp: [22, {port: 445, label: files}]`,
 * `ping: off`; automatic kinds are added to what has an address. */
#ifndef HAYLOFT_CONFIG_CHECKS_H
#define HAYLOFT_CONFIG_CHECKS_H

#include "poller/config/bind.h"
#include "poller/config/config.h"
#include "poller/config/kinds.h"

const struct check_kind *check_kind_find(const struct check_kinds *kinds, const char *name);
/* `off`, `no` or `false` */
bool check_is_off(const struct yaml *y);
/* `on`, `yes`, `true` or nothing: the kind with its defaults */
bool check_is_bare(const struct yaml *y);
/* Complains of what is wrong with a check in `defaults:`, where required options may be left out. */
void checks_try(struct binder *b, const struct check_kind *kind, const struct yaml *y);
/* Fills node's checks from the keys of its map; node's address is bound already. */
void checks_bind(struct binder *b, const struct check_kinds *kinds, const struct yaml *map,
                 struct config_node *node);

#endif
