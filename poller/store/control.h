/* A listening socket for the command line: SOCK_SEQPACKET, owner and group only. */
#ifndef HAYLOFT_STORE_CONTROL_H
#define HAYLOFT_STORE_CONTROL_H

#include <uv.h>

struct control;

typedef void (*control_accept_fn)(void *ctx, int fd); /* fd: the callee's */

/* Replaces what an earlier process left at path. NULL with errno. */
struct control *control_listen(uv_loop_t *loop, const char *path, control_accept_fn fn, void *ctx);
void control_close(struct control *c); /* NULL is fine */

#endif
