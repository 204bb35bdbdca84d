/* Three steps: store is asked to write what it holds back of this object, the painter for the points,
 * which come in parts. A store that does not answer costs freshness, not the graph. */
#include "web/series.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/cursor.h"
#include "web/web.h"

#define SPAN_DEFAULT_S (24 * 3600)
#define SPAN_MAX_S (INT64_C(20) * 366 * 24 * 3600)
#define POINTS_DEFAULT 600
#define NAMES_MAX 64

struct fetching {
    struct series_span span;
    void (*then)(struct exchange *x, const struct points *points, const char *error);
    struct points points;
    char *names[NAMES_MAX];
    double *values;
    size_t capacity; /* values */
};

static void fetching_free(void *work)
{
    struct fetching *f = work;
    for (size_t i = 0; i < NAMES_MAX; i++)
        free(f->names[i]);
    free(f->values);
    free(f);
}

static bool read_time(const char *text, struct wall now, struct wall *out)
{
    char *end;
    if (wall_parse(text, out))
        return true;
    long long seconds = strtoll(text, &end, 10);
    if (end == text || *end || seconds > SPAN_MAX_S * 10 || seconds < -SPAN_MAX_S)
        return false;
    *out = seconds > 0 ? (struct wall){SECONDS(seconds)} : wall_after(now, SECONDS(seconds));
    return true;
}

/* Whole minutes, so that the same graph asked twice is the same question. */
static struct wall whole_minute(struct wall t)
{
    return (struct wall){t.ns - t.ns % MINUTES(1)};
}

bool series_span_of(struct exchange *x, struct series_span *out)
{
    const char *from = parameter(&x->target.query, "from"), *to = parameter(&x->target.query, "to");
    const char *points = parameter(&x->target.query, "points");
    struct wall now = clock_wall();
    if (!role_built[ROLE_PAINTER]) {
        reply_json_error(x, 404, "hayloft was built without graphs: it keeps no series");
        return false;
    }
    *out = (struct series_span){exchange_segment(x, 3), exchange_segment(x, 4), exchange_segment(x, 5),
                                {0}, now, POINTS_DEFAULT};
    if ((to && !read_time(to, now, &out->to))) {
        reply_json_error(x, 400, "to is not a time");
        return false;
    }
    out->from = wall_after(out->to, -SECONDS(SPAN_DEFAULT_S));
    if (from && !read_time(from, now, &out->from)) {
        reply_json_error(x, 400, "from is not a time");
        return false;
    }
    out->from = whole_minute(out->from);
    out->to = whole_minute(out->to);
    if (out->to.ns <= out->from.ns || out->to.ns - out->from.ns > SECONDS(SPAN_MAX_S)) {
        reply_json_error(x, 400, "from must be before to, by 20 years at most");
        return false;
    }
    unsigned long wanted = points ? strtoul(points, NULL, 10) : POINTS_DEFAULT;
    out->points = wanted < 1 ? 1 : wanted > POINTS_MAX ? POINTS_MAX : (uint32_t)wanted;
    return true;
}

/* The first part says the names; later ones must be alike. */
static bool take_names(struct fetching *f, const struct pw_points *part)
{
    if (f->points.sources)
        return part->sources_count == f->points.sources;
    if (part->sources_count > NAMES_MAX)
        return false;
    for (size_t i = 0; i < part->sources_count; i++)
        f->names[i] = strdup(part->sources[i] ? part->sources[i] : "");
    f->points.first = part->first;
    f->points.step_ns = part->step_ns;
    f->points.sources = part->sources_count;
    f->points.names = (const char *const *)f->names;
    return true;
}

static bool take_values(struct fetching *f, const struct bytes *packed)
{
    size_t have = f->points.rows * f->points.sources, more = packed->len / sizeof(uint64_t);
    struct reader in = reader_over(packed->data, packed->len);
    if (f->points.sources == 0)
        return more == 0;
    if (more % f->points.sources || have + more > (size_t)POINTS_MAX * NAMES_MAX)
        return false;
    double *values = realloc(f->values, (have + more + 1) * sizeof *values);
    if (!values)
        return false;
    f->values = values;
    for (size_t i = 0; i < more; i++) {
        uint64_t bits = 0;
        rd_u64(&in, &bits);
        memcpy(&values[have + i], &bits, sizeof bits);
    }
    f->points.values = values;
    f->points.rows += more / f->points.sources;
    return true;
}

static bool on_points(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct fetching *f = x->work;
    const struct pw_points *part = value;
    const char *error = NULL;
    if (!value)
        error = "the painter did not answer";
    else if (type == PW_ERROR)
        error = ((const struct pw_error *)value)->error;
    else if (type != PW_POINTS || !take_names(f, part) || !take_values(f, &part->values))
        error = "the painter's answer was not understood";
    else if (!part->last)
        return false;
    f->then(x, error ? NULL : &f->points, error);
    return true;
}

static void ask_painter(struct exchange *x)
{
    struct fetching *f = x->work;
    uint32_t number = backend_expect(x->web->backend, ROLE_PAINTER, on_points, x);
    if (number == 0) {
        f->then(x, NULL, "too many questions at once");
        return;
    }
    struct wp_points question = {
        .request = number, .vantage = (char *)(uintptr_t)f->span.vantage,
        .node = (char *)(uintptr_t)f->span.node, .object = (char *)(uintptr_t)f->span.object,
        .from = f->span.from, .to = f->span.to, .points = f->span.points};
    backend_ask(x->web->backend, ROLE_PAINTER, number, WP_POINTS, &wp_points_record, &question);
}

static bool on_fresh(void *ctx, uint16_t type, const void *value)
{
    ask_painter(ctx);
    return true;
}

bool series_freshen(struct exchange *x, const struct series_span *span, backend_answer_fn then)
{
    uint32_t number = backend_expect(x->web->backend, ROLE_STORE, then, x);
    struct ws_fresh question = {.request = number,
                                .vantage = (char *)(uintptr_t)span->vantage,
                                .node = (char *)(uintptr_t)span->node,
                                .object = (char *)(uintptr_t)span->object};
    if (number)
        backend_ask(x->web->backend, ROLE_STORE, number, WS_FRESH, &ws_fresh_record, &question);
    return number != 0;
}

void series_ask(struct exchange *x, const struct series_span *span,
                void (*then)(struct exchange *x, const struct points *points, const char *error))
{
    struct fetching *f = calloc(1, sizeof *f);
    if (!f) {
        then(x, NULL, "not enough memory");
        return;
    }
    f->span = *span;
    f->then = then;
    x->work = f;
    x->work_free = fetching_free;
    if (!series_freshen(x, span, on_fresh))
        then(x, NULL, "too many questions at once");
}
