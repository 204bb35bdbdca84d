/* The first page: three questions answered in one look, what is wrong and what to do about it, and what
 * hangs on what. Everything on it comes from the live view but the incidents, which the database knows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/axis.h"
#include "poller/base/json.h"
#include "poller/document/documents.h"
#include "poller/document/networks.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/incident_card.h"
#include "web/page.h"
#include "web/tree.h"
#include "web/web.h"

#define SITES_MAX 32
#define INCIDENTS_MAX 20
#define ROWS_MAX 400 /* above this, nodes that are up and nothing more are counted, not listed */

static void put_answer(struct buf *out, enum sign sign, const char *what, const char *word)
{
    html(out, "<li class=\"{}\">", sign_class(sign));
    page_sign(out, sign);
    html(out, "<span class=\"what\">{}</span><b>{}</b></li>", what, word);
}

static const char *internet_word(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "Yes";
    case VERDICT_DEGRADED: return "Yes, with trouble";
    case VERDICT_FAILING: return "No";
    case VERDICT_UNKNOWN: return "Not known yet";
    }
    return "";
}

static void put_internet(struct buf *out, const struct ew_status *s)
{
    enum verdict v = s ? s->internet : VERDICT_UNKNOWN;
    html(out, "<section class=\"answer\" aria-labelledby=\"q1\"><h2 id=\"q1\">Is the Internet up?</h2><ul>");
    put_answer(out, sign_of_verdict(v), "Internet", internet_word(v));
    html(out, "</ul>");
    if (s && s->internet_reason && *s->internet_reason && v != VERDICT_OK)
        html(out, "<p class=\"fine\">{}</p>", s->internet_reason);
    html(out, "</section>");
}

static const char *site_word(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "Up";
    case VERDICT_DEGRADED: return "Up, with trouble";
    case VERDICT_FAILING: return "Down";
    case VERDICT_UNKNOWN: return "Not known yet";
    }
    return "";
}

static void put_sites(struct buf *out, const struct snapshot *view)
{
    const char *sites[SITES_MAX];
    size_t count = site_names(view, sites, SITES_MAX);
    html(out, "<section class=\"answer\" aria-labelledby=\"q2\"><h2 id=\"q2\">Is each site up?</h2><ul>");
    for (size_t i = 0; i < count; i++) {
        enum verdict v = site_verdict_of(view, sites[i]);
        put_answer(out, sign_of_verdict(v), sites[i], site_word(v));
    }
    html(out, "</ul>");
    if (count == 0)
        html(out, "<p class=\"fine\">{}</p>", snapshot_status(view) ? "Nothing is watched yet." : "Not known yet.");
    html(out, "</section>");
}

static const char *guest_word(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "Yes";
    case VERDICT_DEGRADED: return "Yes, with trouble";
    case VERDICT_FAILING: return "No";
    case VERDICT_UNKNOWN: return "Not checked from here";
    }
    return "";
}

static void put_network_answers(struct buf *out, const struct ew_network *n, bool alone)
{
    char label[160];
    if (n->sites_count == 0)
        put_answer(out, sign_of_verdict(n->verdict), n->name, guest_word(n->verdict));
    for (size_t i = 0; i < n->sites_count; i++) {
        const struct site_verdict *s = &n->sites[i];
        snprintf(label, sizeof label, alone ? "%s" : "%s, %s", s->site, n->name);
        put_answer(out, sign_of_verdict(s->verdict), label, guest_word(s->verdict));
    }
}

static size_t count_guests(const struct snapshot *view)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot_network_count(view); i++)
        count += network_has_guests(snapshot_network_at(view, i));
    return count;
}

static void put_guest(struct buf *out, const struct snapshot *view)
{
    size_t count = count_guests(view);
    html(out, "<section class=\"answer\" aria-labelledby=\"q3\"><h2 id=\"q3\">Does guest Wi-Fi work?</h2><ul>");
    for (size_t i = 0; i < snapshot_network_count(view); i++)
        if (network_has_guests(snapshot_network_at(view, i)))
            put_network_answers(out, snapshot_network_at(view, i), count == 1);
    html(out, "</ul>");
    if (count == 0)
        html(out, "<p class=\"fine\">No guest network is configured, so nobody asks.</p>");
    html(out, "</section>");
}

static size_t count_state(const struct snapshot *view, enum node_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < snapshot_node_count(view); i++)
        n += snapshot_node_at(view, i)->state == state;
    return n;
}

static void put_headline(struct buf *out, const struct exchange *x, size_t incidents)
{
    const struct snapshot *view = backend_view(x->web->backend);
    const struct ew_status *s = snapshot_status(view);
    size_t waiting = count_state(view, STATE_UNKNOWN);
    char text[96];
    enum sign sign = SIGN_OK;
    if (!s || s->restoring) {
        sign = SIGN_UNKNOWN;
        snprintf(text, sizeof text, "hayloft is starting");
    } else if (incidents) {
        sign = SIGN_BAD;
        snprintf(text, sizeof text, incidents == 1 ? "One thing is wrong" : "%zu things are wrong", incidents);
    } else if (s->verdict == VERDICT_UNKNOWN) {
        sign = SIGN_UNKNOWN;
        snprintf(text, sizeof text, "Not everything is known yet");
    } else {
        sign = sign_of_verdict(s->verdict);
        snprintf(text, sizeof text, s->verdict == VERDICT_OK ? "All is well" : "Not all is well");
    }
    html(out, "<div class=\"say {}\">", sign_class(sign));
    page_sign(out, sign);
    html(out, "<div><h1>{}</h1>", text);
    if (s) {
        snprintf(text, sizeof text, "%u of %u nodes up%s", s->nodes_up, s->nodes_total,
                 waiting ? ", some without data yet" : "");
        html(out, "<p>{}</p>", text);
    }
    html(out, "</div></div>");
}

