/* One incident: what broke, what to touch first, why we say so, and what happened since. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/document/maker.h"
#include "poller/document/networks.h"
#include "web/acknowledge.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/incident_card.h"
#include "web/page.h"
#include "web/sentence.h"
#include "web/web.h"

static void put_part(struct buf *out, const char *name, const char *value)
{
    if (value && *value)
        html(out, "<dt>{}</dt><dd>{}</dd>", name, value);
}

static void put_facts(struct buf *out, const cJSON *incident)
{
    const cJSON *cause = json_member(incident, "cause");
    html(out, "<dl class=\"parts box\"><dt>Opened</dt><dd>");
    page_time_text(out, json_text(incident, "opened"));
    html(out, "</dd>");
    if (json_text(incident, "resolved")) {
        html(out, "<dt>Over</dt><dd>");
        page_time_text(out, json_text(incident, "resolved"));
        html(out, "</dd>");
    }
    put_part(out, "Weight", incident_severity_text(json_text(incident, "severity")));
    put_part(out, "Cause", json_text(cause, "kind"));
    put_part(out, "How sure", json_text(cause, "confidence"));
    if (json_text(cause, "node"))
        html(out, "<dt>Node</dt><dd><a href=\"/node/{u}\">{}</a></dd>", json_text(cause, "node"),
             json_text(cause, "node"));
    put_part(out, "Port", json_text(cause, "port"));
    if (json_text(cause, "link"))
        html(out, "<dt>Link</dt><dd><a href=\"/link/{u}\">{}</a></dd>", json_text(cause, "link"),
             json_text(cause, "link"));
    if (json_text(cause, "network"))
        html(out, "<dt>Network</dt><dd><a href=\"/network/{u}\">{}</a></dd>", json_text(cause, "network"),
             json_text(cause, "network"));
    put_part(out, "Site", json_text(cause, "site"));
    put_part(out, "Acknowledged by", json_text(incident, "acknowledged_by"));
    html(out, "</dl>");
}

/* Who made the card of the first address in a text, "" when there is none or nobody knows. */
static const char *maker_in(const struct web *web, const char *text)
{
    char one[MAC_TEXT_MAX];
    struct mac mac;
    for (const char *p = text; p && *p; p++) {
        snprintf(one, sizeof one, "%.*s", MAC_TEXT_MAX - 1, p);
        if (strlen(one) == MAC_TEXT_MAX - 1 && mac_parse(one, &mac))
            return makers_find(web->makers, &mac);
    }
    return "";
}

static void put_fact(struct exchange *x, const char *fact)
{
    const char *maker = maker_in(x->web, fact);
    html(&x->reply, *maker ? "{} <span class=\"fine\">made by {}</span>" : "{}{}", fact, maker);
}

static void put_evidence(struct exchange *x, const cJSON *incident)
{
    struct buf *out = &x->reply;
    const cJSON *list = json_member(incident, "evidence");
    if (cJSON_GetArraySize(list) == 0)
        return;
    html(out, "<section aria-labelledby=\"ev\"><h2 id=\"ev\">Why we say so</h2><ul class=\"when box\">");
    for (const cJSON *e = list->child; e; e = e->next) {
        html(out, "<li class=\"fine\">");
        page_time_text(out, json_text(e, "at"));
        html(out, "</li><li>");
        put_fact(x, json_text(e, "fact"));
        html(out, " <span class=\"fine\">{}</span></li>", json_text(e, "source"));
    }
    html(out, "</ul></section>");
}

static void put_others(struct buf *out, const cJSON *incident)
{
    const cJSON *list = json_member(incident, "also_possible");
    if (cJSON_GetArraySize(list) == 0)
        return;
    html(out, "<section aria-labelledby=\"also\"><h2 id=\"also\">Also possible</h2><ul class=\"box\">");
    for (const cJSON *o = list->child; o; o = o->next)
        html(out, "<li>{}</li>", json_text(o, "sentence"));
    html(out, "</ul></section>");
}

static void put_affected(struct exchange *x, const cJSON *incident)
{
    struct buf *out = &x->reply;
    const struct snapshot *view = backend_view(x->web->backend);
    const cJSON *list = json_member(incident, "affected");
    if (cJSON_GetArraySize(list) == 0)
        return;
    html(out, "<section aria-labelledby=\"aff\"><h2 id=\"aff\">What is affected</h2><ul class=\"tree\">");
    for (const cJSON *n = list->child; n; n = n->next)
        html(out, "<li><a class=\"row\" href=\"/{}/{u}\"><span class=\"name\">{}</span></a></li>",
             network_named(view, cJSON_GetStringValue(n)) ? "network" : "node", cJSON_GetStringValue(n),
             cJSON_GetStringValue(n));
    html(out, "</ul></section>");
}

