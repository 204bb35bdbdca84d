/* Reads a stretch of an object's series. The file is looked at by our own eyes before librrd opens it. */
#ifndef HAYLOFT_GRAPHS_FETCH_H
#define HAYLOFT_GRAPHS_FETCH_H

#include "graphs/points.h"

#define FETCH_ERROR_MAX 256
#define FETCH_PATH_MAX 4096

struct fetch_question {
    const char *state_dir, *vantage, *node, *object;
    struct wall from, to;
    uint32_t points; /* at most so many rows */
    bool maximum;    /* MAX instead of AVERAGE */
};

struct fetched {
    struct points points; /* names and values are owned by this */
    char **names;
    double *values;
};

/* The object's file, checked. False with a sentence in error. */
bool fetch_path(const struct fetch_question *q, char path[static FETCH_PATH_MAX],
                char error[static FETCH_ERROR_MAX]);
bool fetch_points(const struct fetch_question *q, struct fetched *out, char error[static FETCH_ERROR_MAX]);
void fetched_fini(struct fetched *f);

/* Names of the objects a node has files of, sorted; each and the list malloc'd. Returns how many. */
size_t fetch_objects(const char *state_dir, const char *vantage, const char *node, char ***out);

/* Makes rows fewer: each row of the result speaks for `merge` rows, by average or by maximum of what is
 * known. In place; returns the new number of rows. */
size_t fetch_merge_rows(double *values, size_t rows, size_t sources, size_t merge, bool maximum);

#endif
