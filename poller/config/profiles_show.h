/* What was read of profiles, for people and for programs. */
#ifndef HAYLOFT_CONFIG_PROFILES_SHOW_H
#define HAYLOFT_CONFIG_PROFILES_SHOW_H

#include "poller/config/profiles.h"

/* How many from where, and which of the user's stand in for ours. */
void profiles_show(const struct profile_library *l, struct buf *out);
/* A document with each of them, and what is wrong. */
void profiles_show_json(bool ok, const struct profile_library *l, const struct complaints *c, struct buf *out);

#endif
