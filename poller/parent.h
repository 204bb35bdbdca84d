/* The parent: holds what needs rights, starts the roles, watches over them, carries reloads through
 * their two phases, and ends with all of them. One poll() loop over a signalfd and the channels; no
 * library but those that give rights away. */
#ifndef HAYLOFT_PARENT_H
#define HAYLOFT_PARENT_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/supervise.h"

struct parent_setting {
    const char *config_path;               /* absolute */
    const char *programs;                  /* folder of the roles' programs; NULL: as places says */
    const struct supervise_policy *policy; /* NULL: supervise_standard */
    /* Each may be NULL. */
    void (*state_folder)(void *ctx,
                         const char *state_dir); /* it is ours; nothing was started yet */
    void (*ready)(void *ctx); /* all roles work, or it is clear that one keeps failing */
    void (*failed)(void *ctx, const char *why); /* a role refused the first configuration */
    void (*alive)(void *ctx); /* once ready, every alive_every_ns: the loop turns */
    int64_t alive_every_ns;   /* above 0 when alive is set */
    void *ctx;
};

/* Runs until told to stop. The exit status: 0 after SIGTERM, 1 when it could not start. */
int parent_run(const struct parent_setting *setting);

#endif
