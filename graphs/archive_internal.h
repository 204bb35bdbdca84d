/* What writing a file needs from making one. */
#ifndef HAYLOFT_GRAPHS_ARCHIVE_INTERNAL_H
#define HAYLOFT_GRAPHS_ARCHIVE_INTERNAL_H

#include <limits.h>

#include "graphs/archive.h"
#include "graphs/rrd_header.h"

enum archive_result archive_result_of(int error); /* an errno */
void archive_fail(struct archive_outcome *out, enum archive_result result, const char *what,
                  const char *why);
void archive_fail_errno(struct archive_outcome *out, const char *what);

/* A new file whose first value comes after start_s. Sets out->result on failure only. */
void archive_make(const char *path, const struct archive_shape *s, int64_t start_s, int64_t latest_s,
                  struct archive_outcome *out);

/* Name of the file that is to take the place of the one at path. */
bool archive_beside(const char *path, char out[static PATH_MAX]);

/* What differs between a file and what its object should have; NULL: nothing. */
const char *archive_difference(const struct rrd_header *h, const struct archive_shape *s);

/* Gives a sound file the shape it should have, with its history. why: the difference. */
void archive_reshape(const char *path, const struct archive_shape *s, int64_t latest_s, const char *why,
                     struct archive_outcome *out);

#endif
