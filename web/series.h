/* Points of an object's series, fetched by the painter after store wrote what it still held back. */
#ifndef HAYLOFT_WEB_SERIES_H
#define HAYLOFT_WEB_SERIES_H

#include "graphs/points.h"
#include "web/backend.h"
#include "web/exchange.h"

struct series_span {
    const char *vantage, *node, *object; /* live as long as the exchange */
    struct wall from, to;
    uint32_t points;
};

/* Reads from, to (RFC 3339, seconds since 1970, or -SECONDS before now) and points from the query, with
 * the path's last three segments. False when something is not understood; then it has replied. */
bool series_span_of(struct exchange *x, struct series_span *out);

/* Store writes what it holds back of this object. then: called once with the exchange, also when
 * store does not answer. False: too many questions at once; then it is not called. */
bool series_freshen(struct exchange *x, const struct series_span *span, backend_answer_fn then);

/* then: called once; points live during the call, NULL with a sentence when there are none to have. */
void series_ask(struct exchange *x, const struct series_span *span,
                void (*then)(struct exchange *x, const struct points *points, const char *error));

#endif
