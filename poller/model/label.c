#include "poller/model/label.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

static bool opens_place(const char *p)
{
    return p[0] == '{' && p[1] && strchr(NAME_CHARACTERS, p[1]);
}

/* At p stands "{": fills part; NULL with *why when it is no good place, else what stands behind it. */
static const char *read_place(const char *p, struct label_part *part, const char **why)
{
    const char *end = strchr(p, '}');
    part->name = p + 1;
    part->name_len = strspn(part->name, NAME_CHARACTERS);
    const char *behind = part->name + part->name_len;
    if (!end)
        *why = "the brace is not closed";
    else if (*behind == '|') {
        part->choices = behind + 1;
        part->choices_len = (size_t)(end - part->choices);
        if (!memchr(part->choices, '=', part->choices_len))
            *why = "expected words for values, as {band|ng=2.4 GHz,na=5 GHz}";
    } else if (behind != end)
        *why = "expected a name in braces";
    return *why ? NULL : end + 1;
}

static const char *literal_end(const char *p)
{
    while (*p && !opens_place(p) && !(p[0] == '{' && p[1] == '{'))
        p++;
    return p;
}

static bool next(const char **at, struct label_part *part, const char **why)
{
    const char *p = *at;
    *part = (struct label_part){0};
    if (!*p)
        return false;
    if (p[0] == '{' && p[1] == '{') {
        part->text = p;
        part->len = 1;
        *at = p + 2;
        return true;
    }
    if (opens_place(p)) {
        const char *behind = read_place(p, part, why);
        *at = behind ? behind : p;
        return behind != NULL;
    }
    part->text = p;
    *at = literal_end(p);
    part->len = (size_t)(*at - p);
    return true;
}

bool label_next(const char **at, struct label_part *part)
{
    const char *why = NULL;
    return next(at, part, &why);
}

bool label_check(const char *template, label_known_fn known, void *ctx, size_t *at,
                 char error[static LABEL_ERROR_MAX])
{
    const char *p = template, *why = NULL;
    struct label_part part;
    *at = 0;
    if (strlen(template) > LABEL_MAX_BYTES) {
        snprintf(error, LABEL_ERROR_MAX, "longer than %d bytes", LABEL_MAX_BYTES);
        return false;
    }
    while (next(&p, &part, &why))
        if (part.name && !known(ctx, part.name, part.name_len)) {
            *at = (size_t)(part.name - template);
            snprintf(error, LABEL_ERROR_MAX, "unknown name '%.*s'", (int)part.name_len, part.name);
            return false;
        }
    if (why) {
        *at = (size_t)(p - template);
        snprintf(error, LABEL_ERROR_MAX, "%s", why);
    }
    return !why;
}

struct writing {
    char *out;
    size_t len, size;
    bool gap; /* a blank is due before the next character */
};

static void put(struct writing *w, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool blank = c <= 0x20 || c == 0x7f;
        if (!blank && w->len + (w->gap ? 2 : 1) >= w->size) {
            w->size = 0; /* full: what would still fit behind the cut does not go there */
            return;
        }
        if (!blank && w->gap)
            w->out[w->len++] = ' ';
        if (!blank)
            w->out[w->len++] = (char)c;
        w->gap = blank && w->len > 0;
    }
}

/* The word for a value: the entry that is it, or that of "*". */
static const char *chosen(const struct label_part *part, const char *value, size_t len, size_t *word_len)
{
    const char *p = part->choices, *end = p + part->choices_len, *other = NULL;
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma ? comma : end;
        const char *equals = memchr(p, '=', (size_t)(stop - p));
        if (equals && (size_t)(equals - p) == len && memcmp(p, value, len) == 0) {
            *word_len = (size_t)(stop - equals) - 1;
            return equals + 1;
        }
        if (equals && equals == p + 1 && *p == '*') {
            other = equals + 1;
            *word_len = (size_t)(stop - other);
        }
        p = stop + 1;
    }
    return other;
}

static void put_value(struct writing *w, const struct label_part *part, label_value_fn value, void *ctx)
{
    char text[LABEL_MAX_BYTES];
    size_t len = value(ctx, part->name, part->name_len, text, sizeof text), word_len = 0;
    if (len > sizeof text)
        len = sizeof text;
    const char *word = part->choices && len ? chosen(part, text, len, &word_len) : NULL;
    put(w, word ? word : text, word ? word_len : len);
}

/* No half character at the end of what was cut. */
static void end_whole(struct writing *w)
{
    size_t start = w->len;
    while (start > 0 && ((unsigned char)w->out[start - 1] & 0xc0) == 0x80)
        start--;
    unsigned char lead = start > 0 ? (unsigned char)w->out[start - 1] : 0;
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (lead >= 0xc0 && w->len - (start - 1) < wanted)
        w->len = start - 1;
    w->out[w->len] = '\0';
}

bool label_write(const char *template, label_value_fn value, void *ctx, char *out, size_t size)
{
    struct writing w = {.out = out, .size = size};
    struct label_part part;
    for (const char *p = template; label_next(&p, &part);) {
        if (part.name)
            put_value(&w, &part, value, ctx);
        else
            put(&w, part.text, part.len);
    }
    end_whole(&w);
    return w.len > 0;
}
