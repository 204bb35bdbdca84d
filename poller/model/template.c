#include "poller/model/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 256 /* literals and places of one template */
#define NAME_MAX_BYTES 64

const char *const template_message_names[] = {
    "message", "key", "id", "opened", "resolved", "acknowledged", "severity", "created",
    "cause.kind", "cause.sentence", "cause.check_first", "cause.confidence", "cause.node",
    "cause.port", "cause.link", "cause.network", "cause.site",
    "affected",  /* names with ", " between */
    "evidence",  /* one line each */
    "subject",   /* one short line */
    "text",      /* the whole message as a mail has it */
    "url",       /* page of the incident; empty without one */
    "title",     /* the site's name */
    "document",  /* the whole JSON document; use it with |text */
    NULL};

bool template_message_known(void *unused, const char *name)
{
    (void)unused;
    for (size_t i = 0; template_message_names[i]; i++)
        if (strcmp(template_message_names[i], name) == 0)
            return true;
    return strncmp(name, "option.", 7) == 0 && name[7];
}

struct part {
    char *literal; /* or a place: */
    char *name;
    int escape;    /* enum template_escape, -1: where it stands */
    char *choices; /* "wake=5,*=2" or NULL */
};

struct template {
    struct part parts[PARTS_MAX];
    size_t count;
};

static bool fail(char **error, const char *what, const char *at, size_t len)
{
    struct buf b = {0};
    buf_printf(&b, "%s: \"%.*s\"", what, (int)(len < NAME_MAX_BYTES ? len : NAME_MAX_BYTES), at);
    free(*error);
    *error = buf_detach(&b);
    return false;
}

static struct part *add_part(struct template *t)
{
    if (t->count == PARTS_MAX)
        return NULL;
    struct part *p = &t->parts[t->count++];
    p->escape = -1;
    return p;
}

static bool add_literal(struct template *t, const char *from, size_t len)
{
    if (!len)
        return true;
    struct part *p = add_part(t);
    if (!p)
        return false;
    p->literal = strndup(from, len);
    return p->literal != NULL;
}

static bool is_name(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", s[i]) || !s[i])
            return false;
    return len > 0 && len < NAME_MAX_BYTES;
}

static bool take_filter(struct part *p, const char *filter, size_t len)
{
    static const char *const words[] = {"text", "json", "url", "header"};
    for (int i = 0; i < 4; i++)
        if (len == strlen(words[i]) && memcmp(filter, words[i], len) == 0) {
            p->escape = i;
            return true;
        }
    if (len > 7 && memcmp(filter, "choose:", 7) == 0 && !p->choices) {
        p->choices = strndup(filter + 7, len - 7);
        return p->choices && strchr(p->choices, '=');
    }
    return false;
}

/* inside: what stands between the braces */
static bool add_place(struct template *t, const char *inside, size_t len, template_known_fn known,
                      void *ctx, char **error)
{
    struct part *p = add_part(t);
    if (!p)
        return fail(error, "too many places in a template", inside, len);
    const char *end = inside + len, *bar = memchr(inside, '|', len);
    size_t name_len = (size_t)((bar ? bar : end) - inside);
    if (!is_name(inside, name_len))
        return fail(error, "not a name of a value (a brace itself is written {{)", inside, name_len);
    p->name = strndup(inside, name_len);
    if (!p->name || !known(ctx, p->name))
        return fail(error, "unknown value in a template", inside, name_len);
    while (bar) {
        const char *filter = bar + 1;
        bar = memchr(filter, '|', (size_t)(end - filter));
        size_t filter_len = (size_t)((bar ? bar : end) - filter);
        if (!take_filter(p, filter, filter_len))
            return fail(error, "unknown filter in a template (text, json, url, header, choose:a=b)",
                        filter, filter_len);
    }
    return true;
}

