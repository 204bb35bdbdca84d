#include "poller/base/json.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/incident_card.h"
#include "web/page.h"
#include "web/web.h"

#define PAGE_MAX 50

/* Older ones are reached by the time of the last one shown. */
static void put_older(struct buf *out, const cJSON *incidents)
{
    int count = cJSON_GetArraySize(incidents);
    const char *oldest = json_text(cJSON_GetArrayItem(incidents, count - 1), "opened");
    if (count == PAGE_MAX && oldest)
        html(out, "<p><a class=\"button\" href=\"/incidents?before={u}\">Older ones</a></p>", oldest);
}

void page_incidents_get(struct exchange *x)
{
    struct wall before = {0};
    const char *text = parameter(&x->target.query, "before");
    struct ledger *ledger = backend_ledger(x->web->backend);
    if (text && !wall_parse(text, &before)) {
        reply_error(x, 400, "This is not a time.");
        return;
    }
    cJSON *incidents = ledger ? ledger_incidents(ledger, LEDGER_ALL, before, PAGE_MAX) : NULL;
    if (!incidents) {
        reply_error(x, 503, "The records cannot be read at the moment.");
        return;
    }
    page_begin(x, "Incidents", PLACE_INCIDENTS);
    html(&x->reply, "<div id=\"now\" data-live><h1>Incidents</h1>");
    if (cJSON_GetArraySize(incidents) == 0)
        html(&x->reply, "<p class=\"lead\">{}</p>",
             text ? "No older ones." : "Nothing has gone wrong since hayloft watches.");
    incident_cards(&x->reply, incidents, text ? "Older ones" : "Newest first");
    put_older(&x->reply, incidents);
    html(&x->reply, "</div>");
    page_end(x);
    cJSON_Delete(incidents);
    reply_html(x, 200);
}
