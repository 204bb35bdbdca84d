/* An answer that is longer than one message: packed as a whole, sent in pieces, put together again. Pure. */
#ifndef HAYLOFT_MESSAGE_PIECES_H
#define HAYLOFT_MESSAGE_PIECES_H

#include "poller/base/buf.h"
#include "poller/message/web_engine.h"

#define PIECE_BYTES 60000               /* of the whole in one message */
#define PIECES_MAX_BYTES (512u * 1024)  /* of the whole; what claims to be longer is refused */

/* The next piece of the whole from offset on. False: there is none left. bytes points into whole. */
bool pieces_cut(const struct buf *whole, uint32_t request, uint32_t offset, struct ew_piece *out);

struct pieces { /* zeroed: nothing came yet */
    struct buf whole;
};

enum pieces_state { PIECES_MORE, PIECES_WHOLE, PIECES_WRONG };

enum pieces_state pieces_take(struct pieces *p, const struct ew_piece *piece);
/* All of it as a value of r, which must take every byte; texts and lists live in arena. */
bool pieces_unpack(const struct pieces *p, const struct record *r, struct arena *arena, void *value);
void pieces_fini(struct pieces *p);

#endif
