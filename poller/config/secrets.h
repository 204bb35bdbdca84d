/* secrets.yaml beside the configuration: NAME: secret, and nobody else may read it. */
#ifndef HAYLOFT_CONFIG_SECRETS_H
#define HAYLOFT_CONFIG_SECRETS_H

#include "poller/config/yaml.h"

/* The first value that asks for a secret; NULL when none does, and then no file needs to be there. */
const struct yaml *secrets_first_use(const struct yaml *y);
/* The map of secrets; NULL after a complaint at the value that asks, which names the file's mode when
 * others may read it. */
const struct yaml *secrets_read(const char *path, const struct yaml *asks, struct arena *arena,
                                struct complaints *c);

#endif
