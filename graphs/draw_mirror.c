#include <math.h>

#include "graphs/draw.h"

#define BITS_PER_OCTET 8
#define HEADROOM 1.08
#define LEAST_TOP_BPS 1000
#define LEAST_SHARE 0.3

static double most_bps(struct points_summary s)
{
    return s.known ? s.most * BITS_PER_OCTET : 0;
}

void draw_mirror(const struct picture *picture, const struct points *p, struct buf *buf)
{
    struct canvas c;
    char text[AXIS_TEXT_MAX];
    int in = points_source(p, "in_octets"), out = points_source(p, "out_octets");
    struct points_summary in_sum = points_summarize(p, in), out_sum = points_summarize(p, out);
    /* one scale for both, each with the room it needs, but neither squeezed to nothing */
    double above = most_bps(in_sum), below = most_bps(out_sum);
    double most = above > below ? above : below;
    most = most > LEAST_TOP_BPS ? most : LEAST_TOP_BPS;
    above = above > most * LEAST_SHARE ? above : most * LEAST_SHARE;
    below = below > most * LEAST_SHARE ? below : most * LEAST_SHARE;
    canvas_begin(&c, picture, -below * HEADROOM, above * HEADROOM, AXIS_BIT_PER_S, true, buf);
    if (in_sum.known + out_sum.known == 0) {
        canvas_say(&c, "no counters in this time yet");
    } else {
        canvas_band(&c, p, -1, in, 0, BITS_PER_OCTET, "in");
        canvas_band(&c, p, -1, out, 0, -BITS_PER_OCTET, "out");
        canvas_legend(&c, "x1", "in", axis_value_text(in_sum.average * BITS_PER_OCTET, AXIS_BIT_PER_S, text));
        canvas_legend(&c, "x2", "out", axis_value_text(out_sum.average * BITS_PER_OCTET, AXIS_BIT_PER_S, text));
        canvas_legend(&c, "x1", "in at most", axis_value_text(in_sum.most * BITS_PER_OCTET, AXIS_BIT_PER_S, text));
        canvas_legend(&c, "x2", "out at most", axis_value_text(out_sum.most * BITS_PER_OCTET, AXIS_BIT_PER_S, text));
    }
    canvas_end(&c);
}
