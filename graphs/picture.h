/* What all drawn graphs have in common: the frame, the axes with their ticks, incident marks, a legend,
 * and the way from times and values to places. Pictures are plain SVG without script; paths lie in a
 * group scaled by a tenth, so that whole numbers are exact enough. */
#ifndef HAYLOFT_GRAPHS_PICTURE_H
#define HAYLOFT_GRAPHS_PICTURE_H

#include <stdbool.h>

#include "graphs/axis.h"
#include "graphs/points.h"
#include "poller/base/buf.h"

#define PICTURE_WIDTH_MIN 240
#define PICTURE_WIDTH_MAX 1600
#define PICTURE_HEIGHT_MIN 80
#define PICTURE_HEIGHT_MAX 600

/* A stretch of time worth seeing: an incident. to.ns 0: still open. */
struct picture_mark {
    struct wall from, to;
};

struct picture {
    struct wall from, to;     /* the time axis; from < to */
    int width, height;        /* pixels, clamped to the limits above */
    const char *title;        /* any text; clipped and escaped */
    const struct picture_mark *marks;
    size_t marks_count;
};

/* A picture being drawn. Plain, so that it can live on the stack; its members are for picture.c and the
 * draw_* next to it. */
struct canvas {
    const struct picture *picture;
    struct buf *out;
    int width, height, left, top, right, bottom; /* pixels */
    double low, high;                            /* values at bottom and top */
    int legend_x;
};

/* unit says how value ticks read; mirrored: negative values are shown without their sign. */
void canvas_begin(struct canvas *c, const struct picture *p, double low, double high,
                  enum axis_unit unit, bool mirrored, struct buf *out);
/* Named rows instead of a scale of values. */
void canvas_begin_rows(struct canvas *c, const struct picture *p, const char *const *labels, size_t count,
                       struct buf *out);
int canvas_row(const struct canvas *c, size_t row, size_t count); /* its middle, in tenths of a pixel */
/* In the middle: a sentence instead of a graph. */
void canvas_say(struct canvas *c, const char *sentence);
/* A patch of the given class and a text, in the row below the graph. */
void canvas_legend(struct canvas *c, const char *patch, const char *label, const char *value);
void canvas_end(struct canvas *c);

/* Places in tenths of a pixel, inside the plot. */
int canvas_x(const struct canvas *c, struct wall at);
int canvas_y(const struct canvas *c, double value);

/* A path in the scaled group: what follows until path_end. */
struct path {
    struct buf *out;
    int x, y;
    bool started, down;
};

void path_begin(struct path *p, const struct canvas *c, const char *css_class);
void path_to(struct path *p, int x, int y); /* the first after path_lift moves, others draw */
void path_lift(struct path *p);
void path_close(struct path *p);            /* back to where the line began, then lifted */
void path_end(struct path *p);

/* A band between two sources (or a source and a fixed value when low < 0: floor). */
void canvas_band(struct canvas *c, const struct points *p, int low, int high, double floor,
                 double factor, const char *css_class);
/* A line through a source, lifted where nothing is known. */
void canvas_line(struct canvas *c, const struct points *p, int source, double factor,
                 const char *css_class);

#endif
