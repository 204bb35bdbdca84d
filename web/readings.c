#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graphs/axis.h"
#include "poller/message/web_engine.h"
#include "poller/model/reading.h"
#include "web/html.h"
#include "web/readings.h"

#define HEIGHT_PX 180

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

bool readings_has(const struct view_series *s)
{
    static const char *const others[] = {"time", "loss", "ok", "rtt_median", "rtt_min", "rtt_max"};
    if (!s->object || strcmp(s->object, "ping") == 0 || strncmp(s->object, "if-", 3) == 0)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (is_same(s->name, others[i]))
            return false;
    return strncmp(s->name, "step_", 5) != 0;
}

static void put_value(struct buf *out, const struct view_series *s)
{
    char text[AXIS_TEXT_MAX];
    enum axis_unit unit = axis_unit_of(s->unit);
    html(out, "{}", axis_value_text(s->value, unit, text));
    if (isfinite(s->value) && unit == AXIS_NUMBER && *s->unit)
        html(out, "\xc2\xa0{}", s->unit);
}

static void put_object(struct buf *out, const struct ew_detail *d, size_t first)
{
    const char *object = d->series[first].object;
    char words[READING_WORDS_MAX];
    html(out, "<dt><a href=\"/node/{u}?object={u}\">{}</a></dt><dd>", d->node.name, object, object);
    for (size_t i = first, count = 0; i < d->series_count && is_same(d->series[i].object, object); i++, count++) {
        html(out, count ? " \xc2\xb7 {} <b>" : "{} <b>", reading_words(d->series[i].name, words));
        put_value(out, &d->series[i]);
        html(out, "</b>");
    }
    html(out, "</dd>");
}

static const char *sign_of_level(const struct view_reading *r)
{
    bool bad = is_same(r->level, "bad");
    return bad ? "bad" : is_same(r->level, "warn") ? "warn" : NULL;
}

static void put_amiss(struct buf *out, const struct view_reading *r, const char *sign)
{
    char text[AXIS_TEXT_MAX];
    enum axis_unit unit = axis_unit_of(r->unit);
    bool plain = unit == AXIS_NUMBER && *r->unit; /* the axis writes no unit of its own */
    html(out, "<dt>{} <span class=\"word {}\">{}</span></dt><dd>", r->label, sign, sign);
    if (r->state)
        html(out, "<b>{}</b>", r->state);
    else if (isfinite(r->value))
        html(out, plain ? "<b>{}\xc2\xa0{}</b>" : "<b>{}</b>", axis_value_text(r->value, unit, text), r->unit);
    else
        html(out, "unavailable now");
    html(out, "</dd>");
}

/* What is bad, then what warns. */
static size_t put_all_amiss(struct buf *out, const struct ew_detail *d, const char *sign)
{
    size_t count = 0;
    for (size_t i = 0; i < d->readings_count; i++)
        if (is_same(sign_of_level(&d->readings[i]), sign)) {
            put_amiss(out, &d->readings[i], sign);
            count++;
        }
    return count;
}

static void put_amiss_section(struct buf *out, const struct ew_detail *d)
{
    struct buf list = {0};
    size_t count = put_all_amiss(&list, d, "bad") + put_all_amiss(&list, d, "warn");
    if (count) {
        buf_text(out, "<section aria-labelledby=\"amiss\"><h2 id=\"amiss\">Not as it should be</h2>"
                      "<dl class=\"parts box\">");
        buf_text(out, buf_string(&list));
        buf_text(out, "</dl></section>");
    }
    buf_fini(&list);
}

static bool begins_object(const struct ew_detail *d, size_t i)
{
    return readings_has(&d->series[i]) && (i == 0 || !is_same(d->series[i - 1].object, d->series[i].object));
}

void readings_section(struct buf *out, const struct ew_detail *d)
{
    bool begun = false;
    put_amiss_section(out, d);
    for (size_t i = 0; i < d->series_count; i++) {
        if (!begins_object(d, i))
            continue;
        if (!begun)
            html(out, "<section aria-labelledby=\"readings\"><h2 id=\"readings\">Readings</h2>"
                      "<dl class=\"parts box\">");
        begun = true;
        put_object(out, d, i);
    }
    if (begun)
        html(out, "</dl></section>");
}

static void put_graph(struct buf *out, const char *node, const struct view_series *s, const struct graph_span *span)
{
    char words[READING_WORDS_MAX], alt[320];
    snprintf(alt, sizeof alt, "%s of %s", reading_words(s->name, words), s->object);
    graph_reading(out, node, s->object, s->name, s->unit, span, HEIGHT_PX, alt);
}

int readings_graphs(struct buf *out, const struct ew_detail *d, const char *object, const struct graph_span *span,
                    int most)
{
    int count = 0;
    for (size_t i = 0; i < d->series_count && count < most; i++) {
        const struct view_series *s = &d->series[i];
        if (object ? !readings_has(s) || !is_same(s->object, object) : !begins_object(d, i))
            continue;
        put_graph(out, d->node.name, s, span);
        count++;
    }
    return count;
}
