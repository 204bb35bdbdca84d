#include "poller/base/base64.h"

#include <stdint.h>

void base64_put(const void *bytes, size_t len, struct buf *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *in = bytes;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < len ? (uint32_t)in[i + 1] << 8 : 0) |
                     (i + 2 < len ? in[i + 2] : 0);
        buf_char(out, alphabet[v >> 18]);
        buf_char(out, alphabet[v >> 12 & 63]);
        buf_char(out, i + 1 < len ? alphabet[v >> 6 & 63] : '=');
        buf_char(out, i + 2 < len ? alphabet[v & 63] : '=');
    }
}
