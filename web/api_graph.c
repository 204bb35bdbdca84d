/* A graph as a picture: SVG drawn by us from points, or PNG painted by librrd in the painter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/draw.h"
#include "poller/base/json.h"
#include "poller/model/report.h"
#include "web/handlers.h"
#include "web/series.h"
#include "web/web.h"

#define WIDTH_DEFAULT 720
#define HEIGHT_DEFAULT 200
#define POINTS_PER_PX 0.9
#define MARKS_MAX 50

/* The object's name is the path's last segment without its ending, cut in place. NULL: no known ending. */
static const char *cut_ending(struct exchange *x)
{
    char *object = (char *)(uintptr_t)exchange_segment(x, 5); /* lies in the target's own memory */
    char *dot = strrchr(object, '.');
    if (!dot || dot == object || (strcmp(dot, ".svg") != 0 && strcmp(dot, ".png") != 0))
        return NULL;
    *dot = '\0';
    return dot + 1;
}

static int number_of(const struct exchange *x, const char *name, int fallback, int least, int most)
{
    const char *text = parameter(&x->target.query, name);
    long v = text ? strtol(text, NULL, 10) : fallback;
    return v < least ? least : v > most ? most : (int)v;
}

/* Incidents that touched this node, as marks. */
static size_t marks_of(struct exchange *x, const struct series_span *span, struct picture_mark *out)
{
    size_t count = 0;
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *all = ledger ? ledger_node_incidents(ledger, span->node, span->from, span->to, MARKS_MAX) : NULL;
    for (const cJSON *i = all ? all->child : NULL; i && count < MARKS_MAX; i = i->next) {
        struct picture_mark m = {{0}, {0}};
        const char *opened = json_text(i, "opened"), *resolved = json_text(i, "resolved");
        if (!opened || !wall_parse(opened, &m.from))
            continue;
        if (resolved)
            wall_parse(resolved, &m.to);
        out[count++] = m;
    }
    cJSON_Delete(all);
    return count;
}

/* Only words we know ourselves. NULL: none, or another. */
static const char *unit_of(struct exchange *x)
{
    const char *asked = parameter(&x->target.query, "unit");
    for (size_t i = 0; asked && value_unit_words[i]; i++)
        if (strcmp(asked, value_unit_words[i]) == 0)
            return value_unit_words[i];
    return NULL;
}

/* "Rx rate of barn, radio-1": the source is called by its meaning. */
static void reading_title(const struct series_span *span, const char *what, char *out, size_t size)
{
    char words[READING_WORDS_MAX];
    snprintf(out, size, "%s of %s, %s", reading_words(what, words), span->node, span->object);
    if (out[0] >= 'a' && out[0] <= 'z')
        out[0] = (char)(out[0] - 'a' + 'A');
}

static const char *what_of(const char *object, const char *what)
{
    if (strcmp(object, "ping") == 0)
        return what && strcmp(what, "loss") == 0 ? "Loss" : "Latency";
    return strncmp(object, "if-", 3) == 0 ? "Traffic" : "Time";
}

static void write_title(const struct series_span *span, const char *what, char *out, size_t size)
{
    const char *port = strncmp(span->object, "if-", 3) == 0 ? span->object + 3 : NULL;
    const char *vlan = strncmp(span->object, "guest-", 6) == 0 ? span->object + 6 : NULL;
    if (vlan && *vlan >= '0' && *vlan <= '9')
        snprintf(out, size, "Steps of a guest, %s, VLAN %s", span->node, vlan);
    else if (vlan)
        snprintf(out, size, "Steps of a guest, %s, %s", span->node, vlan);
    else
        snprintf(out, size, "%s of %s%s%s", what_of(span->object, what), span->node, port ? ", port " : "",
                 port ? port : "");
}

static void after_points(struct exchange *x, const struct points *p, const char *error)
{
    static const struct points none;
    struct picture_mark marks[MARKS_MAX];
    struct series_span span;
    char title[320];
    if (!series_span_of(x, &span))
        return;
    const char *what = parameter(&x->target.query, "what");
    const char *unit = what ? unit_of(x) : NULL;
    if (unit)
        reading_title(&span, what, title, sizeof title);
    else
        write_title(&span, what, title, sizeof title);
    struct picture picture = {.from = span.from, .to = span.to, .title = title, .marks = marks,
                              .width = number_of(x, "width", WIDTH_DEFAULT, PICTURE_WIDTH_MIN, PICTURE_WIDTH_MAX),
                              .height = number_of(x, "height", HEIGHT_DEFAULT, PICTURE_HEIGHT_MIN, PICTURE_HEIGHT_MAX),
                              .marks_count = marks_of(x, &span, marks)};
    draw_object(&picture, p ? p : &none, span.object, what, unit, &x->reply);
    reply_text(x, 200, "image/svg+xml");
}

static bool on_picture(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    if (!value || type != PW_PICTURE) {
        reply_json_error(x, 404, value && type == PW_ERROR ? ((const struct pw_error *)value)->error
                                                           : "the painter did not answer");
        return true;
    }
    const struct pw_picture *part = value;
    buf_put(&x->reply, part->data.data, part->data.len);
    if (!part->last)
        return false;
    reply_text(x, 200, "image/png");
    return true;
}

static bool ask_picture(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct series_span span;
    if (!series_span_of(x, &span))
        return true;
    uint32_t number = backend_expect(x->web->backend, ROLE_PAINTER, on_picture, x);
    if (number == 0) {
        reply_json_error(x, 503, "too many questions at once");
        return true;
    }
    struct wp_picture question = {
        .request = number,
        .vantage = (char *)(uintptr_t)span.vantage,
        .node = (char *)(uintptr_t)span.node,
        .object = (char *)(uintptr_t)span.object,
        .title = (char *)(uintptr_t)span.node,
        .from = span.from,
        .to = span.to,
        .width =
            (uint32_t)number_of(x, "width", WIDTH_DEFAULT, PICTURE_WIDTH_MIN, PICTURE_WIDTH_MAX),
        .height = (uint32_t)number_of(x, "height", HEIGHT_DEFAULT, PICTURE_HEIGHT_MIN,
                                      PICTURE_HEIGHT_MAX)};
    backend_ask(x->web->backend, ROLE_PAINTER, number, WP_PICTURE, &wp_picture_record, &question);
    return true;
}

void api_graph_get(struct exchange *x)
{
    struct series_span span;
    const char *ending = cut_ending(x);
    if (!ending) {
        reply_json_error(x, 404, "a graph ends in .svg or .png");
        return;
    }
    bool svg = strcmp(ending, "svg") == 0;
    if (!series_span_of(x, &span))
        return;
    if (!svg) {
        if (!series_freshen(x, &span, ask_picture))
            reply_json_error(x, 503, "too many questions at once");
        return;
    }
    span.points = (uint32_t)(number_of(x, "width", WIDTH_DEFAULT, PICTURE_WIDTH_MIN, PICTURE_WIDTH_MAX) *
                             POINTS_PER_PX);
    series_ask(x, &span, after_points);
}
