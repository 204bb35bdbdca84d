/* Writing HTML so that no text can become markup. Every value passes an escape for its place; markup
 * itself stands only in the format strings of our own code. */
#ifndef HAYLOFT_WEB_HTML_H
#define HAYLOFT_WEB_HTML_H

#include <stddef.h>

#include "poller/base/buf.h"

/* Element content or a quoted attribute. NULL writes nothing. Control characters and what is no UTF-8
 * become U+FFFD. */
void html_text(struct buf *out, const char *text);
/* One segment of a path, or a parameter's value: all but letters, digits and -._~ percent-encoded. */
void html_segment(struct buf *out, const char *text);

/* html(out, "<a href=\"/node/{u}\">{}</a>", name, name): {} is html_text, {u} html_segment. As many
 * values as places, all const char *. */
#define html(out, ...) HTML_PICK(__VA_ARGS__, html_values, html_values, html_values, html_values,   \
    html_values, html_values, html_values, html_values, html_values, html_plain, 0)(out, __VA_ARGS__)
#define HTML_PICK(a, b, c, d, e, f, g, h, i, j, pick, ...) pick
#define html_plain(out, format) html_write(out, format, NULL, 0)
#define html_values(out, format, ...)                                                               \
    html_write(out, format, (const char *const[]){__VA_ARGS__},                                     \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

void html_write(struct buf *out, const char *format, const char *const *values, size_t count);

#endif
