/* TCP connections of the kernel twin: non-blocking, one poll handle each. */
#ifndef HAYLOFT_BASE_STREAM_KERNEL_H
#define HAYLOFT_BASE_STREAM_KERNEL_H

#include <uv.h>

#include "poller/base/packets.h"

#define STREAMS_MAX 512 /* connections open at once */

struct stream_set {
    uv_loop_t *loop;
    struct stream *first;
    size_t count;
};

/* NULL with errno: could not even try (EMFILE at the ceiling). */
struct stream *stream_open(struct stream_set *set, const struct addr *to, uint16_t port, stream_fn fn,
                           void *ctx);
/* False unless all of it was taken by the kernel: requests here are small. */
bool stream_write(struct stream *s, const void *data, size_t len);
void stream_close(struct stream *s); /* no callback afterwards */
void stream_close_all(struct stream_set *set);

#endif
