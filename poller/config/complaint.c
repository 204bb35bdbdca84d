#include "poller/config/complaint.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/utf8.h"
#include "poller/config/hidden.h"

#define TEXT_MAX_BYTES 1024
#define LINE_SHOWN_BYTES 160 /* of a longer source line, the part around the caret */

struct complaint {
    struct place at;
    const char *text;
    bool warning;
    size_t source_order;
};

struct secret_place {
    struct place from, until;
    struct secret_place *next;
};

struct complaints {
    struct arena *arena;
    struct secret_place *secrets;
    struct complaint list[COMPLAINTS_MAX];
    size_t count, errors, warnings, dropped;
    const struct source *sources[COMPLAINTS_MAX]; /* in the order they were first complained about */
    size_t sources_count;
};

struct complaints *complaints_create(struct arena *arena)
{
    struct complaints *c = arena_take(arena, sizeof *c);
    if (c)
        c->arena = arena;
    return c;
}

static bool already_said(const struct complaints *c, struct place at, const char *text)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->list[i].at.source == at.source && c->list[i].at.line == at.line &&
            c->list[i].at.column == at.column && strcmp(c->list[i].text, text) == 0)
            return true;
    return false;
}

static size_t order_of(struct complaints *c, const struct source *s)
{
    for (size_t i = 0; i < c->sources_count; i++)
        if (c->sources[i] == s)
            return i;
    c->sources[c->sources_count] = s;
    return c->sources_count++;
}

/* Printing order: errors first, then by file, line and column. */
static bool goes_after(const struct complaint *a, const struct complaint *b)
{
    if (a->warning != b->warning)
        return a->warning;
    if (a->source_order != b->source_order)
        return a->source_order > b->source_order;
    if (a->at.line != b->at.line)
        return a->at.line > b->at.line;
    return a->at.column > b->at.column;
}

static void insert(struct complaints *c, struct complaint new)
{
    size_t i = c->count++;
    for (; i > 0 && goes_after(&c->list[i - 1], &new); i--)
        c->list[i] = c->list[i - 1];
    c->list[i] = new;
}

static void take(struct complaints *c, struct place at, bool warning, const char *format, va_list args)
{
    char text[TEXT_MAX_BYTES];
    vsnprintf(text, sizeof text, format, args);
    if (already_said(c, at, text))
        return;
    if (warning)
        c->warnings++;
    else
        c->errors++;
    char *kept = c->count < COMPLAINTS_MAX ? arena_text(c->arena, text, strlen(text)) : NULL;
    if (kept)
        insert(c, (struct complaint){at, kept, warning, order_of(c, at.source)});
    else
        c->dropped++;
}

void complain(struct complaints *c, struct place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    take(c, at, false, format, args);
    va_end(args);
}

void complain_mildly(struct complaints *c, struct place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    take(c, at, true, format, args);
    va_end(args);
}

void complaints_hide(struct complaints *c, struct place from, struct place until)
{
    struct secret_place *s = from.source ? arena_take(c->arena, sizeof *s) : NULL;
    if (!s)
        return;
    *s = (struct secret_place){from, until, c->secrets};
    c->secrets = s;
}

size_t complaints_errors(const struct complaints *c)
{
    return c->errors;
}

size_t complaints_warnings(const struct complaints *c)
{
    return c->warnings;
}

static const char *line_start(const struct source *s, size_t line)
{
    const char *p = s->text, *end = s->text + s->len;
    if (s->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) /* a byte order mark is not shown */
        p += 3;
    for (; line > 1 && p < end; line--) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        p = newline ? newline + 1 : end;
    }
    return p;
}

/* Bytes of the first `characters` of a line of len bytes. */
static size_t bytes_of(const char *line, size_t len, size_t characters)
{
    size_t i = 0;
    while (i < len && characters > 0) {
        i++;
        while (i < len && ((unsigned char)line[i] & 0xc0) == 0x80)
            i++;
        characters--;
    }
    return i;
}

static void put_shown(struct buf *out, const char *from, size_t len)
{
    struct buf clean = {0};
    utf8_clean(from, len, &clean);
    for (size_t i = 0; i < clean.len; i++) {
        unsigned char c = (unsigned char)clean.data[i];
        buf_char(out, c == '\t' ? ' ' : c < 0x20 || c == 0x7f ? '?' : (char)c);
    }
    buf_fini(&clean);
}

/* The part of this line that a secret takes. */
static struct hidden_range part_of(const struct secret_place *s, size_t line)
{
    return (struct hidden_range){s->from.line == line ? s->from.column : 1,
                                 s->until.line == line ? s->until.column : SIZE_MAX};
}

static struct hidden secrets_in(const struct complaints *c, struct place at, const char *line, size_t len)
{
    struct hidden h = {.count = 0};
    for (const struct secret_place *s = c->secrets; s; s = s->next)
        if (s->from.source == at.source && s->from.line <= at.line && s->until.line >= at.line)
            hidden_add(&h, part_of(s, at.line));
    if (at.source->holds == SOURCE_SECRETS)
        hidden_values(&h, line, len);
    else if (at.source->holds == SOURCE_SETTINGS)
        hidden_guess(&h, line, len);
    return h;
}

static void print_line(const char *line, size_t len, size_t column, struct buf *out)
{
    size_t first = 0;
    if (column > LINE_SHOWN_BYTES / 2) { /* show what stands around the caret */
        first = bytes_of(line, len, column - LINE_SHOWN_BYTES / 2);
        column = LINE_SHOWN_BYTES / 2;
    }
    size_t shown = bytes_of(line + first, len - first, LINE_SHOWN_BYTES);
    buf_text(out, "    ");
    put_shown(out, line + first, shown);
    buf_text(out, "\n    ");
    for (size_t i = 1; i < column; i++)
        buf_char(out, ' ');
    buf_text(out, "^\n");
}

static void print_source_line(const struct complaints *c, struct place at, struct buf *out)
{
    if (!at.source || at.line == 0)
        return;
    const char *line = line_start(at.source, at.line);
    size_t len = strcspn(line, "\r\n"), column = at.column;
    struct hidden h = secrets_in(c, at, line, len);
    struct buf shown = {0};
    hidden_write(&h, line, len, &column, &shown);
    print_line(buf_string(&shown), shown.len, column, out);
    buf_fini(&shown);
}

static void print_place(struct place at, struct buf *out)
{
    if (!at.source)
        return;
    buf_text(out, at.source->name);
    if (at.line)
        buf_printf(out, ":%zu:%zu", at.line, at.column);
    buf_text(out, ": ");
}

void complaints_print(const struct complaints *c, struct buf *out)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct complaint *one = &c->list[i];
        print_place(one->at, out);
        buf_printf(out, "%s%s\n", one->warning ? "warning: " : "", one->text);
        print_source_line(c, one->at, out);
    }
    if (c->dropped)
        buf_printf(out, "and %zu more like these\n", c->dropped);
}

bool complaints_at(const struct complaints *c, size_t i, struct complaint_view *out)
{
    if (i >= c->count)
        return false;
    const struct complaint *one = &c->list[i];
    *out = (struct complaint_view){one->at.source ? one->at.source->name : NULL, one->text,
                                   one->at.line, one->at.column, one->warning};
    return true;
}
