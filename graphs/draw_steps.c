/* Probes of a network over time: a row for each step, a bar where it was taken. Well is a thin bar, failing a thick
 * one, so that nobody needs the colour to tell them apart. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graphs/draw.h"

#define ROWS_MAX 16
#define TIMES "_time" /* how a source ends that tells how long a step took */

enum bar { BAR_NONE, BAR_WELL, BAR_TROUBLE, BAR_FAILING };

static const struct {
    const char *css_class, *patch, *label;
    int share; /* of the row's height, in tenths */
} bars[] = {
    [BAR_WELL] = {"b1", "k1", "well", 3},
    [BAR_TROUBLE] = {"b2", "k2", "in part", 5},
    [BAR_FAILING] = {"b3", "k3", "failing", 8},
};

/* An average of several probes may lie between. */
static enum bar bar_of(double value)
{
    if (isnan(value))
        return BAR_NONE;
    return value > 0.99 ? BAR_WELL : value < 0.5 ? BAR_FAILING : BAR_TROUBLE;
}

static bool is_time(const char *name)
{
    size_t len = strlen(name), end = strlen(TIMES);
    return len > end && strcmp(name + len - end, TIMES) == 0;
}

static size_t rows_of(const struct points *p, int out[static ROWS_MAX])
{
    size_t count = 0;
    for (size_t s = 0; s < p->sources && count < ROWS_MAX; s++) {
        struct points_summary sum = points_summarize(p, (int)s);
        if (!is_time(p->names[s]) && sum.known)
            out[count++] = (int)s;
    }
    return count;
}

static struct wall moment(const struct points *p, size_t row)
{
    return wall_after(p->first, ((int64_t)row - 1) * p->step_ns); /* a row speaks for the step before it */
}

static void put_bar(struct canvas *c, struct path *path, const struct points *p, size_t from, size_t to, int middle,
                    int half)
{
    int left = canvas_x(c, moment(p, from)), right = canvas_x(c, moment(p, to));
    right = right > left + 10 ? right : left + 10;
    path_to(path, left, middle - half);
    path_to(path, right, middle - half);
    path_to(path, right, middle + half);
    path_to(path, left, middle + half);
    path_close(path);
}

static void put_row(struct canvas *c, const struct points *p, int source, enum bar bar, int middle, int height)
{
    struct path path;
    path_begin(&path, c, bars[bar].css_class);
    for (size_t row = 0, from; row < p->rows; row++) {
        for (from = row; row < p->rows && bar_of(points_at(p, row, source)) == bar;)
            row++;
        if (row > from)
            put_bar(c, &path, p, from, row, middle, height * bars[bar].share / 20);
    }
    path_end(&path);
}

static bool has_bar(const struct points *p, const int *rows, size_t count, enum bar bar)
{
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < p->rows; row++)
            if (bar_of(points_at(p, row, rows[i])) == bar)
                return true;
    return false;
}

void draw_steps(const struct picture *picture, const struct points *p, struct buf *out)
{
    struct canvas c;
    int rows[ROWS_MAX];
    const char *labels[ROWS_MAX];
    size_t count = rows_of(p, rows);
    for (size_t i = 0; i < count; i++)
        labels[i] = p->names[rows[i]];
    canvas_begin_rows(&c, picture, labels, count, out);
    if (!count)
        canvas_say(&c, "no measurements in this time yet");
    for (size_t i = 0; i < count; i++) {
        int height = 10 * (c.bottom - c.top) / (int)count;
        for (enum bar b = BAR_WELL; b <= BAR_FAILING; b++)
            put_row(&c, p, rows[i], b, canvas_row(&c, i, count), height);
    }
    for (enum bar b = BAR_WELL; b <= BAR_FAILING; b++)
        if (has_bar(p, rows, count, b))
            canvas_legend(&c, bars[b].patch, bars[b].label, "");
    canvas_end(&c);
}
