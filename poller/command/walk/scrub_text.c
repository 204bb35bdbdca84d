#include "poller/command/walk/scrub_internal.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define WORD_MAX          256 /* of longer ones the rest is a word of its own */
#define MAKERS_WORD_LEAST 4   /* shorter ones are units, and parts of versions */
#define SERIAL_DIGITS     7   /* numbers of so many are no measurement */
#define SURELY_NO_VERSION 30  /* first numbers of versions are smaller */

static bool is_word(uint8_t c)
{
    return isalnum(c) || c >= 0x80;
}

static bool all_digits(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isdigit(text[i]))
            return false;
    return true;
}

static void lower(const uint8_t *text, size_t len, uint8_t *out)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)tolower(text[i]);
}

bool scrub_is_open(const struct scrub *s, const uint8_t *word, size_t len)
{
    uint8_t small[WORD_MAX];
    if (len > sizeof small)
        return false;
    lower(word, len, small);
    return len < 2 || (len < 3 && all_digits(word, len)) ||
           standins_knows(s->open, STANDIN_TEXT, small, len);
}

/* The next word at or behind *at; returns its length, 0: no more. */
static size_t next_word(const uint8_t *text, size_t len, size_t *at)
{
    size_t end;
    while (*at < len && !is_word(text[*at]))
        ++*at;
    for (end = *at; end < len && is_word(text[end]) && end - *at < WORD_MAX;)
        end++;
    return end - *at;
}

void scrub_open_words(struct scrub *s, const uint8_t *text, size_t len)
{
    uint8_t small[WORD_MAX];
    size_t at = 0, word;
    for (; (word = next_word(text, len, &at)); at += word) {
        lower(text + at, word, small);
        s->failed |= !standins_note(s->open, STANDIN_TEXT, small, word);
    }
}

void scrub_address(struct scrub *s, enum standin_kind kind, uint8_t *octets, size_t len)
{
    bool fine = s->learning ? standins_note(s->standins, kind, octets, len)
                            : standins_replace(s->standins, kind, octets, len);
    s->failed |= !fine;
}

/* One stand-in for a word however it is written; capitals stay where they were. */
static void replace_word(struct scrub *s, uint8_t *word, size_t len)
{
    uint8_t small[WORD_MAX];
    lower(word, len, small);
    scrub_address(s, STANDIN_TEXT, small, len);
    if (s->learning)
        return;
    for (size_t i = 0; i < len; i++)
        word[i] = isupper(word[i]) ? (uint8_t)toupper(small[i]) : small[i];
}

/* Where anything may stand: "18 dBm", "ok", "Hans". */
static bool makers_word(struct scrub *s, uint8_t *word, size_t len)
{
    bool number = all_digits(word, len) && len < SERIAL_DIGITS;
    if (len < MAKERS_WORD_LEAST || number || scrub_is_open(s, word, len))
        return false;
    replace_word(s, word, len);
    return true;
}

void scrub_words(struct scrub *s, uint8_t *text, size_t len)
{
    size_t at = 0, word;
    for (; (word = next_word(text, len, &at)); at += word)
        if (!scrub_is_open(s, text + at, word))
            replace_word(s, text + at, word);
}

/* A word that is open, or a short number, says nothing of its owner. */
static bool tells_something(const struct scrub *s, const uint8_t *text, size_t len)
{
    size_t at = 0, word;
    for (; (word = next_word(text, len, &at)); at += word)
        if (!scrub_is_open(s, text + at, word) &&
            (word >= NEEDLE_ANYWHERE || !all_digits(text + at, word)))
            return true;
    return false;
}

static bool is_an_address(struct span t)
{
    uint8_t octets[16];
    return (pattern_mac(t, 0, octets) == t.len && !standins_is_common(STANDIN_MAC, octets, 6)) ||
           pattern_ip4(t, 0, octets) == t.len || pattern_ip6(t, 0, octets) == t.len;
}

void scrub_learn(struct scrub *s, const uint8_t *text, size_t len)
{
    while (len && !is_word(text[len - 1]))
        len--;
    while (len && !is_word(*text)) {
        text++;
        len--;
    }
    if (s->learning && !scrub_is_port(s, text, len) && !is_an_address((struct span){text, len}) &&
        tells_something(s, text, len))
        s->failed |= !needles_add(s->needles, text, len);
}

/* ---- texts of which nothing is known ---- */

static bool is_private(const uint8_t *a)
{
    return (a[0] == 192 && a[1] == 168) || (a[0] == 172 && (a[1] & 0xf0) == 16);
}

static bool follows_v(struct span t, size_t at)
{
    return at && tolower(t.text[at - 1]) == 'v';
}

/* Four numbers with dots: an address, or a version of something? */
static bool is_address(const struct scrub *s, struct span t, size_t at, bool described,
                       const uint8_t *a)
{
    if (standins_is_common(STANDIN_IP4, a, 4) || follows_v(t, at))
        return false;
    if (standins_knows(s->standins, STANDIN_IP4, a, 4) || is_private(a))
        return true;
    return !described && (a[0] == 10 || a[0] >= SURELY_NO_VERSION);
}

