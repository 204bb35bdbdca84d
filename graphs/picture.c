#include "graphs/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graphs/palette.h"
#include "poller/base/utf8.h"

#define LEFT_PX 64
#define RIGHT_PX 12
#define TOP_PX 26
#define BOTTOM_PX 44
#define PX_PER_CHAR 6.2   /* of the small font, for clipping and spacing */
#define PX_PER_TIME_TICK 58
#define PX_PER_VALUE_TICK 34

static int clamp(int v, int least, int most)
{
    return v < least ? least : v > most ? most : v;
}

/* At most max characters, markup escaped, control characters and broken UTF-8 shown as a mark. */
static void put_text(struct buf *out, const char *text, size_t max)
{
    size_t left = strlen(text);
    for (size_t count = 0; left > 0; count++) {
        size_t n = utf8_length(text, left);
        if (count == max) {
            buf_text(out, "\xe2\x80\xa6");
            return;
        }
        switch (n == 1 ? *text : 0) {
        case '<': buf_text(out, "&lt;"); break;
        case '>': buf_text(out, "&gt;"); break;
        case '&': buf_text(out, "&amp;"); break;
        case '"': buf_text(out, "&quot;"); break;
        default:
            if (n == 0 || (unsigned char)*text < 0x20 || *text == 0x7f)
                buf_text(out, "\xef\xbf\xbd");
            else
                buf_put(out, text, n);
        }
        text += n ? n : 1;
        left -= n ? n : 1;
    }
}

/* printf is most of the cost of a picture otherwise. */
static void put_int(struct buf *out, int v)
{
    char digits[12], *at = digits + sizeof digits;
    unsigned rest = v < 0 ? 0u - (unsigned)v : (unsigned)v;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        *--at = '-';
    buf_put(out, at, (size_t)(digits + sizeof digits - at));
}

int canvas_x(const struct canvas *c, struct wall at)
{
    double share = (double)(at.ns - c->picture->from.ns) / (double)(c->picture->to.ns - c->picture->from.ns);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return 10 * c->left + (int)(share * 10 * (c->right - c->left) + 0.5);
}

int canvas_y(const struct canvas *c, double value)
{
    double share = (value - c->low) / (c->high - c->low);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return 10 * c->bottom - (int)(share * 10 * (c->bottom - c->top) + 0.5);
}

static void put_label(struct canvas *c, int x, int y, const char *anchor, const char *text)
{
    buf_printf(c->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    put_text(c->out, text, AXIS_TEXT_MAX);
    buf_text(c->out, "</text>");
}

static void draw_value_ticks(struct canvas *c, enum axis_unit unit, bool mirrored)
{
    int wanted = clamp((c->bottom - c->top) / PX_PER_VALUE_TICK, 2, 8);
    double step = axis_step(c->high - c->low, wanted);
    if (step > c->high && c->high > 0) /* one tick beside zero, at least */
        step = axis_step(c->high, 1) > c->high ? axis_step(c->high, 2) : axis_step(c->high, 1);
    char text[AXIS_TEXT_MAX];
    for (int k = (int)ceil(c->low / step - 1e-9); k * step <= c->high + step * 1e-9; k++) {
        int y = canvas_y(c, k * step) / 10;
        buf_printf(c->out, "<path class=\"%s\" d=\"M%d %d.5H%d\"/>", k == 0 ? "a" : "g", c->left, y,
                   c->right);
        put_label(c, c->left - 6, y + 4, "end",
                  axis_value_text(mirrored ? fabs(k * step) : k * step, unit, text));
    }
}

static void draw_time_ticks(struct canvas *c)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    size_t wanted = (size_t)clamp((c->right - c->left) / PX_PER_TIME_TICK, 1, AXIS_TICKS_MAX);
    size_t count = axis_times(c->picture->from, c->picture->to, wanted, ticks);
    for (size_t i = 0; i < count; i++) {
        int x = canvas_x(c, ticks[i].at) / 10;
        buf_printf(c->out, "<path class=\"g\" d=\"M%d.5 %dV%d\"/>", x, c->top, c->bottom + 4);
        int half = (int)((double)strlen(ticks[i].text) * PX_PER_CHAR / 2);
        put_label(c, clamp(x, c->left + half - 20, c->right - half), c->bottom + 16, "middle",
                  ticks[i].text);
    }
}

