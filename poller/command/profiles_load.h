/* Profiles for what asks devices without the daemon: read by hayloft-config, which alone knows YAML. */
#ifndef HAYLOFT_COMMAND_PROFILES_LOAD_H
#define HAYLOFT_COMMAND_PROFILES_LOAD_H

#include "poller/base/arena.h"
#include "poller/model/profile.h"

/* Our own, and those beside the configuration, which need not exist itself. All of it lives in arena. NULL
 * after the reader, or we, said on stderr what is wrong. */
const struct profile_set *profiles_load(const char *config, struct arena *arena);

#endif