static void put_own_faults(struct buf *out, const struct exchange *x)
{
    const struct ew_status *s = snapshot_status(backend_view(x->web->backend));
    if (!backend_engine_is_there(x->web->backend))
        html(out, "<p class=\"note\">The measuring part of hayloft is restarting. What you see is what it "
                  "knew last.</p>");
    for (size_t i = 0; s && i < s->own_faults_count; i++)
        html(out, "<p class=\"note\">About hayloft itself: {}</p>", s->own_faults[i]);
}

static void put_latency(struct buf *out, const struct ew_node *n)
{
    char text[AXIS_TEXT_MAX];
    if (n->state == STATE_UP && isfinite(n->rtt_s)) {
        html(out, "<span class=\"num\">{}</span>", axis_value_text(n->rtt_s, AXIS_SECONDS, text));
    } else {
        html(out, "<span class=\"word {}\">{}</span>", sign_class(sign_of_state(n->state)),
             page_state_word(n->state));
    }
}

static void put_node_detail(struct buf *out, const struct ew_node *n)
{
    char address[ADDR_TEXT_MAX];
    html(out, "<span class=\"fine\">");
    if (n->state == STATE_UNREACHABLE && n->behind && *n->behind)
        html(out, "behind {}", n->behind);
    else if (n->state == STATE_DOWN || n->state == STATE_DEGRADED) {
        html(out, "since ");
        page_time(out, n->since);
        if (n->reason && *n->reason)
            html(out, ", {}", n->reason);
    } else if (addr_is_set(&n->address))
        html_text(out, addr_text(&n->address, address));
    else
        html_text(out, n->hostname);
    html(out, "</span>");
}

static void put_row(struct buf *out, const struct ew_node *n, size_t depth)
{
    char level[24];
    snprintf(level, sizeof level, "%zu", depth < 8 ? depth : 8);
    html(out, "<li class=\"d{}\"><a class=\"row\" href=\"/node/{u}\">", level, n->name);
    page_sign(out, sign_of_state(n->state));
    html(out, "<span class=\"name\">{}</span>", n->name);
    put_latency(out, n);
    put_node_detail(out, n);
    html(out, "</a></li>");
}

static void put_tree(struct buf *out, const struct snapshot *view)
{
    size_t count = 0, left_out = 0;
    struct tree_row *rows = tree_rows(view, &count);
    char text[32];
    html(out, "<section aria-labelledby=\"tree\"><h2 id=\"tree\">What hangs on what</h2><ul class=\"tree\">");
    for (size_t i = 0; rows && i < count; i++) {
        const struct ew_node *n = snapshot_node_at(view, rows[i].node);
        bool leaf = i + 1 == count || rows[i + 1].depth <= rows[i].depth;
        if (count > ROWS_MAX && leaf && n->state == STATE_UP)
            left_out++;
        else
            put_row(out, n, rows[i].depth);
    }
    html(out, "</ul>");
    if (left_out) {
        snprintf(text, sizeof text, "%zu", left_out);
        html(out, "<p class=\"fine\">and {} more that are up</p>", text);
    }
    html(out, "</section>");
    free(rows);
}

static const char *network_word(const struct ew_network *n)
{
    bool lan = !network_has_guests(n); /* nobody plays guest there: strangers are looked for */
    switch (n->verdict) {
    case VERDICT_OK: return lan ? "no strangers" : "works";
    case VERDICT_DEGRADED: return "in trouble";
    case VERDICT_FAILING: return lan ? "a stranger" : "does not work";
    case VERDICT_UNKNOWN: return "not checked";
    }
    return "";
}

static void put_networks(struct buf *out, const struct snapshot *view)
{
    if (snapshot_network_count(view) == 0)
        return;
    html(out, "<section aria-labelledby=\"nets\"><h2 id=\"nets\">Networks</h2><ul class=\"tree\">");
    for (size_t i = 0; i < snapshot_network_count(view); i++) {
        const struct ew_network *n = snapshot_network_at(view, i);
        html(out, "<li><a class=\"row\" href=\"/network/{u}\">", n->name);
        page_sign(out, sign_of_verdict(n->verdict));
        html(out, "<span class=\"name\">{}</span><span class=\"word {}\">{}</span><span class=\"fine\">{}</span>"
                  "</a></li>", n->name, sign_class(sign_of_verdict(n->verdict)), network_word(n),
             n->sentence);
    }
    html(out, "</ul></section>");
}

void page_first_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct snapshot *view = backend_view(x->web->backend);
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *incidents = ledger ? ledger_incidents(ledger, LEDGER_OPEN, (struct wall){0}, INCIDENTS_MAX) : NULL;
    page_begin(x, "Now", PLACE_NOW);
    html(out, "<div id=\"now\" data-live>");
    put_headline(out, x, (size_t)cJSON_GetArraySize(incidents));
    put_own_faults(out, x);
    html(out, "<div class=\"answers\">");
    put_internet(out, snapshot_status(view));
    put_sites(out, view);
    put_guest(out, view);
    html(out, "</div>");
    incident_cards(out, incidents, "What is wrong");
    put_tree(out, view);
    put_networks(out, view);
    html(out, "</div>");
    page_end(x);
    cJSON_Delete(incidents);
    reply_html(x, 200);
}