static void draw_marks(struct canvas *c)
{
    for (size_t i = 0; i < c->picture->marks_count; i++) {
        const struct picture_mark *m = &c->picture->marks[i];
        struct wall end = m->to.ns ? m->to : c->picture->to;
        if (end.ns < c->picture->from.ns || m->from.ns > c->picture->to.ns)
            continue;
        int from = canvas_x(c, m->from) / 10, to = canvas_x(c, end) / 10;
        buf_printf(c->out, "<path class=\"mk\" d=\"M%d %dh%dV%dh-%dz\"/>", from, c->top,
                   to > from + 2 ? to - from : 2, c->bottom, to > from + 2 ? to - from : 2);
    }
}

static void begin_frame(struct canvas *c, const struct picture *p, double low, double high, struct buf *out)
{
    int width = clamp(p->width, PICTURE_WIDTH_MIN, PICTURE_WIDTH_MAX);
    int height = clamp(p->height, PICTURE_HEIGHT_MIN, PICTURE_HEIGHT_MAX);
    *c = (struct canvas){.picture = p, .out = out, .width = width, .height = height, .left = LEFT_PX,
                         .top = TOP_PX, .right = width - RIGHT_PX, .bottom = height - BOTTOM_PX,
                         .low = low, .high = high > low ? high : low + 1, .legend_x = LEFT_PX};
    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                    " height=\"%d\" role=\"img\"><title>", width, height, width, height);
    put_text(out, p->title, 200);
    buf_printf(out, "</title><style>%s</style><text class=\"t\" x=\"%d\" y=\"15\">", palette_style,
               LEFT_PX);
    put_text(out, p->title, (size_t)((width - LEFT_PX - RIGHT_PX) / PX_PER_CHAR));
    buf_text(out, "</text>");
    draw_marks(c);
}

void canvas_begin(struct canvas *c, const struct picture *p, double low, double high,
                  enum axis_unit unit, bool mirrored, struct buf *out)
{
    begin_frame(c, p, low, high, out);
    draw_value_ticks(c, unit, mirrored);
    draw_time_ticks(c);
}

int canvas_row(const struct canvas *c, size_t row, size_t count)
{
    return 10 * c->top + 10 * (c->bottom - c->top) * (int)(2 * row + 1) / (int)(2 * count);
}

void canvas_begin_rows(struct canvas *c, const struct picture *p, const char *const *labels, size_t count,
                       struct buf *out)
{
    begin_frame(c, p, 0, 1, out);
    for (size_t i = 0; i < count; i++) {
        int y = canvas_row(c, i, count) / 10;
        buf_printf(c->out, "<path class=\"g\" d=\"M%d %d.5H%d\"/>", c->left, y, c->right);
        put_label(c, c->left - 6, y + 4, "end", labels[i]);
    }
    draw_time_ticks(c);
}

void canvas_say(struct canvas *c, const char *sentence)
{
    buf_printf(c->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (c->left + c->right) / 2,
               (c->top + c->bottom) / 2 - 4);
    put_text(c->out, sentence, 80);
    buf_text(c->out, "</text>");
}

void canvas_legend(struct canvas *c, const char *patch, const char *label, const char *value)
{
    size_t chars = strlen(label) + strlen(value) + 1;
    int width = 14 + (int)((double)chars * PX_PER_CHAR) + 8;
    if (c->legend_x > c->left && c->legend_x + width > c->width)
        return; /* a narrow picture says the first things only */
    buf_printf(c->out, "<path class=\"%s\" d=\"M%d %dh9v9h-9z\"/><text x=\"%d\" y=\"%d\">", patch,
               c->legend_x, c->height - 17, c->legend_x + 14, c->height - 8);
    put_text(c->out, label, 40);
    buf_char(c->out, ' ');
    put_text(c->out, value, 40);
    buf_text(c->out, "</text>");
    c->legend_x += width;
}

