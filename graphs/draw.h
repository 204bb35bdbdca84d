/* The three sorts of graphs we draw ourselves. Each appends one whole SVG document. Sources that are not
 * among the points, or nowhere known, give a frame that says so. */
#ifndef HAYLOFT_GRAPHS_DRAW_H
#define HAYLOFT_GRAPHS_DRAW_H

#include "graphs/picture.h"

/* Latency of a ping object: a band from least to greatest, a denser one between the quartiles, the
 * median as a line whose colour and width tell the loss, and red feet where nothing came back. */
void draw_smoke(const struct picture *p, const struct points *points, struct buf *out);

/* Traffic of a port: in above the axis, out below it, in bits per second. */
void draw_mirror(const struct picture *p, const struct points *points, struct buf *out);

/* One source as a filled line. factor is applied to each value. top: the scale's end when fixed, else 0. */
struct line_style {
    const char *source, *label;
    enum axis_unit unit;
    double factor, top;
};
void draw_line(const struct picture *p, const struct points *points, const struct line_style *style,
               struct buf *out);

/* The right one for an object by its name and sources; what: "loss" asks for a ping's loss instead of
 * its latency, else NULL. */
void draw_object(const struct picture *p, const struct points *points, const char *object,
                 const char *what, struct buf *out);

#endif
