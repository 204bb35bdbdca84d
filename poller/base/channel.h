/* A frame socket in a libuv loop: messages described by records go out in order, are queued while the
 * other side is slow (up to a ceiling), and come in one callback each. */
#ifndef HAYLOFT_BASE_CHANNEL_H
#define HAYLOFT_BASE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "poller/base/field.h"
#include "poller/base/frame.h"

struct channel;

/* frame->fd, when set, belongs to the callee. */
typedef void (*channel_message_fn)(void *ctx, struct channel *c, const struct frame *frame);
/* The other side is gone or spoke nonsense; the callee destroys the channel (now or later). */
typedef void (*channel_closed_fn)(void *ctx, struct channel *c);

/* Takes over fd. NULL on failure (fd closed). */
struct channel *channel_create(uv_loop_t *loop, int fd, channel_message_fn on_message,
                               channel_closed_fn on_closed, void *ctx);
void channel_destroy(struct channel *c); /* NULL is fine; closes the descriptor */
/* The last words of a peer that is dead: hands on all that has arrived, and that it is closed. */
void channel_drain(struct channel *c);

/* False when the queue is at its ceiling (CHANNEL_QUEUE_MAX_BYTES) or the channel is closed.
 * record may be NULL for a message without fields. The field resolver is for variants. */
#define CHANNEL_QUEUE_MAX_BYTES (8u << 20)
bool channel_send(struct channel *c, uint16_t type, const struct record *record, const void *value);
bool channel_send_fd(struct channel *c, uint16_t type, const struct record *record,
                     const void *value, int fd); /* fd stays the caller's */
size_t channel_queued_bytes(const struct channel *c);

/* Unpacks a whole frame: false unless every byte was used. Values live in arena. */
bool frame_unpack(const struct frame *frame, const struct record *record, struct arena *arena,
                  void *value);

#endif
