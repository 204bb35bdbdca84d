/* From the tree of a whole configuration to its structs: defaults merged, checks added, names checked
 * against each other. No disk is touched. */
#ifndef HAYLOFT_CONFIG_ASSEMBLE_H
#define HAYLOFT_CONFIG_ASSEMBLE_H

#include "poller/config/bind.h"
#include "poller/config/config.h"
#include "poller/config/kinds.h"
#include "poller/config/receivers.h"
#include "poller/model/profile.h"

/* Fills *out as far as the tree allows; whether it may be used is for the complaints to say. services and
 * profiles (for the meanings thresholds go by) may be NULL. Texts (etc/texts) are not its business. */
void config_assemble(struct binder *b, const struct check_kinds *kinds,
                     const struct service_door *services, const struct profile_set *profiles,
                     const struct yaml *root, struct config *out);

#endif
