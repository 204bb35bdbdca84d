#include "poller/command/walk/pattern_text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define IP6_TEXT_MAX 46

static uint8_t char_at(struct span t, size_t at)
{
    return at < t.len ? t.text[at] : 0;
}

static bool ends_word(struct span t, size_t at)
{
    return !isalnum(char_at(t, at));
}

static bool starts_word(struct span t, size_t at)
{
    return !at || !isalnum(t.text[at - 1]);
}

static unsigned hex_value(uint8_t c)
{
    return isdigit(c) ? (unsigned)(c - '0') : (unsigned)(tolower(c) - 'a') + 10;
}

/* ---- MAC ---- */

static bool has_letter(struct span t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (isalpha(t.text[i]))
            return true;
    return false;
}

/* Six groups of one or two digits; with blanks or dots between them they may be plain numbers. */
static size_t grouped_mac(struct span t, size_t at, uint8_t out[static 6])
{
    size_t i = at;
    uint8_t mark = 0;
    for (int group = 0; group < 6; group++) {
        if (group == 1 && !strchr(":-. ", mark = char_at(t, i)))
            return 0;
        if (group && (!mark || char_at(t, i++) != mark))
            return 0;
        if (!isxdigit(char_at(t, i)))
            return 0;
        out[group] = (uint8_t)hex_value(t.text[i++]);
        if (isxdigit(char_at(t, i)))
            out[group] = (uint8_t)(out[group] << 4 | hex_value(t.text[i++]));
        else if (mark != ':' && (group || char_at(t, i) != ':'))
            return 0;
    }
    return ends_word(t, i) && char_at(t, i) != mark &&
                   ((mark != ' ' && mark != '.') || has_letter(t, at, i))
               ? i - at
               : 0;
}

/* Twelve digits, with a dot behind each four or with none. */
static size_t long_mac(struct span t, size_t at, uint8_t out[static 6])
{
    size_t i = at, digits = 0;
    bool dots = char_at(t, at + 4) == '.', letter = false, number = false;
    while (digits < 12) {
        uint8_t c = char_at(t, i++);
        if (dots && (digits == 4 || digits == 8)) {
            if (c != '.')
                return 0;
            c = char_at(t, i++);
        }
        if (!isxdigit(c))
            return 0;
        letter |= isalpha(c) != 0;
        number |= isdigit(c) != 0;
        out[digits / 2] =
            (uint8_t)(digits % 2 ? out[digits / 2] << 4 | hex_value(c) : hex_value(c));
        digits++;
    }
    bool sure = dots ? char_at(t, i) != '.' : letter && number;
    return ends_word(t, i) && sure ? i - at : 0;
}

size_t pattern_mac(struct span t, size_t at, uint8_t out[static 6])
{
    if (!starts_word(t, at) || !isxdigit(char_at(t, at)) ||
        (at && (t.text[at - 1] == ':' || t.text[at - 1] == '.')))
        return 0;
    size_t took = grouped_mac(t, at, out);
    return took ? took : long_mac(t, at, out);
}

void pattern_put_mac(struct span like, const uint8_t mac[static 6], struct buf *out)
{
    bool upper = false;
    unsigned group = 0;
    for (size_t i = 0; i < like.len; i++)
        upper |= isupper(like.text[i]) != 0;
    for (size_t i = 0; i < like.len && group < 6; i++) {
        if (!isxdigit(like.text[i])) {
            buf_char(out, (char)like.text[i]);
            continue;
        }
        bool wide = i + 1 < like.len && isxdigit(like.text[i + 1]);
        buf_printf(out, wide ? upper ? "%02X" : "%02x" : upper ? "%X" : "%x", mac[group++]);
        i += wide;
    }
}

/* ---- IP ---- */

size_t pattern_ip4(struct span t, size_t at, uint8_t out[static 4])
{
    size_t i = at;
    if (!starts_word(t, at) || (at && (t.text[at - 1] == '.' || t.text[at - 1] == '-')))
        return 0;
    for (int part = 0; part < 4; part++) {
        unsigned number = 0, digits = 0;
        if (part && char_at(t, i++) != '.')
            return 0;
        for (; isdigit(char_at(t, i)) && digits < 4; digits++)
            number = number * 10 + (unsigned)(t.text[i++] - '0');
        if (!digits || digits > 3 || number > 255)
            return 0;
        out[part] = (uint8_t)number;
    }
    bool goes_on = char_at(t, i) == '.' && isalnum(char_at(t, i + 1));
    return ends_word(t, i) && !goes_on ? i - at : 0;
}

