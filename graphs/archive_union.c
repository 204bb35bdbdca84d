#include "graphs/archive_union.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t place_of(const struct archive_union *u, const char *source)
{
    size_t i = 0;
    while (i < u->shape.source_count && strcmp(u->sources[i], source) != 0)
        i++;
    return i;
}

/* False: they do not fit into one file, or are in their places already. */
static bool join(struct archive_union *u, const struct rrd_header *h, const struct archive_shape *s)
{
    bool other = h->source_count != s->source_count;
    u->shape = *s;
    u->shape.sources = u->sources;
    u->shape.source_count = h->source_count;
    for (size_t i = 0; i < h->source_count; i++)
        u->sources[i] = h->sources[i];
    for (size_t i = 0; i < s->source_count; i++) {
        u->place[i] = place_of(u, s->sources[i]);
        other |= u->place[i] != i;
        if (u->place[i] < u->shape.source_count)
            continue;
        if (u->shape.source_count == LAYOUT_SOURCES_MAX)
            return false;
        u->sources[u->shape.source_count++] = s->sources[i];
    }
    return other;
}

bool archive_union_begin(struct archive_union *u, const struct rrd_header *h, const struct archive_shape *s,
                         const struct archive_row *rows, size_t row_count)
{
    *u = (struct archive_union){.rows = NULL};
    if (s->layout != LAYOUT_READINGS || !join(u, h, s))
        return false;
    size_t width = u->shape.source_count;
    u->rows = calloc(row_count, sizeof *u->rows);
    u->values = calloc(row_count * width, sizeof *u->values);
    if (!u->rows || !u->values) {
        archive_union_end(u);
        return false;
    }
    for (size_t i = 0; i < row_count * width; i++)
        u->values[i] = NAN;
    for (size_t r = 0; r < row_count; r++) {
        double *values = u->values + r * width;
        for (size_t i = 0; i < s->source_count; i++)
            values[u->place[i]] = rows[r].values[i];
        u->rows[r] = (struct archive_row){rows[r].at_ns, values};
    }
    return true;
}

void archive_union_end(struct archive_union *u)
{
    free(u->rows);
    free(u->values);
}
