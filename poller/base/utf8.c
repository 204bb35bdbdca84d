#include "poller/base/utf8.h"

#include <stdint.h>

static bool continues(uint8_t b)
{
    return (b & 0xc0) == 0x80;
}

/* The second byte's range depends on the first: that is where overlong forms, surrogates and what lies
 * above U+10FFFF fall out. */
static bool second_fits(uint8_t first, uint8_t second)
{
    switch (first) {
    case 0xe0: return second >= 0xa0 && second <= 0xbf;
    case 0xed: return second >= 0x80 && second <= 0x9f;
    case 0xf0: return second >= 0x90 && second <= 0xbf;
    case 0xf4: return second >= 0x80 && second <= 0x8f;
    default: return continues(second);
    }
}

size_t utf8_length(const char *text, size_t left)
{
    const uint8_t *b = (const uint8_t *)text;
    if (left == 0)
        return 0;
    if (b[0] < 0x80)
        return 1;
    size_t len = b[0] >= 0xc2 && b[0] <= 0xdf   ? 2
                 : b[0] >= 0xe0 && b[0] <= 0xef ? 3
                 : b[0] >= 0xf0 && b[0] <= 0xf4 ? 4
                                                : 0;
    if (len == 0 || left < len || !second_fits(b[0], b[1]))
        return 0;
    for (size_t i = 2; i < len; i++)
        if (!continues(b[i]))
            return 0;
    return len;
}

bool utf8_is_valid(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = utf8_length(text + at, len - at);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

void utf8_clean(const char *text, size_t len, struct buf *out)
{
    for (size_t at = 0; at < len;) {
        size_t n = utf8_length(text + at, len - at);
        if (n)
            buf_put(out, text + at, n);
        else
            buf_text(out, "\xef\xbf\xbd");
        at += n ? n : 1;
    }
}
