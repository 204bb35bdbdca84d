#include <math.h>
#include <string.h>

#include "graphs/draw.h"
#include "graphs/palette.h"

#define HEADROOM 1.15
#define LEAST_TOP_S 0.0001 /* a quiet LAN is not drawn as mountains */
#define FOOT_TENTHS 60    /* height of the mark where nothing came back */

struct smoke {
    int low, q1, median, q3, high, loss;
};

static struct smoke sources_of(const struct points *p)
{
    return (struct smoke){points_source(p, "rtt_min"), points_source(p, "rtt_q1"),
                          points_source(p, "rtt_median"), points_source(p, "rtt_q3"),
                          points_source(p, "rtt_max"), points_source(p, "loss")};
}

/* The quartiles decide the scale: a single late echo may leave the picture. */
static double top_of(const struct points *p, const struct smoke *s)
{
    struct points_summary body = points_summarize(p, s->q3 >= 0 ? s->q3 : s->median);
    struct points_summary peak = points_summarize(p, s->high);
    double top = body.known ? body.most * HEADROOM : LEAST_TOP_S;
    if (peak.known && peak.most < 2 * top)
        top = peak.most * HEADROOM;
    return top > LEAST_TOP_S ? top : LEAST_TOP_S;
}

/* The stretches of the median with loss of one class, over the plain line. */
static void draw_loss_class(struct canvas *c, const struct points *p, const struct smoke *s,
                            const char *css_class)
{
    struct path path;
    bool begun = false;
    for (size_t row = 0; row < p->rows; row++) {
        double median = points_at(p, row, s->median);
        const char *mine = palette_loss_class(points_at(p, row, s->loss));
        if (!isfinite(median) || !mine || strcmp(mine, css_class) != 0)
            continue;
        struct wall at = wall_after(p->first, (int64_t)row * p->step_ns);
        if (!begun)
            path_begin(&path, c, css_class);
        begun = true;
        path_lift(&path);
        path_to(&path, canvas_x(c, wall_after(at, -p->step_ns)), canvas_y(c, median));
        path_to(&path, canvas_x(c, at), canvas_y(c, median));
    }
    if (begun)
        path_end(&path);
}

static void draw_silence(struct canvas *c, const struct points *p, const struct smoke *s)
{
    struct path path;
    path_begin(&path, c, "l4");
    for (size_t row = 0; row < p->rows; row++) {
        size_t from = row;
        while (row < p->rows && points_at(p, row, s->loss) > 0.9999)
            row++;
        if (row == from)
            continue;
        struct wall first = wall_after(p->first, ((int64_t)from - 1) * p->step_ns);
        struct wall last = wall_after(p->first, ((int64_t)row - 1) * p->step_ns);
        int left = canvas_x(c, first), right = canvas_x(c, last), foot = 10 * c->bottom;
        path_to(&path, left, foot);
        path_to(&path, left, foot - FOOT_TENTHS);
        path_to(&path, right > left + 10 ? right : left + 10, foot - FOOT_TENTHS);
        path_to(&path, right > left + 10 ? right : left + 10, foot);
        path_close(&path);
    }
    path_end(&path);
}

static void draw_legend(struct canvas *c, const struct points *p, const struct smoke *s)
{
    char text[AXIS_TEXT_MAX];
    struct points_summary median = points_summarize(p, s->median), peak = points_summarize(p, s->high);
    struct points_summary loss = points_summarize(p, s->loss);
    canvas_legend(c, "k0", "median", axis_value_text(median.average, AXIS_SECONDS, text));
    canvas_legend(c, "k4", "lost", axis_value_text(loss.average, AXIS_RATIO, text));
    canvas_legend(c, "s1", "greatest", axis_value_text(peak.most, AXIS_SECONDS, text));
}

void draw_smoke(const struct picture *picture, const struct points *p, struct buf *out)
{
    struct canvas c;
    struct smoke s = sources_of(p);
    canvas_begin(&c, picture, 0, top_of(p, &s), AXIS_SECONDS, false, out);
    if (points_summarize(p, s.loss).known == 0) {
        canvas_say(&c, "no measurements in this time yet");
    } else {
        canvas_band(&c, p, s.low, s.high, 0, 1, "s1");
        canvas_band(&c, p, s.q1, s.q3, 0, 1, "s2");
        canvas_line(&c, p, s.median, 1, "m");
        draw_loss_class(&c, p, &s, "l1");
        draw_loss_class(&c, p, &s, "l2");
        draw_loss_class(&c, p, &s, "l3");
        draw_silence(&c, p, &s);
        draw_legend(&c, p, &s);
    }
    canvas_end(&c);
}
