#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graphs/draw.h"

#define HEADROOM 1.1

struct extent {
    double low, high;
};

/* Around what was measured, a bit of room on both sides, and never so close that noise fills the picture. */
static struct extent fitted(double least, double most)
{
    double room = (most - least) * 0.1, size = fmax(fabs(least), fabs(most));
    room = fmax(room, size > 0 ? size * 0.02 : 1);
    return (struct extent){least >= 0 && least - room < 0 ? 0 : least - room, most + room};
}

static struct extent extent_of(const struct line_style *style, const struct points_summary *sum)
{
    double least = sum->least * style->factor, most = sum->most * style->factor;
    if (!sum->known)
        return (struct extent){0, style->top > 0 ? style->top : 1};
    if (style->fitted && style->top <= 0)
        return fitted(least, most);
    return (struct extent){least < 0 ? least * HEADROOM : 0, style->top > 0 ? style->top : most * HEADROOM};
}

static void legend(struct canvas *c, const char *patch, const char *label, double value,
                   const struct line_style *style)
{
    char number[AXIS_TEXT_MAX], text[2 * AXIS_TEXT_MAX];
    axis_value_text(value * style->factor, style->unit, number);
    bool named = style->unit_text && *style->unit_text && style->unit == AXIS_NUMBER;
    snprintf(text, sizeof text, "%s%s%s", number, named ? "\xc2\xa0" : "", named ? style->unit_text : "");
    canvas_legend(c, patch, label, text);
}

void draw_line(const struct picture *picture, const struct points *p, const struct line_style *style,
               struct buf *out)
{
    struct canvas c;
    int source = points_source(p, style->source);
    struct points_summary sum = points_summarize(p, source);
    struct extent e = extent_of(style, &sum);
    canvas_begin(&c, picture, e.low, e.high, style->unit, false, out);
    if (sum.known == 0) {
        canvas_say(&c, "no measurements in this time yet");
    } else {
        if (e.low <= 0 && !(style->fitted && e.low < 0))
            canvas_band(&c, p, -1, source, 0, style->factor, "s2");
        canvas_line(&c, p, source, style->factor, "m");
        legend(&c, "k0", style->label, sum.average, style);
        legend(&c, "s1", "most", sum.most, style);
        if (style->fitted)
            legend(&c, "s1", "least", sum.least, style);
    }
    canvas_end(&c);
}

static const struct line_style styles[] = {
    {"time", "took", AXIS_SECONDS, 1, 0},
    {"loss", "lost", AXIS_RATIO, 1, 0},
    {"ok", "well", AXIS_RATIO, 1, 1},
};

/* A reading: its own name is the source's, and a share of a whole has a scale of its own. */
static struct line_style reading_style(const char *what, const char *unit)
{
    return (struct line_style){.source = what,
                               .label = "average",
                               .unit = axis_unit_of(unit),
                               .factor = 1,
                               .top = strcmp(unit, "%") == 0 ? 100 : 0,
                               .fitted = true,
                               .unit_text = unit};
}

/* By the name asked for, else the first source we know, else whatever stands first. */
static struct line_style style_for(const struct points *p, const char *what)
{
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        if (what ? strcmp(styles[i].source, what) == 0 : points_source(p, styles[i].source) >= 0)
            return styles[i];
    if (what && points_source(p, what) >= 0)
        return reading_style(what, "");
    return (struct line_style){p->sources ? p->names[0] : "", "average", AXIS_PLAIN, 1, 0};
}

void draw_object(const struct picture *picture, const struct points *p, const char *object,
                 const char *what, const char *unit, struct buf *out)
{
    if (strncmp(object, "if-", 3) == 0) {
        draw_mirror(picture, p, out);
    } else if (!what && strncmp(object, "guest-", 6) == 0) {
        draw_steps(picture, p, out);
    } else if (!what && (strcmp(object, "ping") == 0 || points_source(p, "rtt_median") >= 0)) {
        draw_smoke(picture, p, out);
    } else {
        struct line_style style = what && unit ? reading_style(what, unit) : style_for(p, what);
        draw_line(picture, p, &style, out);
    }
}
