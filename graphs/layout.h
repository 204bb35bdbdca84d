/* Which archives an object's file has, and between which bounds its data sources may lie. The one place
 * that decides how much disk a series costs. */
#ifndef HAYLOFT_GRAPHS_LAYOUT_H
#define HAYLOFT_GRAPHS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/model/report.h"

/* One resolution and how long it is kept. */
struct layout_span {
    int64_t step_s, keep_s;
};

#define LAYOUT_SPANS_MAX 8
#define LAYOUT_ARCHIVES_MAX (3 * LAYOUT_SPANS_MAX)
#define LAYOUT_SOURCES_MAX 64
#define LAYOUT_SOURCE_NAME_MAX 19 /* RRDtool's own bound */

/* 1 min x 2 days, 5 min x 16 days, 30 min x 90 days, 1 day x 5 years. */
extern const struct layout_span layout_default_spans[];
extern const size_t layout_default_span_count;

struct layout_archive {
    const char *function; /* "AVERAGE" "MAX" "MIN" */
    uint32_t steps;       /* primary points in a row */
    uint32_t rows;
};

/* Archives of a file that gets a value every step_s seconds; returns how many. spans NULL: the default.
 * Spans finer than the step share one archive, the longest. */
size_t layout_archives(enum layout layout, int64_t step_s, const struct layout_span *spans,
                       size_t span_count, struct layout_archive out[static LAYOUT_ARCHIVES_MAX]);

struct layout_bounds {
    double min, max; /* NaN: none */
};
struct layout_bounds layout_source_bounds(enum layout layout, const char *source);
bool layout_source_name_valid(const char *name);

/* Seconds without a value after which a data source is unknown. */
int64_t layout_heartbeat_s(int64_t step_s);

/* Bytes of one file. */
uint64_t layout_file_bytes(enum layout layout, int64_t step_s, const struct layout_span *spans,
                           size_t span_count, size_t source_count);

#endif
