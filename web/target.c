#include "web/target.h"

#include <string.h>

#include "poller/base/utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; plus: a plus sign stands for a space. */
static bool decode(char *text, bool plus)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '%') {
            int high = hex_digit(from[1]), low = high < 0 ? -1 : hex_digit(from[2]);
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            from += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return false;
        *to++ = c;
    }
    *to = '\0';
    return utf8_is_valid(text, (size_t)(to - text));
}

const char *parameter(const struct parameters *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->at[i].name, name) == 0)
            return p->at[i].value;
    return NULL;
}

/* Cuts at the first c; the rest, or NULL when there is none. */
static char *cut(char *text, char c)
{
    char *at = strchr(text, c);
    if (at)
        *at++ = '\0';
    return at;
}

static bool parse_parameters(char *text, struct parameters *out)
{
    out->count = 0;
    for (char *next; text; text = next) {
        next = cut(text, '&');
        if (!*text)
            continue;
        char *value = cut(text, '=');
        if (!decode(text, true) || (value && !decode(value, true)))
            return false;
        if (out->count == TARGET_PARAMETERS_MAX || parameter(out, text))
            return false;
        out->at[out->count++] = (struct parameter){text, value ? value : ""};
    }
    return true;
}

static bool parse_segments(char *path, struct target *out)
{
    out->segments_count = 0;
    for (char *next; path && *path; path = next) {
        next = cut(path, '/');
        if (out->segments_count == TARGET_SEGMENTS_MAX || !decode(path, false))
            return false;
        if (!*path || strcmp(path, ".") == 0 || strcmp(path, "..") == 0)
            return false;
        out->segments[out->segments_count++] = path;
    }
    return true;
}

bool target_parse(const char *raw, struct target *out)
{
    size_t len = strlen(raw);
    if (len == 0 || len > TARGET_MAX_BYTES || raw[0] != '/')
        return false;
    memcpy(out->memory, raw, len + 1);
    char *query = cut(out->memory, '?');
    return parse_segments(out->memory + 1, out) && parse_parameters(query, &out->query);
}

bool form_parse(const char *body, size_t len, struct form *out)
{
    if (len > FORM_MAX_BYTES || memchr(body, '\0', len))
        return false;
    memcpy(out->memory, body, len);
    out->memory[len] = '\0';
    return parse_parameters(out->memory, &out->fields);
}
