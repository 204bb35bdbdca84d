/* One node: how it is, its graphs over a day, a week, a month or a year, its checks and ports. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graphs/axis.h"
#include "poller/base/json.h"
#include "poller/document/documents.h"
#include "poller/model/pace.h"
#include "web/detail.h"
#include "web/graph.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/incident_card.h"
#include "web/page.h"
#include "web/probe.h"
#include "web/readings.h"
#include "web/web.h"
#include "web/wiring.h"

#define GRAPHS_MAX 12      /* port graphs on one page; the others by their port's link */
#define OBJECT_GRAPHS_MAX 40 /* readings of one object */
#define INCIDENTS_MAX 5
#define YOUNG_S 10800       /* an installation whose records are younger */

/* The span asked for; else a day, or an hour while there is not much more to show. */
static const struct graph_span *span_of(struct exchange *x)
{
    const char *word = parameter(&x->target.query, "span");
    struct ledger *ledger = word ? NULL : backend_ledger(x->web->backend);
    struct wall young = wall_after(clock_wall(), -SECONDS(YOUNG_S));
    cJSON *older = ledger ? ledger_events(ledger, NULL, (struct wall){0}, young, 1) : NULL;
    bool is_young = older && cJSON_GetArraySize(older) == 0;
    cJSON_Delete(older);
    return graph_span_find(is_young ? "hour" : word);
}

/* What a node hangs behind is another node or a link. */
static void put_behind(struct buf *out, const struct snapshot *view, const char *name)
{
    html(out, snapshot_node(view, name) ? " behind <a href=\"/node/{u}\">{}</a>"
                                        : " behind <a href=\"/link/{u}\">{}</a>", name, name);
}

static void put_state(struct buf *out, const struct snapshot *view, const struct ew_node *n)
{
    char address[ADDR_TEXT_MAX];
    enum sign sign = sign_of_state(n->state);
    html(out, "<div class=\"say {}\">", sign_class(sign));
    page_sign(out, sign);
    html(out, "<div><h1>{}</h1><p>{}", n->name, page_state_word(n->state));
    if (n->state == STATE_UNREACHABLE && n->behind && *n->behind)
        put_behind(out, view, n->behind);
    if (n->since.ns > 0 && n->state != STATE_UNKNOWN) {
        html(out, " for ");
        page_span_since(out, n->since);
    }
    if (n->reason && *n->reason)
        html(out, ": {}", n->reason);
    html(out, "</p><p class=\"fine\">{}{}{}</p></div></div>",
         addr_is_set(&n->address) ? addr_text(&n->address, address) : n->hostname,
         n->site && *n->site ? " \xc2\xb7 at " : "", n->site);
}

static void put_incidents(struct exchange *x, const char *node)
{
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *open = ledger ? ledger_incidents_of(ledger, node, INCIDENTS_MAX) : NULL;
    incident_cards(&x->reply, open, "What is wrong");
    cJSON_Delete(open);
}

static void put_tabs(struct buf *out, const char *node, const char *object, const struct graph_span *chosen)
{
    html(out, "<div class=\"tabs\">");
    for (size_t i = 0; i < GRAPH_SPANS; i++) {
        html(out, "<a href=\"/node/{u}?span={}", node, graph_spans[i].word);
        if (object)
            html(out, "&amp;object={u}", object);
        html(out, &graph_spans[i] == chosen ? "\" aria-current=\"true\">{}</a>" : "\">{}</a>", graph_spans[i].text);
    }
    html(out, "</div>");
}

static bool has_check(const struct ew_node *n, const char *kind)
{
    for (size_t i = 0; i < n->checks_count; i++)
        if (strcmp(n->checks[i].kind, kind) == 0)
            return true;
    return false;
}

static void put_port_graph(struct buf *out, const struct ew_node *n, const char *port, const struct graph_span *span)
{
    char object[256], alt[256];
    snprintf(object, sizeof object, "if-%s", port);
    snprintf(alt, sizeof alt, "Traffic of port %s", port);
    graph_picture(out, n->name, object, NULL, span, 200, alt);
}

static bool is_other_object(const struct ew_detail *d, size_t i)
{
    const char *object = d->series[i].object;
    if (!object || strcmp(object, "ping") == 0 || strncmp(object, "if-", 3) == 0 || readings_has(&d->series[i]))
        return false;
    return i == 0 || !d->series[i - 1].object || strcmp(d->series[i - 1].object, object) != 0;
}

/* Objects that are neither pings nor ports: services, names, the Internet's anchors. */
static void put_other_graphs(struct buf *out, const struct ew_detail *d, const struct graph_span *span)
{
    int count = 0;
    for (size_t i = 0; i < d->series_count && count < GRAPHS_MAX; i++) {
        if (!is_other_object(d, i))
            continue;
        graph_picture(out, d->node.name, d->series[i].object, NULL, span, 200, d->series[i].object);
        count++;
    }
}

