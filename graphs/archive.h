/* Writes RRD files: the only code that lets librrd change one. Every file is looked at before librrd may
 * open it, and after it was made. Calls block; they belong in the thread pool, one file by one thread. */
#ifndef HAYLOFT_GRAPHS_ARCHIVE_H
#define HAYLOFT_GRAPHS_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graphs/layout.h"

enum archive_result {
    ARCHIVE_OK,
    ARCHIVE_BUSY,      /* another program holds the file: later */
    ARCHIVE_NO_ROOM,   /* disk, quota or inodes are used up: later */
    ARCHIVE_READ_ONLY, /* the file system takes no writes: later */
    ARCHIVE_FAILED,    /* the system refused otherwise (EIO, rights): later */
    ARCHIVE_DAMAGED    /* the file is not one we may write; set it aside */
};

#define ARCHIVE_WHY_MAX 256

/* What a file must look like. */
struct archive_shape {
    enum layout layout;
    int64_t step_s;
    const char *const *sources;
    size_t source_count;
    const struct layout_span *spans; /* NULL: the default */
    size_t span_count;
};

/* One moment's values, in the order of the sources; NaN: unknown. */
struct archive_row {
    int64_t at_ns; /* since 1970 */
    const double *values;
};

struct archive_outcome {
    enum archive_result result;
    size_t written, skipped; /* skipped: not later than what the file holds */
    char why[ARCHIVE_WHY_MAX];
};

/* Writes rows (ordered by time) into the file at path, which is made when absent. latest_s: no file may
 * claim an update later than that. Rows neither written nor skipped are still the caller's. */
void archive_write(const char *path, const struct archive_shape *shape, const struct archive_row *rows,
                   size_t row_count, int64_t latest_s, struct archive_outcome *out);

/* Beside a file its next shape is made, and takes its place whole. Removes what a power cut left of that. */
void archive_sweep(const char *path);
/* After a failed sync of the file system: all bytes once more, into a new file that is durable before it
 * takes the place of the old one. False with errno: the old one stays. An absent file is fine. */
bool archive_rewrite(const char *path);

#endif