static void put_timeline(struct buf *out, const cJSON *incident)
{
    const cJSON *list = json_member(incident, "timeline");
    if (cJSON_GetArraySize(list) == 0)
        return;
    html(out, "<section aria-labelledby=\"tl\"><h2 id=\"tl\">What happened</h2><ul class=\"when box\">");
    for (const cJSON *t = list->child; t; t = t->next) {
        html(out, "<li class=\"fine\">");
        page_time_text(out, json_text(t, "at"));
        html(out, "</li><li>{}</li>", json_text(t, "text"));
    }
    html(out, "</ul></section>");
}

static void put_message(struct buf *out, const cJSON *message)
{
    const char *sent = json_text(message, "sent"), *error = json_text(message, "error");
    const char *state = json_text(message, "state");
    html(out, "<tr><td>{}</td><td>{}</td><td>", json_text(message, "receiver"), json_text(message, "kind"));
    if (sent) {
        html(out, "sent ");
        page_time_text(out, sent);
    } else {
        html_text(out, state ? state : "waiting");
    }
    html(out, "</td><td>{}</td></tr>", sent ? "" : error);
}

static void put_messages(struct buf *out, const cJSON *incident)
{
    const cJSON *list = json_member(incident, "messages");
    if (cJSON_GetArraySize(list) == 0)
        return;
    html(out, "<section aria-labelledby=\"msg\"><h2 id=\"msg\">Messages</h2><div class=\"wide\" tabindex=\"0\""
              " role=\"group\" aria-labelledby=\"msg\"><table><thead><tr><th scope=\"col\">To</th>"
              "<th scope=\"col\">About</th><th scope=\"col\">State</th><th scope=\"col\">Trouble</th></tr>"
              "</thead><tbody>");
    for (const cJSON *m = list->child; m; m = m->next)
        put_message(out, m);
    html(out, "</tbody></table></div></section>");
}

static void put_acknowledge(struct exchange *x, const cJSON *incident)
{
    if (json_text(incident, "resolved") || json_text(incident, "acknowledged"))
        return;
    if (parameter(&x->target.query, "noted")) { /* the record follows in a moment */
        html(&x->reply, "<p class=\"note\" role=\"status\">Noted. Reminders stop.</p>");
        return;
    }
    html(&x->reply, "<form method=\"post\" action=\"/incident/{u}/ack\">", json_text(incident, "id"));
    page_token(x);
    html(&x->reply, "<button class=\"main\">I am on it</button> <span class=\"fine\">stops reminders</span>"
                    "</form>");
}

void page_incident_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *incident = ledger ? ledger_incident(ledger, exchange_segment(x, 1)) : NULL;
    if (!incident) {
        reply_error(x, ledger ? 404 : 503, ledger ? "There is no incident of this number."
                                                  : "The records cannot be read at the moment.");
        return;
    }
    const cJSON *cause = json_member(incident, "cause");
    const char *check = json_text(cause, "check_first");
    enum sign sign = json_text(incident, "resolved") ? SIGN_OK : SIGN_BAD;
    char head[SENTENCE_HEAD_MAX];
    const char *rest = sentence_cut(json_text(cause, "sentence"), head);
    page_begin(x, *head ? head : rest, PLACE_INCIDENTS);
    html(out, "<div id=\"now\" data-live><div class=\"say {}\">", sign_class(sign));
    page_sign(out, sign);
    html(out, "<div><h1>{}</h1><p>{}</p></div></div>", *head ? head : rest,
         sign == SIGN_OK ? "This is over." : "This is going on.");
    if (*head && *rest)
        html(out, "<p class=\"lead do\">{}</p>", rest);
    if (check && *check)
        html(out, "<p class=\"lead do\"><b>Check first:</b> {}</p>", check);
    put_acknowledge(x, incident);
    html(out, "<section aria-labelledby=\"what\"><h2 id=\"what\">In short</h2>");
    put_facts(out, incident);
    html(out, "</section><div class=\"pair\">");
    put_evidence(x, incident);
    put_timeline(out, incident);
    html(out, "</div>");
    put_others(out, incident);
    put_affected(x, incident);
    put_messages(out, incident);
    html(out, "</div>");
    page_end(x);
    cJSON_Delete(incident);
    reply_html(x, 200);
}

static void after_acknowledge(struct exchange *x, bool ok, const char *text)
{
    struct buf path = {0};
    if (!ok) {
        reply_error(x, 409, text);
        return;
    }
    buf_text(&path, "/incident/");
    html_segment(&path, exchange_segment(x, 1));
    buf_text(&path, "?noted=1");
    reply_redirect(x, buf_string(&path));
    buf_fini(&path);
}

void page_incident_acknowledge(struct exchange *x)
{
    acknowledge_incident(x, exchange_segment(x, 1), after_acknowledge);
}
