/* What a device tells comes and goes, and after a restart nobody remembers what it told before. So a file of
 * readings keeps each source it ever had, as long as there is room: rows are brought into its order. */
#ifndef HAYLOFT_GRAPHS_ARCHIVE_UNION_H
#define HAYLOFT_GRAPHS_ARCHIVE_UNION_H

#include "graphs/archive.h"
#include "graphs/rrd_header.h"

struct archive_union {
    struct archive_shape shape;               /* the file's sources, then those it has not */
    const char *sources[LAYOUT_SOURCES_MAX];
    size_t place[LAYOUT_SOURCES_MAX];         /* of each source of the caller's shape */
    struct archive_row *rows;                 /* NaN for what they do not tell */
    double *values;
};

/* The caller's rows for the file h tells of. False: nothing is to be brought together, because its sources are
 * these, or no others may stand in such a file, or there is no room for all (or no memory): the rows fit as they
 * are. h and s outlive it. */
bool archive_union_begin(struct archive_union *u, const struct rrd_header *h, const struct archive_shape *s,
                         const struct archive_row *rows, size_t row_count);
void archive_union_end(struct archive_union *u);

#endif
