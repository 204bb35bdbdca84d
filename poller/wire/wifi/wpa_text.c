#include "poller/wire/wifi/wpa_text.h"

#include <string.h>

#include "poller/base/utf8.h"

#define DIGITS_MAX 10
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct wpa_text wpa_text_of(const char *text)
{
    return (struct wpa_text){text, strlen(text)};
}

bool wpa_cell(struct wpa_text *rest, char separator, struct wpa_text *cell)
{
    if (rest->len == 0)
        return false;
    const char *end = memchr(rest->at, separator, rest->len);
    size_t taken = end ? (size_t)(end - rest->at) + 1 : rest->len;
    *cell = (struct wpa_text){rest->at, end ? taken - 1 : taken};
    rest->at += taken;
    rest->len -= taken;
    return true;
}

bool wpa_line(struct wpa_text *rest, struct wpa_text *line)
{
    return wpa_cell(rest, '\n', line);
}

bool wpa_is(struct wpa_text t, const char *word)
{
    return t.len == strlen(word) && memcmp(t.at, word, t.len) == 0;
}

bool wpa_take(struct wpa_text *t, const char *word)
{
    size_t len = strlen(word);
    if (t->len < len || memcmp(t->at, word, len) != 0)
        return false;
    t->at += len;
    t->len -= len;
    return true;
}

bool wpa_holds(struct wpa_text t, const char *word)
{
    return memmem(t.at, t.len, word, strlen(word)) != NULL;
}

/* How many bytes are before the next blank that is not in quotes. */
static size_t word_length(struct wpa_text t)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < t.len && (quoted || t.at[i] != ' '); i++) {
        if (t.at[i] == '"')
            quoted = !quoted;
        else if (quoted && t.at[i] == '\\' && i + 1 < t.len)
            i++;
    }
    return i;
}

static struct wpa_text without_quotes(struct wpa_text t)
{
    bool quoted = t.len >= 2 && t.at[0] == '"' && t.at[t.len - 1] == '"';
    return quoted ? (struct wpa_text){t.at + 1, t.len - 2} : t;
}

bool wpa_word(struct wpa_text line, const char *name, struct wpa_text *value)
{
    while (line.len > 0) {
        struct wpa_text word = {line.at, word_length(line)};
        size_t taken = word.len + (word.len < line.len);
        line.at += taken;
        line.len -= taken;
        if (wpa_take(&word, name) && wpa_take(&word, "=")) {
            *value = without_quotes(word);
            return true;
        }
    }
    return false;
}

bool wpa_number(struct wpa_text t, int64_t *out)
{
    bool negative = wpa_take(&t, "-");
    int64_t n = 0;
    if (t.len == 0 || t.len > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        n = n * 10 + (t.at[i] - '0');
    }
    *out = negative ? -n : n;
    return true;
}

bool wpa_mac(struct wpa_text t, struct mac *out)
{
    char text[MAC_TEXT_MAX];
    if (t.len >= sizeof text)
        return false;
    memcpy(text, t.at, t.len);
    text[t.len] = '\0';
    return mac_parse(text, out);
}

/* ---- names of networks ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands behind a backslash; taken off t. -1: nothing it ever writes. */
static int unescaped(struct wpa_text *t)
{
    static const char names[] = "\\\"enrt", values[] = "\\\"\033\n\r\t";
    if (t->len == 0)
        return -1;
    char c = *t->at++;
    t->len--;
    const char *known = c ? strchr(names, c) : NULL;
    if (known)
        return (unsigned char)values[known - names];
    if (c != 'x' || t->len < 2 || hex_digit(t->at[0]) < 0 || hex_digit(t->at[1]) < 0)
        return -1;
    int value = hex_digit(t->at[0]) << 4 | hex_digit(t->at[1]);
    t->at += 2;
    t->len -= 2;
    return value;
}

bool wpa_ssid(struct wpa_text t, struct ssid *out)
{
    *out = (struct ssid){.len = 0};
    while (t.len > 0) {
        int byte = (unsigned char)*t.at++;
        t.len--;
        if (byte == '\\')
            byte = unescaped(&t);
        if (byte < 0 || out->len == SSID_BYTES_MAX)
            return false;
        out->bytes[out->len++] = (uint8_t)byte;
    }
    return true;
}

struct ssid ssid_of(const char *text)
{
    struct ssid s = {.len = (uint8_t)strnlen(text, SSID_BYTES_MAX)};
    memcpy(s.bytes, text, s.len);
    return s;
}

bool ssid_equal(const struct ssid *a, const struct ssid *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Controls (U+0080 to U+009F too), and what turns the direction of text: U+200E, U+200F, U+202A to U+202E, U+2066 to
 * U+2069. */
static bool is_control(const char *c, size_t len)
{
    const unsigned char *b = (const unsigned char *)c;
    if (len == 1)
        return b[0] < 0x20 || b[0] == 0x7f;
    if (len == 2)
        return b[0] == 0xc2 && b[1] < 0xa0;
    if (len != 3 || b[0] != 0xe2)
        return false;
    return (b[1] == 0x80 && (b[2] == 0x8e || b[2] == 0x8f || (b[2] >= 0xaa && b[2] <= 0xae))) ||
           (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9);
}

void ssid_show(const struct ssid *s, struct buf *out)
{
    const char *text = (const char *)s->bytes;
    for (size_t i = 0, len; i < s->len; i += len ? len : 1) {
        len = utf8_length(text + i, s->len - i);
        if (len == 0 || is_control(text + i, len))
            buf_text(out, REPLACEMENT);
        else
            buf_put(out, text + i, len);
    }
}