static bool parse(struct template *t, const char *s, template_known_fn known, void *ctx, char **error)
{
    const char *literal = s;
    while ((s = strchr(s, '{'))) {
        if (s[1] == '{') {
            if (!add_literal(t, literal, (size_t)(s + 1 - literal)))
                return fail(error, "too many places in a template", s, strlen(s));
            literal = s += 2;
        } else if (s[1] >= 'a' && s[1] <= 'z') {
            const char *close = strchr(s, '}');
            if (!close)
                return fail(error, "a place without its closing brace", s, strlen(s));
            if (!add_literal(t, literal, (size_t)(s - literal)) ||
                !add_place(t, s + 1, (size_t)(close - s - 1), known, ctx, error))
                return *error ? false : fail(error, "too many places in a template", s, strlen(s));
            literal = s = close + 1;
        } else {
            s++;
        }
    }
    return add_literal(t, literal, strlen(literal)) ||
           fail(error, "too many places in a template", literal, strlen(literal));
}

struct template *template_parse(const char *text, template_known_fn known, void *ctx, char **error)
{
    *error = NULL;
    struct template *t = calloc(1, sizeof *t);
    if (t && !parse(t, text, known, ctx, error)) {
        template_destroy(t);
        t = NULL;
    }
    return t;
}

void template_destroy(struct template *t)
{
    for (size_t i = 0; t && i < t->count; i++) {
        free(t->parts[i].literal);
        free(t->parts[i].name);
        free(t->parts[i].choices);
    }
    free(t);
}

static void put_json(const char *s, struct buf *out)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_text(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else
            buf_char(out, (char)c);
    }
}

static void put_url(const char *s, struct buf *out)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *s; s++)
        if (strchr(plain, *s))
            buf_char(out, *s);
        else
            buf_printf(out, "%%%02X", (unsigned char)*s);
}

static void put_header(const char *s, struct buf *out)
{
    for (; *s; s++)
        buf_char(out, (unsigned char)*s < 0x20 || *s == 0x7f ? ' ' : *s);
}

void template_put(enum template_escape where, const char *value, struct buf *out)
{
    switch (where) {
    case TEMPLATE_TEXT: buf_text(out, value); break;
    case TEMPLATE_JSON: put_json(value, out); break;
    case TEMPLATE_URL: put_url(value, out); break;
    case TEMPLATE_HEADER: put_header(value, out); break;
    }
}

/* The right side of the first choice whose left side is the value or "*"; appends nothing when none. */
static void choose(const char *choices, const char *value, struct buf *out)
{
    size_t value_len = strlen(value);
    for (const char *c = choices; c; c = strchr(c, ',') ? strchr(c, ',') + 1 : NULL) {
        size_t len = strcspn(c, ","), left = strcspn(c, "=");
        if (left >= len)
            continue;
        bool any = left == 1 && *c == '*';
        if (any || (left == value_len && memcmp(c, value, left) == 0)) {
            buf_put(out, c + left + 1, len - left - 1);
            return;
        }
    }
}

static void render_place(const struct part *p, enum template_escape where, const char *value,
                         struct buf *out)
{
    if (p->escape >= 0)
        where = (enum template_escape)p->escape;
    if (!p->choices) {
        template_put(where, value, out);
        return;
    }
    struct buf chosen = {0};
    choose(p->choices, value, &chosen);
    template_put(where, buf_string(&chosen), out);
    buf_fini(&chosen);
}

void template_render(const struct template *t, enum template_escape where, template_value_fn value,
                     void *ctx, struct buf *out)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct part *p = &t->parts[i];
        if (p->literal) {
            buf_text(out, p->literal);
            continue;
        }
        const char *v = value(ctx, p->name);
        render_place(p, where, v ? v : "", out);
    }
}

bool template_lacks(const struct template *t, const char *prefix, template_value_fn value, void *ctx)
{
    for (size_t i = 0; i < t->count; i++) {
        const char *name = t->parts[i].name;
        if (name && strncmp(name, prefix, strlen(prefix)) == 0 && !value(ctx, name))
            return true;
    }
    return false;
}
