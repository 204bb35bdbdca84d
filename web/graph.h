/* Graphs within pages: the spans to choose from, and a picture in two widths so that its letters can be
 * read on a phone too. */
#ifndef HAYLOFT_WEB_GRAPH_H
#define HAYLOFT_WEB_GRAPH_H

#include "poller/base/buf.h"

struct graph_span {
    const char *word, *text; /* in addresses, for people */
    long seconds;
};

#define GRAPH_SPANS 5
extern const struct graph_span graph_spans[GRAPH_SPANS];

const struct graph_span *graph_span_find(const char *word); /* the day for NULL and unknown words */

/* vantage: whose series. what: "loss" for a ping's loss, else NULL. alt: what it shows, for those who do not see it. */
void graph_picture_from(struct buf *out, const char *vantage, const char *node, const char *object, const char *what,
                        const struct graph_span *span, int height, const char *alt);
/* The same of our own. */
void graph_picture(struct buf *out, const char *node, const char *object, const char *what,
                   const struct graph_span *span, int height, const char *alt);

/* One reading of an object: its data source, its unit (a word of value_unit_words). */
void graph_reading(struct buf *out, const char *node, const char *object, const char *source, const char *unit,
                   const struct graph_span *span, int height, const char *alt);

#endif
