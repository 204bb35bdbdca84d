/* One message between two of our processes: a SOCK_SEQPACKET datagram of a 16-bit type and a payload,
 * with at most one descriptor passed beside it. The kernel keeps the boundaries; we check the rest. */
#ifndef HAYLOFT_BASE_FRAME_H
#define HAYLOFT_BASE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_PAYLOAD_MAX 65536 /* bytes; larger things travel as a sealed memfd */

struct frame {
    uint16_t type;
    const uint8_t *payload; /* points into the receiver's buffer, until the next receive */
    size_t len;
    int fd;                 /* passed descriptor, close-on-exec, owned by whoever takes it; -1: none */
};

enum frame_result { FRAME_OK, FRAME_AGAIN, FRAME_CLOSED, FRAME_BAD };

/* A connected pair, non-blocking, close-on-exec. 0 or -1 with errno. */
int frame_pair(int fds[2]);
enum frame_result frame_send(int fd, uint16_t type, const void *payload, size_t len, int pass_fd);
/* buffer must hold FRAME_BUFFER_BYTES. FRAME_BAD: nonsense from the other side, end the channel. */
#define FRAME_BUFFER_BYTES (FRAME_PAYLOAD_MAX + 2)
enum frame_result frame_receive(int fd, uint8_t *buffer, struct frame *out);

#endif
