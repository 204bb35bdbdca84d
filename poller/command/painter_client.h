/* A painter of our own, for one command: started as the parent would start it, asked over the channel the
 * pages use, gone with the command. */
#ifndef HAYLOFT_COMMAND_PAINTER_CLIENT_H
#define HAYLOFT_COMMAND_PAINTER_CLIENT_H

#include "graphs/points.h"
#include "poller/base/arena.h"
#include "poller/base/buf.h"
#include "poller/message/web_painter.h"

#define PAINTER_CLIENT_ERROR_MAX 256

struct painter_client;

struct painter_client *painter_client_open(const char *state_dir,
                                           char error[static PAINTER_CLIENT_ERROR_MAX]);
void painter_client_close(struct painter_client *c); /* NULL is fine */
const char *painter_client_error(const struct painter_client *c); /* of the last call that failed */

/* Points of an object; all of *out lives in arena. question's request is set here. */
bool painter_client_points(struct painter_client *c, struct wp_points *question, struct arena *arena,
                           struct points *out);
/* Appends a PNG. */
bool painter_client_picture(struct painter_client *c, struct wp_picture *question, struct buf *out);

#endif