static void put_port_graphs(struct buf *out, const struct ew_detail *d, const struct graph_span *span)
{
    int count = 0;
    for (size_t i = 0; i < d->ports_count && count < GRAPHS_MAX; i++) {
        const struct view_port *p = &d->ports[i];
        if (!p->oper || strcmp(p->oper, "up") != 0 || !(p->in_bps + p->out_bps >= 0))
            continue;
        put_port_graph(out, &d->node, p->name, span);
        count++;
    }
}

static void put_graphs(struct exchange *x, const struct ew_detail *d)
{
    struct buf *out = &x->reply;
    const struct ew_node *n = &d->node;
    const struct graph_span *span = span_of(x);
    const char *object = parameter(&x->target.query, "object");
    if (!role_built[ROLE_PAINTER])
        return;
    html(out, "<section aria-labelledby=\"graphs\"><h2 id=\"graphs\">{}</h2>",
         object ? object : "How it went");
    put_tabs(out, n->name, object, span);
    if (object) {
        if (!readings_graphs(out, d, object, span, OBJECT_GRAPHS_MAX))
            graph_picture(out, n->name, object, NULL, span, 240, object);
        html(out, "<p><a class=\"button\" href=\"/node/{u}\">All of {}</a></p></section>", n->name, n->name);
        return;
    }
    html(out, "<div class=\"graphs\">");
    if (has_check(n, "ping")) {
        graph_picture(out, n->name, "ping", NULL, span, 220, "Latency");
        graph_picture(out, n->name, "ping", "loss", span, 220, "Loss");
    }
    put_port_graphs(out, d, span);
    put_other_graphs(out, d, span);
    readings_graphs(out, d, NULL, span, GRAPHS_MAX);
    html(out, "</div></section>");
}

static void put_pace(struct buf *out, const struct view_check *c)
{
    char text[PACE_TEXT_MAX];
    const struct pace p = {c->configured_ns, c->interval_ns, c->takes_ns};
    if (*pace_text(&p, text))
        html(out, ", {}", text);
}

static void put_checks(struct buf *out, const struct ew_node *n)
{
    html(out, "<section aria-labelledby=\"checks\"><h2 id=\"checks\">Checks</h2>");
    if (n->checks_count == 0)
        html(out, "<p>Nothing is asked of this node.</p>");
    html(out, "<ul class=\"tree\">");
    for (size_t i = 0; i < n->checks_count; i++) {
        const struct view_check *c = &n->checks[i];
        html(out, "<li class=\"row\">");
        page_sign(out, sign_of_verdict(c->verdict));
        html(out, "<span class=\"name\">{} {}</span><span class=\"word {}\">{}</span><span class=\"fine\">", c->kind,
             c->label, sign_class(sign_of_verdict(c->verdict)), verdict_words[c->verdict]);
        if (c->last_round.ns > 0) {
            html(out, "last ");
            page_time(out, c->last_round);
        } else {
            html(out, "not yet asked");
        }
        html(out, c->reason && *c->reason ? ", {}" : "{}", c->reason);
        put_pace(out, c);
        html(out, "</span></li>");
    }
    html(out, "</ul></section>");
}

static void put_rate(struct buf *out, double bps)
{
    char text[AXIS_TEXT_MAX];
    html(out, "<td class=\"n\">{}</td>", axis_value_text(bps, AXIS_BIT_PER_S, text));
}

static void put_port(struct buf *out, const char *node, const struct view_port *p)
{
    char object[256], speed[AXIS_TEXT_MAX];
    bool up = p->oper && strcmp(p->oper, "up") == 0;
    snprintf(object, sizeof object, "if-%s", p->name);
    html(out, "<tr><td><a href=\"/node/{u}?object={u}\">{}</a> <span class=\"fine\">{}</span></td>", node, object,
         p->name, p->alias);
    html(out, "<td class=\"word {}\">{}</td>", up ? "ok" : "", p->oper && *p->oper ? p->oper : "unknown");
    html(out, "<td class=\"n\">{}</td>",
         p->speed_bps ? axis_value_text((double)p->speed_bps, AXIS_BIT_PER_S, speed) : "\xe2\x80\x93");
    put_rate(out, p->in_bps);
    put_rate(out, p->out_bps);
    html(out, "</tr>");
}

static void put_ports(struct buf *out, const struct ew_detail *d)
{
    if (d->ports_count == 0)
        return;
    html(out, "<section aria-labelledby=\"ports\"><h2 id=\"ports\">Ports</h2><div class=\"wide\" tabindex=\"0\""
              " role=\"group\" aria-labelledby=\"ports\"><table><thead><tr><th scope=\"col\">Port</th>"
              "<th scope=\"col\">State</th><th scope=\"col\" class=\"n\">Speed</th><th scope=\"col\" class=\"n\">In"
              "</th><th scope=\"col\" class=\"n\">Out</th></tr></thead><tbody>");
    for (size_t i = 0; i < d->ports_count; i++)
        put_port(out, d->node.name, &d->ports[i]);
    html(out, "</tbody></table></div></section>");
}

