/* A configuration as YAML with every default written out, such that it reads back as an equal one. What
 * came from secrets.yaml is named, not shown. */
#ifndef HAYLOFT_CONFIG_PRINT_H
#define HAYLOFT_CONFIG_PRINT_H

#include "poller/config/bind.h"
#include "poller/config/config.h"
#include "poller/config/kinds.h"

void config_print(const struct config *c, const struct check_kinds *kinds,
                  const struct secret_use *secrets, struct buf *out);
/* The same of a single struct, as the keys of a file of its own. */
void print_as_written(const struct record *r, const void *value, struct buf *out);

#endif
