/* Server-sent events: each listener is told that something changed, at most once a second, and hears a
 * heartbeat so that both sides notice when the other is gone. There is nothing to queue: a listener that
 * was slow hears the newest number, and loads what it shows anew. */
#ifndef HAYLOFT_WEB_STREAM_H
#define HAYLOFT_WEB_STREAM_H

#include <uv.h>

#include "web/exchange.h"

#define STREAMS_MAX 64
#define STREAMS_EACH 8 /* of one address */
#define STREAM_HEARTBEAT_MS 15000
#define STREAM_GAP_MS 1000

struct MHD_Response;
struct streams;

struct streams *streams_create(uv_loop_t *loop, struct web *web);
void streams_destroy(struct streams *s);
void streams_changed(struct streams *s);
void streams_end(struct streams *s); /* all listeners are told good-bye */
size_t streams_count(const struct streams *s);

/* Listeners that have left are let go first. */
bool streams_have_place(struct streams *s, const struct addr *client);
struct MHD_Response *stream_response(struct exchange *x);

#endif
