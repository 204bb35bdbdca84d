#include "graphs/archive_edges.h"

#include <math.h>

#include "poller/base/clock.h"

#define MS_PER_S 1000

static bool lacks_something(const struct archive_shape *s, const struct archive_row *row)
{
    for (size_t i = 0; i < s->source_count; i++)
        if (isnan(row->values[i]))
            return true;
    return false;
}

static bool follows_a_gap(const struct archive_shape *s, int64_t last_ms, const struct archive_row *row)
{
    return row->at_ns / NS_PER_MS - last_ms > layout_heartbeat_s(s->step_s) * MS_PER_S;
}

static int64_t second_before(int64_t ms)
{
    return ms / MS_PER_S * MS_PER_S;
}

static int64_t second_after(int64_t ms)
{
    return second_before(ms + MS_PER_S - 1);
}

int64_t archive_edge_ms(const struct archive_shape *s, const struct archive_row *row)
{
    int64_t at_ms = row->at_ns / NS_PER_MS;
    return lacks_something(s, row) ? second_before(at_ms) : at_ms;
}

bool archive_edge_needs_last(const struct archive_shape *s, int64_t last_ms, const struct archive_row *row)
{
    return last_ms % MS_PER_S != 0 && (follows_a_gap(s, last_ms, row) || lacks_something(s, row));
}

size_t archive_edge_rows(const struct archive_shape *s, const struct archive_edge *last,
                         const struct archive_row *row, const double *unknown,
                         struct archive_row out[static ARCHIVE_EDGES_MAX])
{
    bool lacks = lacks_something(s, row), gap = follows_a_gap(s, last->at_ms, row);
    int64_t at_ms = archive_edge_ms(s, row), full_ms = second_before(at_ms), known_ms = last->at_ms;
    size_t n = 0;
    if ((gap || lacks) && last->values && second_after(last->at_ms) > last->at_ms &&
        second_after(last->at_ms) < at_ms) {
        known_ms = second_after(last->at_ms);
        out[n++] = (struct archive_row){known_ms * NS_PER_MS, last->values};
    }
    if (gap && !lacks && full_ms < at_ms && full_ms > known_ms)
        out[n++] = (struct archive_row){full_ms * NS_PER_MS, unknown};
    out[n++] = (struct archive_row){at_ms * NS_PER_MS, row->values};
    return n;
}
