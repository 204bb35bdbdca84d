/* A stretch of an object's series as plain numbers, ready to be drawn or listed. */
#ifndef HAYLOFT_GRAPHS_POINTS_H
#define HAYLOFT_GRAPHS_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"

#define POINTS_MAX 2000

struct points {
    struct wall first;        /* the moment the first row speaks for (the end of its step) */
    int64_t step_ns;
    size_t rows, sources;
    const char *const *names; /* of the sources */
    const double *values;     /* rows * sources, row by row; NaN unknown */
};

/* Index of a source by name, -1 when it has none. */
int points_source(const struct points *p, const char *name);
double points_at(const struct points *p, size_t row, int source); /* NaN for source -1 */

struct points_summary {
    double average, least, most, last; /* NaN when nothing is known */
    size_t known;
};

struct points_summary points_summarize(const struct points *p, int source);

#endif
