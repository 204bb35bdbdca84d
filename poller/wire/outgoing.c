#include "poller/wire/outgoing.h"

#include <assert.h>
#include <string.h>

#include "poller/base/cursor.h"
#include "poller/wire/peel.h"

size_t outgoing_write(int32_t vid, const uint8_t *data, size_t len, uint8_t out[static OUTGOING_BYTES_MAX])
{
    struct writer w = writer_over(out, OUTGOING_BYTES_MAX);
    assert(len >= ETHER_HEAD_BYTES && len <= ETHER_BYTES_MAX);
    wr_bytes(&w, data, ETHER_ADDRESSES_BYTES);
    if (vid != ETHER_UNTAGGED) {
        wr_u16(&w, TYPE_VLAN);
        wr_u16(&w, (uint16_t)(vid & ETHER_VID_MASK));
    }
    wr_bytes(&w, data + ETHER_ADDRESSES_BYTES, len - ETHER_ADDRESSES_BYTES);
    size_t padding = len < OUTGOING_LEAST ? OUTGOING_LEAST - len : 0;
    memset(w.at, 0, padding);
    return wr_len(&w) + padding;
}
