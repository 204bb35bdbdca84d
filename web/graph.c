#include "web/graph.h"

#include <stdio.h>
#include <string.h>

#include "poller/config/config.h"
#include "poller/model/words.h"
#include "web/html.h"

#define NARROW_PX 360
#define WIDE_PX 600

const struct graph_span graph_spans[GRAPH_SPANS] = {{"hour", "Hour", 3600},
                                                    {"day", "Day", 86400},
                                                    {"week", "Week", 7 * 86400},
                                                    {"month", "Month", 31 * 86400L},
                                                    {"year", "Year", 366 * 86400L}};

const struct graph_span *graph_span_find(const char *word)
{
    for (size_t i = 0; word && i < GRAPH_SPANS; i++)
        if (strcmp(graph_spans[i].word, word) == 0)
            return &graph_spans[i];
    return &graph_spans[1];
}

struct graph {
    const char *vantage, *node, *object, *what, *unit; /* what, unit: or NULL */
    const struct graph_span *span;
    int height;
};

static void put_source(struct buf *out, const struct graph *g, int width)
{
    char numbers[96];
    html(out, "/api/v1/graph/{u}/{u}/{u}.svg?", g->vantage, g->node, g->object);
    snprintf(numbers, sizeof numbers, "from=-%ld&amp;width=%d&amp;height=%d", g->span->seconds, width, g->height);
    buf_text(out, numbers);
    if (g->what)
        html(out, "&amp;what={u}", g->what);
    if (g->unit)
        html(out, "&amp;unit={u}", g->unit);
}

static void put_graph(struct buf *out, const struct graph *g, const char *alt)
{
    if (!role_built[ROLE_PAINTER])
        return;
    char size[64];
    html(out, "<picture class=\"graph\"><source media=\"(max-width:40rem)\" srcset=\"");
    put_source(out, g, NARROW_PX);
    snprintf(size, sizeof size, "\" width=\"%d\" height=\"%d", NARROW_PX, g->height);
    html(out, size);
    html(out, "\"><img loading=\"lazy\" src=\"");
    put_source(out, g, WIDE_PX);
    snprintf(size, sizeof size, "\" width=\"%d\" height=\"%d\"", WIDE_PX, g->height);
    html(out, size);
    html(out, " alt=\"{}, last {}\"></picture>", alt, g->span->word);
}

void graph_picture_from(struct buf *out, const char *vantage, const char *node, const char *object, const char *what,
                        const struct graph_span *span, int height, const char *alt)
{
    put_graph(out, &(struct graph){vantage, node, object, what, NULL, span, height}, alt);
}

void graph_picture(struct buf *out, const char *node, const char *object, const char *what,
                   const struct graph_span *span, int height, const char *alt)
{
    graph_picture_from(out, CONFIG_OWN_VANTAGE, node, object, what, span, height, alt);
}

void graph_reading(struct buf *out, const char *node, const char *object, const char *source, const char *unit,
                   const struct graph_span *span, int height, const char *alt)
{
    put_graph(out, &(struct graph){CONFIG_OWN_VANTAGE, node, object, source, unit, span, height}, alt);
}