size_t pattern_ip6(struct span t, size_t at, uint8_t out[static 16])
{
    char text[IP6_TEXT_MAX];
    size_t len = 0, colons = 0;
    if (!starts_word(t, at) || (at && t.text[at - 1] == ':'))
        return 0;
    while (len < sizeof text - 1) {
        uint8_t c = char_at(t, at + len);
        if (!isxdigit(c) && c != ':' && c != '.')
            break;
        colons += c == ':';
        text[len++] = (char)c;
    }
    while (len && text[len - 1] == '.')
        len--;
    text[len] = '\0';
    return colons >= 2 && ends_word(t, at + len) && inet_pton(AF_INET6, text, out) == 1 ? len : 0;
}

/* ---- people ---- */

static size_t run_of(struct span t, size_t at, const char *marks)
{
    size_t len = 0;
    while (char_at(t, at + len) &&
           (isalnum(char_at(t, at + len)) || strchr(marks, char_at(t, at + len))))
        len++;
    return len;
}

size_t pattern_email(struct span t, size_t at)
{
    size_t local = starts_word(t, at) ? run_of(t, at, "._%+-") : 0;
    if (!local || char_at(t, at + local) != '@')
        return 0;
    size_t domain = run_of(t, at + local + 1, ".-");
    return domain ? local + 1 + domain : 0;
}

/* ---- places ---- */

/* [+-]digits.digits with at least so many behind the point. */
static size_t decimal(struct span t, size_t at, size_t least)
{
    size_t i = at, before = 0, behind = 0;
    if (char_at(t, i) == '-' || char_at(t, i) == '+')
        i++;
    for (; isdigit(char_at(t, i)); i++)
        before++;
    if (!before || before > 5 || char_at(t, i++) != '.')
        return 0;
    for (; isdigit(char_at(t, i)); i++)
        behind++;
    return behind >= least && char_at(t, i) != '.' ? i - at : 0;
}

static bool is_compass(uint8_t c)
{
    return c && strchr("NSEWnsew", c);
}

size_t pattern_place(struct span t, size_t at)
{
    if ((at && (isdigit(t.text[at - 1]) || t.text[at - 1] == '.')) ||
        (!isdigit(char_at(t, at)) && char_at(t, at) != '-'))
        return 0;
    size_t one = decimal(t, at, 3), next = at + one;
    if (!one)
        return 0;
    bool before = at && is_compass(t.text[at - 1]) && (at < 2 || !isalnum(t.text[at - 2]));
    bool behind = is_compass(char_at(t, next)) && ends_word(t, next + 1);
    while (char_at(t, next) && strchr(",; /|\t", char_at(t, next)))
        next++;
    size_t two = next > at + one ? decimal(t, next, 3) : 0;
    if (two)
        return next + two - at;
    return before || behind ? one : 0;
}

size_t pattern_dialled(struct span t, size_t at, size_t *user_at, size_t *user_len)
{
    static const char *const ways[] = {"<pppoe-", "<pptp-", "<l2tp-", "<sstp-", "<ovpn-", "<ppp-"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        size_t len = strlen(ways[i]);
        if (t.len - at <= len || strncasecmp((const char *)t.text + at, ways[i], len) != 0)
            continue;
        const uint8_t *end = memchr(t.text + at + len, '>', t.len - at - len);
        *user_at = at + len;
        *user_len = (end ? (size_t)(end - t.text) : t.len) - *user_at;
        return len + *user_len;
    }
    return 0;
}

size_t pattern_path(struct span t, size_t at, size_t *owned_at)
{
    static const char *const folders[] = {"/home/", "/mnt/",    "/media/", "/srv/",
                                          "/net/",  "/export/", "/users/", "//"};
    if (at && isalnum(t.text[at - 1]))
        return 0;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t len = strlen(folders[i]);
        if (t.len - at <= len || strncasecmp((const char *)t.text + at, folders[i], len) != 0)
            continue;
        *owned_at = at + len;
        while (at + len < t.len && !strchr(" ,;\t\r\n", t.text[at + len]))
            len++;
        return len;
    }
    return 0;
}

size_t pattern_hex_dump(struct span t, uint8_t *out, size_t capacity, char *mark)
{
    size_t len = 0;
    *mark = t.len > 2 ? (char)t.text[2] : '\0';
    if (!*mark || !strchr(" :-", *mark))
        return 0;
    for (size_t i = 0; i < t.len; i += 3) {
        if (!isxdigit(char_at(t, i)) || !isxdigit(char_at(t, i + 1)) || len == capacity)
            return 0;
        out[len++] = (uint8_t)(hex_value(t.text[i]) << 4 | hex_value(t.text[i + 1]));
        if (i + 2 < t.len && t.text[i + 2] != (uint8_t)*mark)
            return 0;
    }
    return len >= HEX_DUMP_LEAST ? len : 0;
}