void canvas_end(struct canvas *c)
{
    buf_text(c->out, "</svg>\n");
}

void path_begin(struct path *p, const struct canvas *c, const char *css_class)
{
    *p = (struct path){.out = c->out};
    buf_text(p->out, "<path class=\"p ");
    buf_text(p->out, css_class);
    buf_text(p->out, "\" transform=\"scale(.1)\" d=\"");
}

void path_to(struct path *p, int x, int y)
{
    if (!p->started || !p->down) {
        buf_char(p->out, 'M');
        put_int(p->out, x);
        buf_char(p->out, ' ');
        put_int(p->out, y);
    } else if (y == p->y) {
        buf_char(p->out, 'h');
        put_int(p->out, x - p->x);
    } else if (x == p->x) {
        buf_char(p->out, 'v');
        put_int(p->out, y - p->y);
    } else {
        buf_char(p->out, 'l');
        put_int(p->out, x - p->x);
        if (y > p->y) /* a minus parts the numbers as well as a space */
            buf_char(p->out, ' ');
        put_int(p->out, y - p->y);
    }
    p->x = x;
    p->y = y;
    p->started = p->down = true;
}

void path_lift(struct path *p)
{
    p->down = false;
}

void path_close(struct path *p)
{
    if (p->down)
        buf_char(p->out, 'z');
    p->down = false;
}

void path_end(struct path *p)
{
    buf_text(p->out, "\"/>");
}

static struct wall row_time(const struct points *p, size_t row)
{
    return wall_after(p->first, (int64_t)row * p->step_ns);
}

static double edge(const struct points *p, size_t row, int source, double floor, double factor)
{
    return source < 0 ? floor : factor * points_at(p, row, source);
}

static void band_run(struct canvas *c, struct path *path, const struct points *p, int low, int high,
                     double floor, double factor, size_t from, size_t to)
{
    int wide = canvas_x(c, wall_after(row_time(p, from), -p->step_ns));
    path_to(path, wide, canvas_y(c, edge(p, from, high, floor, factor)));
    for (size_t row = from; row < to; row++)
        path_to(path, canvas_x(c, row_time(p, row)), canvas_y(c, edge(p, row, high, floor, factor)));
    if (low < 0) {
        path_to(path, path->x, canvas_y(c, floor));
        path_to(path, wide, canvas_y(c, floor));
    } else {
        for (size_t row = to; row-- > from;)
            path_to(path, canvas_x(c, row_time(p, row)), canvas_y(c, edge(p, row, low, floor, factor)));
        path_to(path, wide, canvas_y(c, edge(p, from, low, floor, factor)));
    }
    path_close(path);
}

void canvas_band(struct canvas *c, const struct points *p, int low, int high, double floor,
                 double factor, const char *css_class)
{
    struct path path;
    path_begin(&path, c, css_class);
    for (size_t row = 0, from; row < p->rows; row++) {
        for (from = row; row < p->rows && isfinite(edge(p, row, high, floor, factor)) &&
                         isfinite(edge(p, row, low, floor, factor));)
            row++;
        if (row > from)
            band_run(c, &path, p, low, high, floor, factor, from, row);
    }
    path_end(&path);
}

void canvas_line(struct canvas *c, const struct points *p, int source, double factor,
                 const char *css_class)
{
    struct path path;
    path_begin(&path, c, css_class);
    for (size_t row = 0; row < p->rows; row++) {
        double v = factor * points_at(p, row, source);
        if (!isfinite(v)) {
            path_lift(&path);
            continue;
        }
        int x = canvas_x(c, row_time(p, row)), y = canvas_y(c, v);
        if (!path.down)
            path_to(&path, canvas_x(c, wall_after(row_time(p, row), -p->step_ns)), y);
        path_to(&path, x, y);
    }
    path_end(&path);
}
