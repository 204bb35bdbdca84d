#include "poller/command/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "poller/base/utf8.h"

#define GAP 2            /* blanks between columns */
#define NARROWEST 8      /* cells a shrunk column keeps */
#define COLUMNS_MAX 16
#define WIDTH_ELSEWHERE 100

struct cell {
    char *text;
    enum colour colour;
};

struct table {
    const char *const *titles;
    size_t columns, shrink;
    struct cell *cells;
    size_t count, capacity;
};

static uint32_t code_point(const char *p, size_t len)
{
    const unsigned char *b = (const unsigned char *)p;
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t v = b[0] & masks[len];
    for (size_t i = 1; i < len; i++)
        v = v << 6 | (b[i] & 0x3f);
    return v;
}

static bool in_ranges(uint32_t c, const uint32_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

#define IN(c, ranges) in_ranges(c, ranges, sizeof ranges / sizeof ranges[0])

/* Controls, and what is invisible or turns the direction of text (Unicode Cc, part of Cf). */
static bool is_obeyed(uint32_t c)
{
    static const uint32_t ranges[][2] = {{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x200b, 0x200f},
                                         {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}};
    return IN(c, ranges);
}

static size_t cells_of(uint32_t c)
{
    static const uint32_t none[][2] = {{0x300, 0x36f}, {0xfe00, 0xfe0f}, {0x20d0, 0x20ff}};
    static const uint32_t two[][2] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                                      {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0x1f300, 0x1faff},
                                      {0x20000, 0x3fffd}};
    return IN(c, none) ? 0 : IN(c, two) ? 2 : 1;
}

void terminal_put(struct buf *out, const char *text)
{
    struct buf clean = {0};
    utf8_clean(text, strlen(text), &clean);
    for (size_t i = 0, len; i < clean.len; i += len) {
        len = utf8_length(clean.data + i, clean.len - i);
        if (len == 0)
            len = 1;
        if (is_obeyed(code_point(clean.data + i, len)))
            buf_char(out, clean.data[i] == '\n' || clean.data[i] == '\t' ? ' ' : '?');
        else
            buf_put(out, clean.data + i, len);
    }
    buf_fini(&clean);
}

size_t terminal_width_of(const char *text)
{
    size_t width = 0, left = strlen(text);
    for (size_t len; left; text += len, left -= len) {
        len = utf8_length(text, left);
        if (len == 0)
            len = 1;
        width += cells_of(code_point(text, len));
    }
    return width;
}

size_t terminal_width(void)
{
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        return size.ws_col;
    return WIDTH_ELSEWHERE;
}

bool terminal_is_colourful(FILE *out)
{
    const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
    return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0 && !(no && *no);
}

const char *colour_begin(enum colour c, FILE *out)
{
    static const char *const codes[] = {"", "\033[32m", "\033[33m", "\033[1;31m", "\033[2m"};
    return terminal_is_colourful(out) ? codes[c] : "";
}

const char *colour_end(enum colour c, FILE *out)
{
    return c != COLOUR_NONE && terminal_is_colourful(out) ? "\033[0m" : "";
}

enum colour colour_of_state(const char *word)
{
    static const struct {
        const char *word;
        enum colour colour;
    } known[] = {{"up", COLOUR_GOOD}, {"ok", COLOUR_GOOD}, {"degraded", COLOUR_POOR},
                 {"unreachable", COLOUR_POOR}, {"down", COLOUR_BAD}, {"failing", COLOUR_BAD},
                 {"unknown", COLOUR_FAINT}, {"paused", COLOUR_FAINT}};
    for (size_t i = 0; word && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(word, known[i].word) == 0)
            return known[i].colour;
    return COLOUR_NONE;
}

struct table *table_create(const char *const *titles, size_t shrink)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->titles = titles;
    t->shrink = shrink;
    while (titles[t->columns] && t->columns < COLUMNS_MAX)
        t->columns++;
    return t;
}

void table_destroy(struct table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i].text);
    free(t->cells);
    free(t);
}

void table_row(struct table *t)
{
    while (t->count % t->columns)
        table_cell(t, COLOUR_NONE, "");
}

void table_cell(struct table *t, enum colour colour, const char *text)
{
    struct buf safe = {0};
    if (t->count == t->capacity) {
        size_t capacity = t->capacity ? t->capacity * 2 : 64;
        struct cell *cells = realloc(t->cells, capacity * sizeof *cells);
        if (!cells)
            return;
        t->cells = cells;
        t->capacity = capacity;
    }
    terminal_put(&safe, text ? text : "-");
    buf_text(&safe, "");
    t->cells[t->count++] = (struct cell){buf_detach(&safe), text ? colour : COLOUR_FAINT};
}

static void measure(const struct table *t, size_t widths[static COLUMNS_MAX])
{
    size_t total = 0, most = terminal_width();
    for (size_t c = 0; c < t->columns; c++)
        widths[c] = terminal_width_of(t->titles[c]);
    for (size_t i = 0; i < t->count; i++) {
        size_t width = t->cells[i].text ? terminal_width_of(t->cells[i].text) : 0;
        if (width > widths[i % t->columns])
            widths[i % t->columns] = width;
    }
    for (size_t c = 0; c < t->columns; c++)
        total += widths[c] + (c ? GAP : 0);
    if (total > most && isatty(STDOUT_FILENO)) { /* a pipe gets all of it */
        size_t over = total - most, *give = &widths[t->shrink];
        *give = *give > over + NARROWEST ? *give - over : *give < NARROWEST ? *give : NARROWEST;
    }
}

/* At most width cells of the text, an ellipsis for what is left out; padded unless it is the last. */
static void put_cell(const char *text, size_t width, bool last, enum colour colour, FILE *out)
{
    size_t used = 0, left = strlen(text), full = terminal_width_of(text);
    size_t room = full > width ? width - 1 : width;
    fputs(colour_begin(colour, out), out);
    for (size_t len; left; text += len, left -= len) {
        len = utf8_length(text, left);
        if (len == 0)
            len = 1;
        size_t cells = cells_of(code_point(text, len));
        if (used + cells > room)
            break;
        fwrite(text, 1, len, out);
        used += cells;
    }
    if (full > width) {
        fputs("…", out);
        used++;
    }
    fputs(colour_end(colour, out), out);
    for (; !last && used < width + GAP; used++)
        fputc(' ', out);
}

void table_print(const struct table *t, FILE *out)
{
    size_t widths[COLUMNS_MAX];
    measure(t, widths);
    for (size_t c = 0; c < t->columns; c++)
        put_cell(t->titles[c], widths[c], c + 1 == t->columns, COLOUR_FAINT, out);
    fputc('\n', out);
    for (size_t i = 0; i < t->count; i++) {
        bool last = (i + 1) % t->columns == 0;
        put_cell(t->cells[i].text ? t->cells[i].text : "", widths[i % t->columns], last,
                 t->cells[i].colour, out);
        if (last)
            fputc('\n', out);
    }
}
