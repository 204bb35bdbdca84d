#include "poller/base/json.h"
#include "web/handlers.h"
#include "web/series.h"

static void put_row(cJSON *rows, const struct points *p, size_t row)
{
    char at[CLOCK_TEXT_MAX];
    cJSON *one = cJSON_CreateArray();
    json_add_text(one, wall_rfc3339(wall_after(p->first, (int64_t)row * p->step_ns), at));
    for (size_t s = 0; s < p->sources; s++)
        cJSON_AddItemToArray(one, cJSON_CreateNumber(points_at(p, row, (int)s)));
    cJSON_AddItemToArray(rows, one);
}

static void after_points(struct exchange *x, const struct points *p, const char *error)
{
    if (!p) {
        reply_json_error(x, 404, error);
        return;
    }
    cJSON *document = cJSON_CreateObject();
    json_put_text(document, "vantage", exchange_segment(x, 3));
    json_put_text(document, "node", exchange_segment(x, 4));
    json_put_text(document, "object", exchange_segment(x, 5));
    json_put_number(document, "step_s", (double)p->step_ns / NS_PER_S);
    cJSON *names = json_put_array(document, "sources");
    for (size_t s = 0; s < p->sources; s++)
        json_add_text(names, p->names[s]);
    cJSON *rows = json_put_array(document, "rows"); /* [time, value of each source ...] */
    for (size_t row = 0; row < p->rows; row++)
        put_row(rows, p, row);
    reply_json(x, 200, document);
}

void api_series_get(struct exchange *x)
{
    struct series_span span;
    if (series_span_of(x, &span))
        series_ask(x, &span, after_points);
}
