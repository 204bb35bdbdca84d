/* What every role's main does the same way: speak with the parent on descriptor 3, take slices through
 * the two phases of a reload, receive peers and sockets, answer pings, stop when told or when the parent
 * is gone. */
#ifndef HAYLOFT_MESSAGE_ROLE_H
#define HAYLOFT_MESSAGE_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "poller/base/channel.h"
#include "poller/message/parent_any.h"
#include "poller/model/words.h"

struct role_hooks {
    /* A new slice, whole, readable until the next prepare, adopt or forget. Build it aside. On failure
     * give a malloc'd sentence in *error and return false. */
    bool (*prepare)(void *ctx, uint64_t generation, const void *slice, size_t len, char **error);
    void (*adopt)(void *ctx, uint64_t generation);
    void (*forget)(void *ctx, uint64_t generation);
    void (*peer)(void *ctx, enum role peer, int fd);                    /* fd: the callee's */
    void (*socket)(void *ctx, enum privileged_socket kind, int fd);     /* fd: the callee's; may be NULL */
    void (*stop)(void *ctx);           /* finish, then uv_stop the loop */
    void (*reloaded)(void *ctx, const struct pa_reloaded *r);           /* engine only; may be NULL */
    void (*trouble)(void *ctx, const struct pa_trouble *t);             /* engine only; may be NULL */
};

struct role_runtime;

/* Ends the process with a message when descriptor 3 is not the parent's channel. */
struct role_runtime *role_start(uv_loop_t *loop, enum role self, const struct role_hooks *hooks,
                                void *ctx);
void role_want(struct role_runtime *r, enum role wanted);     /* AP_WANT, at most once a second each */
bool role_reload(struct role_runtime *r, uint32_t request);   /* AP_RELOAD */
void role_finish(struct role_runtime *r);

#endif
