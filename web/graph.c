#include "web/graph.h"

#include <stdio.h>
#include <string.h>

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

static void put_source(struct buf *out, const char *node, const char *object, const char *what,
                       const struct graph_span *span, int width, int height)
{
    char numbers[96];
    html(out, "/api/v1/graph/here/{u}/{u}.svg?", node, object);
    snprintf(numbers, sizeof numbers, "from=-%ld&amp;width=%d&amp;height=%d", span->seconds, width, height);
    buf_text(out, numbers);
    if (what)
        html(out, "&amp;what={u}", what);
}

void graph_picture(struct buf *out, const char *node, const char *object, const char *what,
                   const struct graph_span *span, int height, const char *alt)
{
    char size[64];
    html(out, "<picture class=\"graph\"><source media=\"(max-width:40rem)\" srcset=\"");
    put_source(out, node, object, what, span, NARROW_PX, height);
    snprintf(size, sizeof size, "\" width=\"%d\" height=\"%d", NARROW_PX, height);
    html(out, size);
    html(out, "\"><img loading=\"lazy\" src=\"");
    put_source(out, node, object, what, span, WIDE_PX, height);
    snprintf(size, sizeof size, "\" width=\"%d\" height=\"%d\"", WIDE_PX, height);
    html(out, size);
    html(out, " alt=\"{}, last {}\"></picture>", alt, span->word);
}
