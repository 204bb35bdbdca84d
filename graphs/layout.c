#include "graphs/layout.h"

#include <math.h>
#include <string.h>

#include "graphs/rrd_header.h"

#define DAY_S INT64_C(86400)

const struct layout_span layout_default_spans[] = {
    {60, 2 * DAY_S},
    {300, 16 * DAY_S},
    {1800, 90 * DAY_S},
    {DAY_S, 5 * 365 * DAY_S},
};
const size_t layout_default_span_count =
    sizeof layout_default_spans / sizeof layout_default_spans[0];

/* A radio's or path's worst moment is a low value as often as a high one; traffic has no story below 0. */
static size_t functions_of(enum layout layout, const char *out[static 3])
{
    out[0] = "AVERAGE";
    out[1] = "MAX";
    out[2] = "MIN";
    return layout == LAYOUT_PING ? 3 : 2;
}

/* Turns spans into (steps, rows), those with equal steps joined. */
static size_t plan_rows(int64_t step_s, const struct layout_span *spans, size_t span_count,
                        struct layout_archive out[static LAYOUT_SPANS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < span_count && i < LAYOUT_SPANS_MAX; i++) {
        int64_t steps = spans[i].step_s / step_s > 0 ? spans[i].step_s / step_s : 1;
        int64_t rows = (spans[i].keep_s + steps * step_s - 1) / (steps * step_s);
        if (rows < 1)
            rows = 1;
        size_t same = 0;
        while (same < n && out[same].steps != steps)
            same++;
        if (same == n)
            out[n++] = (struct layout_archive){.steps = (uint32_t)steps};
        if (out[same].rows < rows)
            out[same].rows = (uint32_t)rows;
    }
    return n;
}

size_t layout_archives(enum layout layout, int64_t step_s, const struct layout_span *spans,
                       size_t span_count, struct layout_archive out[static LAYOUT_ARCHIVES_MAX])
{
    struct layout_archive plan[LAYOUT_SPANS_MAX];
    const char *functions[3];
    if (step_s < 1)
        step_s = 1;
    if (!spans || span_count == 0) {
        spans = layout_default_spans;
        span_count = layout_default_span_count;
    }
    size_t planned = plan_rows(step_s, spans, span_count, plan), n = 0;
    size_t function_count = functions_of(layout, functions);
    for (size_t f = 0; f < function_count; f++)
        for (size_t i = 0; i < planned; i++)
            out[n++] = (struct layout_archive){functions[f], plan[i].steps, plan[i].rows};
    return n;
}

struct layout_bounds layout_source_bounds(enum layout layout, const char *source)
{
    if (layout == LAYOUT_READINGS)
        return (struct layout_bounds){NAN, NAN}; /* dBm and degrees go below zero */
    if (layout == LAYOUT_STEPS) /* "dns" is how it went, "dns_time" how long it took */
        return (struct layout_bounds){0, strchr(source, '_') ? NAN : 1};
    bool ratio = strcmp(source, "loss") == 0 || strcmp(source, "oper") == 0 ||
                 strcmp(source, "ok") == 0;
    return (struct layout_bounds){0, ratio ? 1 : NAN};
}

bool layout_source_name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return n > 0 && n <= LAYOUT_SOURCE_NAME_MAX && name[n] == '\0';
}

int64_t layout_heartbeat_s(int64_t step_s)
{
    return step_s * 5 / 2 + 1;
}

uint64_t layout_file_bytes(enum layout layout, int64_t step_s, const struct layout_span *spans,
                           size_t span_count, size_t source_count)
{
    struct layout_archive archives[LAYOUT_ARCHIVES_MAX];
    size_t n = layout_archives(layout, step_s, spans, span_count, archives);
    uint64_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += archives[i].rows;
    return rrd_header_bytes(source_count, n) + rows * source_count * sizeof(double);
}
