/* One network: how it is, what a guest found step by step, at which sites that holds, the boxes on its way, and how
 * the steps went before. */
#include <stdio.h>
#include <string.h>

#include "graphs/axis.h"
#include "poller/document/networks.h"
#include "poller/model/guest.h"
#include "web/graph.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/incident_card.h"
#include "web/page.h"
#include "web/probe.h"
#include "web/web.h"

#define INCIDENTS_MAX 5
#define GRAPHS_MAX 8 /* VLANs with graphs on one page */

static const char *word_of(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "works";
    case VERDICT_DEGRADED: return "works, with trouble";
    case VERDICT_FAILING: return "does not work";
    case VERDICT_UNKNOWN: return "not checked from here";
    }
    return "";
}

static bool is_on_air(const struct ew_network *n, int64_t vid)
{
    for (size_t i = 0; i < n->steps_count; i++)
        if (n->steps[i].vid == vid && n->steps[i].step && strcmp(n->steps[i].step, guest_step_words[GUEST_SCAN]) == 0)
            return true;
    return false;
}

static void vlan_text(const struct ew_network *n, int64_t vid, char out[static 32])
{
    if (vid == GUEST_UNTAGGED)
        snprintf(out, 32, is_on_air(n, vid) ? "Wi-Fi" : "untagged");
    else
        snprintf(out, 32, "VLAN %lld", (long long)vid);
}

/* "VLAN 501, VLAN 502", and when it was probed. */
static void put_head(struct buf *out, const struct ew_network *n)
{
    char vlan[32];
    html(out, "<div class=\"say {}\">", sign_class(sign_of_verdict(n->verdict)));
    page_sign(out, sign_of_verdict(n->verdict));
    html(out, "<div><h1>{}</h1><p>{}</p><p class=\"fine\">", n->name,
         n->sentence && *n->sentence ? n->sentence : word_of(n->verdict));
    for (size_t i = 0; i < n->states_count; i++) {
        vlan_text(n, n->states[i].vid, vlan);
        html(out, i ? ", {}" : "{}", vlan);
    }
    if (n->at.ns > 0) {
        html(out, " \xc2\xb7 last asked ");
        page_time(out, n->at);
    }
    html(out, "</p></div></div>");
}

static void put_incidents(struct exchange *x, const struct ew_network *n)
{
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *open = ledger ? ledger_incidents_of(ledger, n->name, INCIDENTS_MAX) : NULL;
    incident_cards(&x->reply, open, "What is wrong");
    cJSON_Delete(open);
}

/* ---- steps ---- */

static void put_step(struct buf *out, const struct view_network_step *s)
{
    char took[AXIS_TEXT_MAX];
    enum sign sign = sign_of_verdict(s->verdict);
    html(out, "<li class=\"{}\">", sign_class(sign));
    page_sign(out, sign);
    html(out, "<span><b>{}</b>", s->step);
    html(out, "<span class=\"vh\">{}</span>", verdict_words[s->verdict]);
    if (s->took_ns > 0)
        html(out, "<span class=\"fine\">{}</span>",
             axis_value_text((double)s->took_ns / (double)NS_PER_S, AXIS_SECONDS, took));
    html(out, "</span></li>");
}

static bool is_worth_a_word(const struct view_network_step *s)
{
    return s->verdict != VERDICT_OK && ((s->detail && *s->detail) || (s->reason && *s->reason));
}

static bool has_both(const struct view_network_step *s)
{
    return s->detail && *s->detail && s->reason && *s->reason;
}

static void put_step_words(struct buf *out, const struct ew_network *n, int64_t vid)
{
    for (size_t i = 0; i < n->steps_count; i++) {
        const struct view_network_step *s = &n->steps[i];
        if (s->vid == vid && is_worth_a_word(s))
            html(out, "<p class=\"fine\">{}: {}{}{}</p>", s->step, s->reason, has_both(s) ? ", " : "", s->detail);
    }
}

static bool has_steps(const struct ew_network *n, int64_t vid)
{
    for (size_t i = 0; i < n->steps_count; i++)
        if (n->steps[i].vid == vid)
            return true;
    return false;
}

static void put_vlan(struct buf *out, const struct ew_network *n, const struct view_vlan *v)
{
    char vlan[32];
    vlan_text(n, v->vid, vlan);
    html(out, "<h3>{}</h3>", vlan);
    if (!has_steps(n, v->vid)) {
        html(out, "<p class=\"fine\">{}</p>", v->detail && *v->detail ? v->detail : "No probe has ended yet.");
        return;
    }
    html(out, "<ol class=\"steps\">");
    for (size_t i = 0; i < n->steps_count; i++)
        if (n->steps[i].vid == v->vid)
            put_step(out, &n->steps[i]);
    html(out, "</ol>");
    put_step_words(out, n, v->vid);
}

static void put_button(struct exchange *x, const struct ew_network *n)
{
    html(&x->reply, "<form method=\"post\" action=\"/network/{u}/probe\">", n->name);
    page_token(x);
    html(&x->reply, "<button class=\"quiet\">Ask now</button></form>");
}

static void put_steps(struct exchange *x, const struct ew_network *n)
{
    struct buf *out = &x->reply;
    html(out, "<section aria-labelledby=\"steps\"><div class=\"asof\"><h2 id=\"steps\">{}</h2>",
         network_has_guests(n) ? "What a guest finds, step by step" : "What is heard");
    put_button(x, n);
    html(out, "</div>");
    for (size_t i = 0; i < n->states_count; i++)
        put_vlan(out, n, &n->states[i]);
    html(out, "</section>");
}

