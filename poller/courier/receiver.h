/* Where messages go, as the drivers in receivers/ see it: a delivery is one message to one receiver, it
 * ends in exactly one outcome. */
#ifndef HAYLOFT_COURIER_RECEIVER_H
#define HAYLOFT_COURIER_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "poller/config/config.h"
#include "poller/courier/document.h"
#include "poller/courier/transfer.h"
#include "poller/message/store_courier.h"

struct receiver_driver;

struct receiver {
    const struct config_receiver *setting; /* lives as long as the receiver */
    const struct receiver_driver *driver;
    void *ready;                           /* what the driver's prepare made */
};

struct delivery {
    const struct receiver *receiver;
    const struct document *document;
    uv_loop_t *loop;
    struct transfers *transfers;
    const char *ca_file;                   /* NULL: the system's */
    void *work;                            /* the driver's, while it runs */
    void (*done)(struct delivery *d, enum delivery_outcome outcome, int64_t retry_after_ns,
                 const char *error);       /* ends it; d is gone afterwards */
};

struct receiver_driver {
    /* Checks a setting and readies what does not change between messages. False with a malloc'd
     * sentence in *error. */
    bool (*prepare)(const struct config_receiver *setting, void **ready, char **error);
    void (*release)(void *ready);
    void (*start)(struct delivery *d);     /* may end it at once */
    void (*cancel)(struct delivery *d);    /* frees the work, without an outcome */
};

extern const struct receiver_driver mail_driver, webhook_driver, exec_driver;

#endif
