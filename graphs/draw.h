/* The sorts of graphs we draw ourselves. Each appends one whole SVG document. Sources that are not
 * among the points, or nowhere known, give a frame that says so. */
#ifndef HAYLOFT_GRAPHS_DRAW_H
#define HAYLOFT_GRAPHS_DRAW_H

#include "graphs/picture.h"

/* Latency of a ping object: a band from least to greatest, a denser one between the quartiles, the
 * median as a line whose colour and width tell the loss, and red feet where nothing came back. */
void draw_smoke(const struct picture *p, const struct points *points, struct buf *out);

/* Traffic of a port: in above the axis, out below it, in bits per second. */
void draw_mirror(const struct picture *p, const struct points *points, struct buf *out);

/* Probes of a network: a row for each step that was taken, a bar where it was. */
void draw_steps(const struct picture *p, const struct points *points, struct buf *out);

/* One source as a filled line. factor is applied to each value. top: the scale's end when fixed, else 0.
 * fitted: the scale goes from the least to the greatest, as a temperature's does; then nothing is filled.
 * unit_text: what stands behind values in the legend, "" or NULL: what the axis says is enough. */
struct line_style {
    const char *source, *label;
    enum axis_unit unit;
    double factor, top;
    bool fitted;
    const char *unit_text;
};
void draw_line(const struct picture *p, const struct points *points, const struct line_style *style,
               struct buf *out);

/* The right one for an object by its name and sources; what: "loss" asks for a ping's loss instead of
 * its latency, else NULL. unit: of what, a word of value_unit_words, when what is a reading; else NULL. */
void draw_object(const struct picture *p, const struct points *points, const char *object,
                 const char *what, const char *unit, struct buf *out);

#endif
