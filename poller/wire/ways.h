/* The ways one engine has opened, over the interfaces they are on: what comes in is judged for each and handed on,
 * what is to go out is judged, and whoever opened a way is told how it stands. */
#ifndef HAYLOFT_WIRE_WAYS_H
#define HAYLOFT_WIRE_WAYS_H

#include <uv.h>

#include "poller/message/engine_wire.h"

struct ways;

struct ways_hooks {
    /* False: there is no room for them now; they are lost, and counted. */
    bool (*frames)(void *ctx, const struct wire_frames *batch);
    void (*state)(void *ctx, const struct wire_state *state); /* it has changed */
    bool (*joined)(void *ctx, const char *interface); /* has its card joined a Wi-Fi network for us? */
};

struct ways *ways_create(uv_loop_t *loop, const struct ways_hooks *hooks, void *ctx); /* NULL: not possible here */
void ways_destroy(struct ways *w); /* NULL is fine */

/* One of that number is closed first. What makes no sense is told as a way that is not open, and why. */
void ways_open(struct ways *w, const struct wire_open *m);
void ways_close(struct ways *w, uint32_t way);
void ways_close_all(struct ways *w);
void ways_look(struct ways *w); /* something has changed that the kernel does not tell of */
void ways_send(struct ways *w, const struct wire_frames *batch);
size_t ways_count(const struct ways *w);

#endif
