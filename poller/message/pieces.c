#include "poller/message/pieces.h"

bool pieces_cut(const struct buf *whole, uint32_t request, uint32_t offset, struct ew_piece *out)
{
    if (offset >= whole->len)
        return false;
    size_t left = whole->len - offset;
    *out = (struct ew_piece){.request = request,
                             .total = (uint32_t)whole->len,
                             .offset = offset,
                             .bytes = {(uint8_t *)whole->data + offset, left < PIECE_BYTES ? left : PIECE_BYTES}};
    return true;
}

enum pieces_state pieces_take(struct pieces *p, const struct ew_piece *piece)
{
    size_t len = piece->bytes.len;
    if (piece->total > PIECES_MAX_BYTES || piece->offset != p->whole.len || piece->offset > piece->total ||
        !len || len > piece->total - piece->offset)
        return PIECES_WRONG;
    buf_put(&p->whole, piece->bytes.data, len);
    if (p->whole.failed)
        return PIECES_WRONG;
    return p->whole.len == piece->total ? PIECES_WHOLE : PIECES_MORE;
}

bool pieces_unpack(const struct pieces *p, const struct record *r, struct arena *arena, void *value)
{
    struct reader in = reader_over(p->whole.data, p->whole.len);
    return field_unpack(r, &in, NULL, arena, value) && rd_left(&in) == 0;
}

void pieces_fini(struct pieces *p)
{
    buf_fini(&p->whole);
}
