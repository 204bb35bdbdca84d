/* Keeps librrd exact where values begin and end to be known. It counts unknown time in whole seconds and takes
 * what is left over as known and 0: a signal of -70 dBm that ends at 09.4 s of a step of ten would average to
 * -65.8. So unknown time gets whole ends here: a known value stands up to the next full second, less than a
 * second longer than it was measured, and a row that lacks something is stamped with a full second. */
#ifndef HAYLOFT_GRAPHS_ARCHIVE_EDGES_H
#define HAYLOFT_GRAPHS_ARCHIVE_EDGES_H

#include <stdbool.h>

#include "graphs/archive.h"

#define ARCHIVE_EDGES_MAX 3 /* rows that one may become */

/* What the file holds before a row. */
struct archive_edge {
    int64_t at_ms;
    const double *values; /* NULL: not known */
};

/* When a row is written: its own millisecond, or the full second before it. */
int64_t archive_edge_ms(const struct archive_shape *s, const struct archive_row *row);
/* Must the last values be known to write row after an update at last_ms? */
bool archive_edge_needs_last(const struct archive_shape *s, int64_t last_ms, const struct archive_row *row);
/* The rows to write instead of row, which is later than last; unknown: source_count NaNs. Returns how many. */
size_t archive_edge_rows(const struct archive_shape *s, const struct archive_edge *last,
                         const struct archive_row *row, const double *unknown,
                         struct archive_row out[static ARCHIVE_EDGES_MAX]);

#endif
