#include <string.h>

#include "graphs/draw.h"

#define HEADROOM 1.1

void draw_line(const struct picture *picture, const struct points *p, const struct line_style *style,
               struct buf *out)
{
    struct canvas c;
    char text[AXIS_TEXT_MAX];
    int source = points_source(p, style->source);
    struct points_summary sum = points_summarize(p, source);
    double low = sum.known && sum.least * style->factor < 0 ? sum.least * style->factor * HEADROOM : 0;
    double high = style->top > 0 ? style->top : sum.known ? sum.most * style->factor * HEADROOM : 1;
    canvas_begin(&c, picture, low, high, style->unit, false, out);
    if (sum.known == 0) {
        canvas_say(&c, "no measurements in this time yet");
    } else {
        canvas_band(&c, p, -1, source, low > 0 ? low : 0, style->factor, "s2");
        canvas_line(&c, p, source, style->factor, "m");
        canvas_legend(&c, "k0", style->label, axis_value_text(sum.average * style->factor, style->unit, text));
        canvas_legend(&c, "s1", "most", axis_value_text(sum.most * style->factor, style->unit, text));
    }
    canvas_end(&c);
}

static const struct line_style styles[] = {
    {"time", "took", AXIS_SECONDS, 1, 0},
    {"loss", "lost", AXIS_RATIO, 1, 0},
    {"ok", "well", AXIS_RATIO, 1, 1},
};

/* By the name asked for, else the first source we know, else whatever stands first. */
static struct line_style style_for(const struct points *p, const char *what)
{
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        if (what ? strcmp(styles[i].source, what) == 0 : points_source(p, styles[i].source) >= 0)
            return styles[i];
    return (struct line_style){p->sources ? p->names[0] : "", "average", AXIS_PLAIN, 1, 0};
}

void draw_object(const struct picture *picture, const struct points *p, const char *object,
                 const char *what, struct buf *out)
{
    if (strncmp(object, "if-", 3) == 0) {
        draw_mirror(picture, p, out);
    } else if (!what && (strcmp(object, "ping") == 0 || points_source(p, "rtt_median") >= 0)) {
        draw_smoke(picture, p, out);
    } else {
        struct line_style style = style_for(p, what);
        draw_line(picture, p, &style, out);
    }
}
