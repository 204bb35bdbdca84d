/* The last day or week in one page: the document the morning message carries. */
#include <stdio.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/document/documents.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/incident_card.h"
#include "web/page.h"
#include "web/web.h"

static const struct {
    const char *word, *text;
    int64_t seconds;
} spans[] = {{"day", "Day", 86400}, {"week", "Week", 7 * 86400}, {"month", "Month", 31 * 86400}};
#define SPANS (sizeof spans / sizeof spans[0])

static size_t span_of(const struct exchange *x)
{
    const char *word = parameter(&x->target.query, "span");
    for (size_t i = 0; word && i < SPANS; i++)
        if (strcmp(spans[i].word, word) == 0)
            return i;
    return 0;
}

static void put_tabs(struct buf *out, size_t chosen)
{
    html(out, "<div class=\"tabs\">");
    for (size_t i = 0; i < SPANS; i++)
        html(out, i == chosen ? "<a href=\"/report?span={}\" aria-current=\"true\">{}</a>"
                              : "<a href=\"/report?span={}\">{}</a>", spans[i].word, spans[i].text);
    html(out, "</div>");
}

static void put_number(struct buf *out, const cJSON *node, const char *name, const char *unit)
{
    char text[48];
    double v = json_number(node, name, -1);
    if (v < 0)
        snprintf(text, sizeof text, "\xe2\x80\x93");
    else
        snprintf(text, sizeof text, "%.*f%s", v >= 100 || v == (double)(int64_t)v ? 0 : 2, v, unit);
    html(out, "<td class=\"n\">{}</td>", text);
}

static void put_longest(struct buf *out, const cJSON *node)
{
    char text[CLOCK_TEXT_MAX];
    int64_t seconds = (int64_t)json_number(node, "longest_s", 0);
    html(out, "<td class=\"n\">{}</td>", seconds > 0 ? span_text(SECONDS(seconds), text) : "\xe2\x80\x93");
}

static void put_nodes(struct buf *out, const cJSON *nodes)
{
    html(out, "<section aria-labelledby=\"nodes\"><h2 id=\"nodes\">Nodes</h2><div class=\"wide\" tabindex=\"0\""
              " role=\"group\" aria-labelledby=\"nodes\"><table><thead><tr><th scope=\"col\">Node</th>"
              "<th scope=\"col\" class=\"n\">Reachable</th><th scope=\"col\" class=\"n\">Outages</th>"
              "<th scope=\"col\" class=\"n\">Longest</th></tr></thead><tbody>");
    for (const cJSON *n = nodes ? nodes->child : NULL; n; n = n->next) {
        html(out, "<tr><td><a href=\"/node/{u}\">{}</a></td>", json_text(n, "name"), json_text(n, "name"));
        put_number(out, n, "availability_pct", "\xc2\xa0%");
        put_number(out, n, "outages", "");
        put_longest(out, n);
        html(out, "</tr>");
    }
    html(out, "</tbody></table></div></section>");
}

static void put_changes(struct buf *out, const cJSON *changes)
{
    if (cJSON_GetArraySize(changes) == 0)
        return;
    html(out, "<section aria-labelledby=\"ch\"><h2 id=\"ch\">What else happened</h2><ul class=\"when box\">");
    for (const cJSON *c = changes->child; c; c = c->next) {
        html(out, "<li class=\"fine\">");
        page_time_text(out, json_text(c, "at"));
        html(out, "</li><li>{} {} <span class=\"fine\">{}</span></li>", json_text(c, "node"), json_text(c, "kind"),
             json_text(c, "text"));
    }
    html(out, "</ul></section>");
}

void page_report_get(struct exchange *x)
{
    size_t span = span_of(x);
    struct wall to = clock_wall(), from = wall_after(to, -SECONDS(spans[span].seconds));
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *report = ledger ? document_report(backend_view(x->web->backend), ledger, from, to) : NULL;
    if (!report) {
        reply_error(x, 503, "The records cannot be read at the moment.");
        return;
    }
    int incidents = cJSON_GetArraySize(json_member(report, "incidents"));
    char text[64];
    snprintf(text, sizeof text, incidents == 1 ? "%d incident." : "%d incidents.", incidents);
    page_begin(x, "Report", PLACE_REPORT);
    html(&x->reply, "<h1>Report</h1><p class=\"lead\">{}</p>",
         incidents ? text : "Nothing went wrong.");
    put_tabs(&x->reply, span);
    incident_cards(&x->reply, json_member(report, "incidents"), "Incidents");
    put_nodes(&x->reply, json_member(report, "nodes"));
    put_changes(&x->reply, json_member(report, "changes"));
    page_end(x);
    cJSON_Delete(report);
    reply_html(x, 200);
}
