/* How hayloft itself does. */
#include <stdio.h>
#include <stdlib.h>

#include "poller/base/json.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/page.h"
#include "web/stream.h"
#include "web/web.h"

#define SKEW_SHOWN_S 5 /* clocks that differ by more may mislead who compares times */

static void put_number(struct buf *out, const char *name, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    html(out, "<dt>{}</dt><dd>{}</dd>", name, text);
}

static void put_time(struct buf *out, const char *name, struct wall t)
{
    html(out, "<dt>{}</dt><dd>", name);
    page_time(out, t);
    html(out, "</dd>");
}

static void put_engine(struct buf *out, const struct ew_status *s)
{
    html(out, "<section aria-labelledby=\"eng\"><h2 id=\"eng\">Measuring</h2><dl class=\"parts box\">");
    put_time(out, "Running since", s->started);
    put_number(out, "Configuration", s->generation);
    put_number(out, "Checks", s->checks);
    put_number(out, "Pings sent", s->echoes_sent);
    put_number(out, "SNMP requests", s->snmp_requests);
    put_number(out, "Values measured", s->samples);
    put_number(out, "Rounds over 5 ms", s->slow_rounds);
    html(out, "</dl></section><section aria-labelledby=\"sto\"><h2 id=\"sto\">Keeping</h2><dl class=\"parts box\">");
    put_time(out, "All safe up to", s->last_durable);
    put_number(out, "Waiting to be written (bytes)", s->queue_bytes);
    put_number(out, "Values dropped", s->queue_dropped);
    put_number(out, "Values that came too late", s->samples_skipped);
    html(out, "</dl></section>");
}

static void put_vantage(struct buf *out, const struct ew_vantage *v)
{
    char ahead[CLOCK_TEXT_MAX];
    enum sign sign = v->missed ? SIGN_BAD : v->heard.ns ? SIGN_OK : SIGN_UNKNOWN;
    html(out, "<li class=\"row\">");
    page_sign(out, sign);
    html(out, "<span class=\"name\">{}</span><span class=\"word {}\">{}</span><span class=\"fine\">", v->name,
         sign_class(sign), v->missed ? "does not report" : v->reports ? "reports" : "not heard yet");
    if (v->heard.ns) {
        html(out, "last ");
        page_time(out, v->heard);
    }
    if (v->behind.ns) {
        html(out, ", tells what it measured from ");
        page_time(out, v->behind);
        html(out, " on");
    }
    if (v->reports && !v->clock_set)
        html(out, ", does not know what time it is");
    else if (v->reports && llabs(v->skew_ns) > SECONDS(SKEW_SHOWN_S))
        html(out, v->skew_ns > 0 ? ", its clock is {} ahead" : ", its clock is {} behind",
             span_text(llabs(v->skew_ns), ahead));
    html(out, "</span></li>");
}

static void put_vantages(struct buf *out, const struct snapshot *view)
{
    if (snapshot_vantage_count(view) == 0)
        return;
    html(out, "<section aria-labelledby=\"van\"><h2 id=\"van\">Other places</h2><ul class=\"tree\">");
    for (size_t i = 0; i < snapshot_vantage_count(view); i++)
        put_vantage(out, snapshot_vantage_at(view, i));
    html(out, "</ul></section>");
}

static void put_messages(struct buf *out, struct web *web)
{
    struct ledger *ledger = backend_ledger(web->backend);
    cJSON *outbox = ledger ? ledger_outbox(ledger) : NULL;
    html(out, "<section aria-labelledby=\"out\"><h2 id=\"out\">Messages</h2><dl class=\"parts box\">");
    if (outbox) {
        put_number(out, "Waiting to be sent", (uint64_t)json_number(outbox, "waiting", 0));
        put_number(out, "Refused by the receiver", (uint64_t)json_number(outbox, "refused", 0));
        if (json_text(outbox, "last_error"))
            html(out, "<dt>Last trouble</dt><dd>{}</dd>", json_text(outbox, "last_error"));
    } else {
        html(out, "<dt>Records</dt><dd>cannot be read at the moment</dd>");
    }
    html(out, "</dl></section>");
    cJSON_Delete(outbox);
}

void page_health_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct ew_status *s = snapshot_status(backend_view(x->web->backend));
    bool whole = s && backend_engine_is_there(x->web->backend) && backend_store_is_there(x->web->backend);
    bool well = whole && s->own_faults_count == 0 && !s->restoring;
    page_begin(x, "Health", PLACE_HEALTH);
    html(out, "<div id=\"now\" data-live><div class=\"say {}\">", sign_class(well ? SIGN_OK : SIGN_WARN));
    page_sign(out, well ? SIGN_OK : SIGN_WARN);
    html(out, "<div><h1>{}</h1><p>{}</p></div></div>", well ? "hayloft is well" : "hayloft has trouble",
         whole ? "All its parts are running." : "A part of it is restarting.");
    for (size_t i = 0; s && i < s->own_faults_count; i++)
        html(out, "<p class=\"note\">{}</p>", s->own_faults[i]);
    html(out, "<div class=\"pair\">");
    if (s)
        put_engine(out, s);
    put_messages(out, x->web);
    html(out, "</div>");
    put_vantages(out, backend_view(x->web->backend));
    html(out, "</div>");
    page_end(x);
    reply_html(x, 200);
}
