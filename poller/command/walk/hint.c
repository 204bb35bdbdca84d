#include "poller/command/walk/hint.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define LENGTH_MAX 65535u

/* One octet format specification: [*] length form [separator [terminator]]. */
struct piece {
    bool repeats;
    size_t length;
    char form, separator, terminator;
};

static bool is_mark(char c)
{
    return c && c != '*' && !isdigit((unsigned char)c);
}

/* NULL: not well formed. */
static const char *take_piece(const char *at, struct piece *out)
{
    *out = (struct piece){.repeats = *at == '*'};
    at += out->repeats;
    if (!isdigit((unsigned char)*at))
        return NULL;
    for (; isdigit((unsigned char)*at); at++) {
        out->length = out->length * 10 + (size_t)(*at - '0');
        if (out->length > LENGTH_MAX)
            return NULL;
    }
    if (!*at || !strchr("xdoat", *at))
        return NULL;
    out->form = *at++;
    if (is_mark(*at))
        out->separator = *at++;
    if (out->repeats && out->separator && is_mark(*at))
        out->terminator = *at++;
    return at;
}

static bool put_number(const struct piece *p, const uint8_t *octets, size_t len, struct buf *out)
{
    uint64_t number = 0;
    if (p->form == 'x') {
        for (size_t i = 0; i < len; i++)
            buf_printf(out, "%02x", octets[i]);
        return true;
    }
    if (len > sizeof number)
        return false;
    for (size_t i = 0; i < len; i++)
        number = number << 8 | octets[i];
    buf_printf(out, p->form == 'o' ? "%" PRIo64 : "%" PRIu64, number);
    return true;
}

static bool put_piece(const struct piece *p, const uint8_t **at, const uint8_t *end,
                      struct buf *out)
{
    size_t len = (size_t)(end - *at) < p->length ? (size_t)(end - *at) : p->length;
    bool text = p->form == 'a' || p->form == 't';
    if (text)
        buf_put(out, *at, len);
    else if (len && !put_number(p, *at, len, out))
        return false;
    *at += len;
    return true;
}

/* The last piece goes on for as long as there are octets (section 3.1). */
static bool put_all(const char *hint, const uint8_t *at, const uint8_t *end, struct buf *out)
{
    const char *next = hint;
    struct piece p = {0};
    while (at < end) {
        if (*next && !(next = take_piece(next, &p)))
            return false;
        if (!p.length && !p.repeats)
            return false;
        size_t times = p.repeats ? *at++ : 1;
        for (size_t i = 0; i < times && at < end; i++) {
            if ((!p.length) || !put_piece(&p, &at, end, out))
                return false;
            bool last = at == end || (i + 1 == times && p.terminator);
            if (p.separator && !last)
                buf_char(out, p.separator);
        }
        if (p.terminator && at < end)
            buf_char(out, p.terminator);
    }
    return true;
}

bool hint_octets(const char *hint, const uint8_t *octets, size_t len, struct buf *out)
{
    struct buf text = {0};
    bool fits = hint && *hint && put_all(hint, octets, octets + len, &text) && !text.failed;
    if (fits)
        buf_put(out, buf_string(&text), text.len);
    buf_fini(&text);
    return fits;
}

static void put_decimal(int64_t value, unsigned places, struct buf *out)
{
    uint64_t number = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, unit = 1;
    for (unsigned i = 0; i < places; i++)
        unit *= 10;
    buf_printf(out, "%s%" PRIu64, value < 0 ? "-" : "", number / unit);
    if (places)
        buf_printf(out, ".%0*" PRIu64, (int)places, number % unit);
}

static void put_binary(uint64_t number, struct buf *out)
{
    int bit = 63;
    while (bit > 0 && !(number >> bit & 1))
        bit--;
    for (; bit >= 0; bit--)
        buf_char(out, number >> bit & 1 ? '1' : '0');
}

bool hint_integer(const char *hint, int64_t value, struct buf *out)
{
    if (!hint || !*hint)
        return false;
    if (strcmp(hint, "d") == 0 ||
        (hint[0] == 'd' && hint[1] == '-' && isdigit((unsigned char)hint[2]) && !hint[3]))
        put_decimal(value, hint[1] ? (unsigned)(hint[2] - '0') : 0, out);
    else if (value >= 0 && strcmp(hint, "x") == 0)
        buf_printf(out, "%" PRIx64, (uint64_t)value);
    else if (value >= 0 && strcmp(hint, "o") == 0)
        buf_printf(out, "%" PRIo64, (uint64_t)value);
    else if (value >= 0 && strcmp(hint, "b") == 0)
        put_binary((uint64_t)value, out);
    else
        return false;
    return true;
}
