/* `defaults:` under each node's own keys: {all: ..., class: {roaming: ...}, family: {...}, site: {...}}.
 * The nearer wins: the node itself, then site, family, class, all. */
#ifndef HAYLOFT_CONFIG_DEFAULTS_H
#define HAYLOFT_CONFIG_DEFAULTS_H

#include "poller/config/kinds.h"
#include "poller/config/yaml.h"

/* The node's map with what it inherits; NULL when the arena ends. `router: 192.168.1.1` becomes a map.
 * defaults may be NULL. */
struct yaml *defaults_merge(struct arena *arena, const struct check_kinds *kinds,
                            const struct yaml *defaults, const struct yaml *node);
/* `warn` and `bad` are not worked in: they stay with their scope, see struct config_group. */
bool defaults_is_threshold(const char *key);

#endif
