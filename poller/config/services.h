/* The data files of services, receivers/NAME.yaml among our own data. */
#ifndef HAYLOFT_CONFIG_SERVICES_H
#define HAYLOFT_CONFIG_SERVICES_H

#include "poller/config/receivers.h"

#define SERVICES_MAX 64 /* names offered for a mistyped one */

struct service_files {
    struct arena *arena;
    struct complaints *complaints;
    char *names[SERVICES_MAX]; /* listed when first asked for */
    size_t count;
};

/* A door onto files, which must stay as long as it is used. */
struct service_door services_door(struct service_files *files);

#endif
