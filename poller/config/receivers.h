/* `receivers:` - a kind with its keys ({mail: {...}}, {webhook: ...}, {exec: ...}) or a service by the name
 * of its data file ({ntfy: {url: ...}}), beside it who gets what and when. */
#ifndef HAYLOFT_CONFIG_RECEIVERS_H
#define HAYLOFT_CONFIG_RECEIVERS_H

#include "poller/config/bind.h"
#include "poller/config/config.h"

/* Where services are described. */
struct service_door {
    /* The tree of a service's file; NULL: there is none of that name. */
    const struct yaml *(*open)(void *ctx, const char *name);
    void (*offer)(void *ctx, struct nearest *near); /* the names there are */
    void *ctx;
};

void receiver_bind(struct binder *b, const struct service_door *services, const struct yaml *entry,
                   struct config_receiver *out);

#endif