/* ---- sites and hops ---- */

static void put_sites(struct buf *out, const struct ew_network *n)
{
    if (!n->sites_count)
        return;
    html(out, "<section aria-labelledby=\"sites\"><h2 id=\"sites\">At each site</h2><ul class=\"tree\">");
    for (size_t i = 0; i < n->sites_count; i++) {
        const struct site_verdict *s = &n->sites[i];
        html(out, "<li class=\"row\">");
        page_sign(out, sign_of_verdict(s->verdict));
        html(out, "<span class=\"name\">{}</span><span class=\"word {}\">{}</span><span class=\"fine\">{}"
                  "</span></li>", s->site, sign_class(sign_of_verdict(s->verdict)), word_of(s->verdict), s->proved_by);
    }
    html(out, "</ul></section>");
}

static const char *hop_word(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "passes it on";
    case VERDICT_DEGRADED: return "in doubt";
    case VERDICT_FAILING: return "stops here";
    case VERDICT_UNKNOWN: return "does not tell";
    }
    return "";
}

static void put_ports(struct buf *out, const struct view_hop *h)
{
    bool in = h->in && *h->in, away = h->out && *h->out;
    if (in && away)
        html(out, "{} to {}", h->in, h->out);
    else if (in || away)
        html(out, "{}", in ? h->in : h->out);
}

static void put_hops(struct buf *out, const struct ew_network *n)
{
    if (!n->hops_count)
        return;
    html(out, "<section aria-labelledby=\"way\"><h2 id=\"way\">On its way</h2><ol class=\"tree hops\">");
    for (size_t i = 0; i < n->hops_count; i++) {
        const struct view_hop *h = &n->hops[i];
        enum sign sign = sign_of_verdict(h->verdict);
        html(out, "<li class=\"row {}\">", h->verdict == VERDICT_FAILING ? "broken" : "");
        page_sign(out, sign);
        html(out, "<span class=\"name\">{} <span class=\"fine\">", h->node);
        put_ports(out, h);
        html(out, "</span></span><span class=\"word {}\">{}</span><span class=\"fine\">{}</span></li>",
             sign_class(sign), hop_word(h->verdict), h->detail);
    }
    html(out, "</ol></section>");
}

/* ---- before ---- */

static void put_tabs(struct buf *out, const struct ew_network *n, const struct graph_span *chosen)
{
    html(out, "<div class=\"tabs\">");
    for (size_t i = 0; i < GRAPH_SPANS; i++) {
        html(out, "<a href=\"/network/{u}?span={}", n->name, graph_spans[i].word);
        html(out, &graph_spans[i] == chosen ? "\" aria-current=\"true\">{}</a>" : "\">{}</a>", graph_spans[i].text);
    }
    html(out, "</div>");
}

static void put_graphs_of(struct buf *out, const struct ew_network *n, const struct view_vlan *v,
                          const struct graph_span *span)
{
    static const char *const times[][2] = {{"offer_time", "Time until an address is offered"},
                                           {"dns_time", "Time until a name is resolved"},
                                           {"http_time", "Time until a page is there"}};
    char vlan[32], alt[96];
    vlan_text(n, v->vid, vlan);
    snprintf(alt, sizeof alt, "Steps of a guest, %s", vlan);
    graph_picture(out, n->name, v->object, NULL, span, 240, alt);
    html(out, "<details><summary>How long the steps take ({})</summary><div class=\"graphs\">", vlan);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        graph_reading(out, n->name, v->object, times[i][0], "s", span, 200, times[i][1]);
    html(out, "</div></details>");
}

static void put_graphs(struct exchange *x, const struct ew_network *n)
{
    struct buf *out = &x->reply;
    const struct graph_span *span = graph_span_find(parameter(&x->target.query, "span"));
    size_t count = 0;
    for (size_t i = 0; i < n->states_count; i++)
        count += n->states[i].object != NULL;
    if (!role_built[ROLE_PAINTER] || !count)
        return;
    html(out, "<section aria-labelledby=\"graphs\"><h2 id=\"graphs\">How it went</h2>");
    put_tabs(out, n, span);
    for (size_t i = 0, told = 0; i < n->states_count && told < GRAPHS_MAX; i++)
        if (n->states[i].object) {
            put_graphs_of(out, n, &n->states[i], span);
            told++;
        }
    html(out, "</section>");
}

void page_network_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct ew_network *n = network_named(backend_view(x->web->backend), exchange_segment(x, 1));
    if (!n) {
        reply_error(x, 404, "There is no network of this name.");
        return;
    }
    page_begin(x, n->name, PLACE_NOW);
    html(out, "<div id=\"now\" data-live>");
    put_head(out, n);
    put_incidents(x, n);
    put_steps(x, n);
    html(out, "<div class=\"pair\">");
    put_sites(out, n);
    put_hops(out, n);
    html(out, "</div></div>");
    put_graphs(x, n);
    page_end(x);
    reply_html(x, 200);
}

static void after_probe(struct exchange *x, enum probe_end end, const char *text)
{
    struct buf path = {0};
    if (end == PROBE_REFUSED) {
        reply_error(x, 404, "There is nothing to ask of a network of this name.");
        return;
    }
    buf_text(&path, "/network/");
    html_segment(&path, exchange_segment(x, 1));
    reply_redirect(x, buf_string(&path));
    buf_fini(&path);
}

void page_network_probe(struct exchange *x)
{
    probe_node(x, exchange_segment(x, 1), after_probe);
}