static size_t take_ip4(struct scrub *s, struct span t, size_t at, bool described, struct buf *out)
{
    uint8_t a[4];
    size_t took = pattern_ip4(t, at, a);
    if (!took || !is_address(s, t, at, described, a))
        return 0;
    scrub_address(s, STANDIN_IP4, a, sizeof a);
    buf_printf(out, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    return took;
}

static size_t take_ip6(struct scrub *s, struct span t, size_t at, struct buf *out)
{
    uint8_t a[16];
    char text[INET6_ADDRSTRLEN];
    size_t took = pattern_ip6(t, at, a);
    if (!took || standins_is_common(STANDIN_IP6, a, sizeof a))
        return 0;
    scrub_address(s, STANDIN_IP6, a, sizeof a);
    buf_text(out, inet_ntop(AF_INET6, a, text, sizeof text) ? text : "::");
    return took;
}

static size_t take_mac(struct scrub *s, struct span t, size_t at, struct buf *out)
{
    uint8_t mac[6];
    size_t took = pattern_mac(t, at, mac);
    if (!took || standins_is_common(STANDIN_MAC, mac, sizeof mac))
        return 0;
    scrub_address(s, STANDIN_MAC, mac, sizeof mac);
    pattern_put_mac((struct span){t.text + at, took}, mac, out);
    return took;
}

/* Written as it stood, with other words. */
static size_t put_words(struct scrub *s, struct span t, size_t at, size_t len, struct buf *out)
{
    size_t before = out->len;
    buf_put(out, t.text + at, len);
    if (!out->failed)
        scrub_words(s, (uint8_t *)out->data + before, len);
    return len;
}

static size_t take_place(struct span t, size_t at, struct buf *out)
{
    size_t took = pattern_place(t, at);
    for (size_t i = 0; i < took; i++)
        buf_char(out, isdigit(t.text[at + i]) ? '0' : (char)t.text[at + i]);
    return took;
}

static size_t take_dialled(struct scrub *s, struct span t, size_t at, struct buf *out)
{
    size_t user_at, user_len, took = pattern_dialled(t, at, &user_at, &user_len);
    if (!took)
        return 0;
    scrub_learn(s, t.text + user_at, user_len);
    buf_put(out, t.text + at, user_at - at);
    put_words(s, t, user_at, user_len, out);
    return took;
}

static size_t take_email(struct scrub *s, struct span t, size_t at, struct buf *out)
{
    size_t took = pattern_email(t, at);
    if (!took)
        return 0;
    scrub_learn(s, t.text + at, took);
    return put_words(s, t, at, took, out);
}

static size_t take_path(struct scrub *s, struct span t, size_t at, struct buf *out)
{
    size_t owned_at, took = pattern_path(t, at, &owned_at);
    if (!took)
        return 0;
    buf_put(out, t.text + at, owned_at - at);
    put_words(s, t, owned_at, at + took - owned_at, out);
    return took;
}

static size_t take_learned(struct scrub *s, struct span t, size_t at, struct buf *out)
{
    size_t len = s->learning ? 0 : needles_find(s->needles, t.text, t.len, at);
    return len ? put_words(s, t, at, len, out) : 0;
}

static size_t take_any(struct scrub *s, struct span t, size_t at, bool described, struct buf *out)
{
    size_t took = take_mac(s, t, at, out);
    if (!took)
        took = take_ip6(s, t, at, out);
    if (!took)
        took = take_ip4(s, t, at, described, out);
    if (!took)
        took = take_learned(s, t, at, out);
    if (!took)
        took = take_dialled(s, t, at, out);
    if (!took)
        took = take_email(s, t, at, out);
    if (!took)
        took = take_path(s, t, at, out);
    if (!took)
        took = take_place(t, at, out);
    return took;
}

/* Returns how many characters it copied: a word at its beginning, else one. */
static size_t take_rest(struct scrub *s, struct span t, size_t at, bool makers, bool *changed,
                        struct buf *out)
{
    size_t before = out->len, len = 1;
    while (makers && is_word(t.text[at]) && len < WORD_MAX && at + len < t.len &&
           is_word(t.text[at + len]))
        len++;
    buf_put(out, t.text + at, len);
    if (makers && !out->failed)
        *changed |= makers_word(s, (uint8_t *)out->data + before, len);
    return len;
}

bool scrub_text(struct scrub *s, struct span t, enum scrub_manner manner, struct buf *out)
{
    bool changed = false;
    for (size_t at = 0; at < t.len;) {
        size_t took = take_any(s, t, at, manner == SCRUB_DESCRIBED, out);
        changed |= took > 0;
        at += took ? took : take_rest(s, t, at, manner == SCRUB_MAKERS, &changed, out);
    }
    s->failed |= out->failed;
    return changed;
}

bool scrub_learned(struct scrub *s, uint8_t *octets, size_t len)
{
    bool changed = false;
    for (size_t at = 0; !s->learning && at < len;) {
        size_t found = needles_find(s->needles, octets, len, at);
        scrub_words(s, octets + at, found);
        changed |= found > 0;
        at += found ? found : 1;
    }
    return changed;
}
