#include "web/html.h"

#include <assert.h>
#include <string.h>

#include "poller/base/utf8.h"

static const char *entity_for(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n': case '\t': return " ";
    default: return (unsigned char)c < 0x20 || c == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

/* Runs of harmless bytes are put at once. */
void html_text(struct buf *out, const char *text)
{
    size_t left = text ? strlen(text) : 0, run = 0;
    while (run < left) {
        size_t n = utf8_length(text + run, left - run);
        const char *instead = n == 0 ? "\xef\xbf\xbd" : n == 1 ? entity_for(text[run]) : NULL;
        if (!instead) {
            run += n;
            continue;
        }
        buf_put(out, text, run);
        buf_text(out, instead);
        text += run + 1;
        left -= run + 1;
        run = 0;
    }
    if (left)
        buf_put(out, text, left);
}

void html_segment(struct buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~";
    static const char hex[] = "0123456789ABCDEF";
    bool only_dots = text && text[strspn(text, ".")] == '\0'; /* "." and ".." would be walked away */
    for (const char *c = text ? text : ""; *c; c++) {
        if (strchr(plain, *c) || (*c == '.' && !only_dots)) {
            buf_char(out, *c);
            continue;
        }
        char code[3] = {'%', hex[(unsigned char)*c >> 4], hex[*c & 15]};
        buf_put(out, code, sizeof code);
    }
}

void html_write(struct buf *out, const char *format, const char *const *values, size_t count)
{
    size_t used = 0;
    for (const char *open; (open = strchr(format, '{'));) {
        buf_put(out, format, (size_t)(open - format));
        assert(used < count && "fewer values than places");
        if (open[1] == 'u') {
            html_segment(out, values[used++]);
            format = open + 3;
        } else {
            html_text(out, values[used++]);
            format = open + 2;
        }
    }
    assert(used == count && "more values than places");
    buf_text(out, format);
}
