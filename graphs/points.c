#include "graphs/points.h"

#include <math.h>
#include <string.h>

int points_source(const struct points *p, const char *name)
{
    for (size_t i = 0; i < p->sources; i++)
        if (strcmp(p->names[i], name) == 0)
            return (int)i;
    return -1;
}

double points_at(const struct points *p, size_t row, int source)
{
    return source < 0 ? NAN : p->values[row * p->sources + (size_t)source];
}

struct points_summary points_summarize(const struct points *p, int source)
{
    struct points_summary s = {NAN, NAN, NAN, NAN, 0};
    double sum = 0;
    for (size_t row = 0; row < p->rows; row++) {
        double v = points_at(p, row, source);
        if (!isfinite(v))
            continue;
        sum += v;
        s.least = s.known && s.least < v ? s.least : v;
        s.most = s.known && s.most > v ? s.most : v;
        s.last = v;
        s.known++;
    }
    if (s.known)
        s.average = sum / (double)s.known;
    return s;
}