static void put_about(struct buf *out, const struct ew_detail *d)
{
    char uptime[CLOCK_TEXT_MAX];
    const struct ew_node *n = &d->node;
    html(out, "<section aria-labelledby=\"about\"><h2 id=\"about\">About it</h2><dl class=\"parts box\">"
              "<dt>Class</dt><dd>{}</dd>", node_class_words[n->class]);
    if (n->parent && *n->parent)
        html(out, "<dt>Hangs on</dt><dd><a href=\"/node/{u}\">{}</a></dd>", n->parent, n->parent);
    if (d->description && *d->description)
        html(out, "<dt>Says it is</dt><dd>{}</dd>", d->description);
    if (d->location && *d->location)
        html(out, "<dt>Stands</dt><dd>{}</dd>", d->location);
    if (d->uptime_ns >= 0)
        html(out, "<dt>Running for</dt><dd>{}</dd>", span_text(d->uptime_ns, uptime));
    html(out, "</dl></section>");
}

/* As other places see it, each with what it measures there. */
static void put_elsewhere(struct exchange *x, const struct ew_detail *d)
{
    struct buf *out = &x->reply;
    char alt[256];
    if (d->elsewhere_count == 0)
        return;
    html(out, "<section aria-labelledby=\"elsewhere\"><h2 id=\"elsewhere\">Seen from elsewhere</h2>"
              "<ul class=\"tree\">");
    for (size_t i = 0; i < d->elsewhere_count; i++) {
        const struct view_elsewhere *v = &d->elsewhere[i];
        enum sign sign = sign_of_state(v->state);
        html(out, "<li class=\"row\">");
        page_sign(out, sign);
        html(out, "<span class=\"name\">{}</span><span class=\"word {}\">{}</span><span class=\"fine\">since ",
             v->vantage, sign_class(sign), page_state_word(v->state));
        page_time(out, v->since);
        html(out, ", as reported ");
        page_time(out, v->heard);
        html(out, "</span></li>");
    }
    html(out, "</ul><div class=\"graphs\">");
    for (size_t i = 0; i < d->elsewhere_count && has_check(&d->node, "ping"); i++) {
        snprintf(alt, sizeof alt, "Latency from %.200s", d->elsewhere[i].vantage);
        graph_picture_from(out, d->elsewhere[i].vantage, d->node.name, "ping", NULL, span_of(x), 220, alt);
    }
    html(out, "</div></section>");
}

static void put_wiring(struct exchange *x, const struct ew_detail *d, const struct ew_tables *t)
{
    cJSON *node = document_node(d, t);
    wiring_sections(x, node);
    cJSON_Delete(node);
}

static void render(struct exchange *x, const struct ew_detail *d, const struct ew_tables *t)
{
    struct buf *out = &x->reply;
    page_begin(x, d->node.name, PLACE_NOW);
    html(out, "<div id=\"now\" data-live>");
    put_state(out, backend_view(x->web->backend), &d->node);
    put_incidents(x, d->node.name);
    html(out, "</div>");
    put_graphs(x, d);
    put_elsewhere(x, d);
    html(out, "<div id=\"rest\" data-live>");
    readings_section(out, d);
    html(out, "<div class=\"pair\">");
    put_checks(out, &d->node);
    put_about(out, d);
    html(out, "</div>");
    put_ports(out, d);
    put_wiring(x, d, t);
    html(out, "</div>");
    page_end(x);
    reply_html(x, 200);
}

/* Without the engine the page still shows what was known last. */
static void after_detail(struct exchange *x, const struct ew_detail *detail, const struct ew_tables *tables)
{
    const struct ew_node *known = snapshot_node(backend_view(x->web->backend), exchange_segment(x, 1));
    if (detail && detail->found) {
        render(x, detail, tables);
    } else if (known) {
        struct ew_detail bare = {.node = *known, .uptime_ns = -1};
        render(x, &bare, NULL);
    } else {
        reply_error(x, 404, "There is no node of this name.");
    }
}

/* What was read shows on the page; what is still being read will by itself. */
static void after_probe(struct exchange *x, enum probe_end end, const char *text)
{
    struct buf path = {0};
    if (end == PROBE_REFUSED) {
        reply_error(x, 404, "There is nothing to ask of a node of this name.");
        return;
    }
    buf_text(&path, "/node/");
    html_segment(&path, exchange_segment(x, 1));
    reply_redirect(x, buf_string(&path));
    buf_fini(&path);
}

void page_node_probe(struct exchange *x)
{
    probe_node(x, exchange_segment(x, 1), after_probe);
}

void page_node_get(struct exchange *x)
{
    detail_ask(x, exchange_segment(x, 1), after_detail);
}
