#include "web/incident_card.h"

#include <stdio.h>
#include <string.h>

#include "poller/base/json.h"
#include "web/html.h"
#include "web/page.h"
#include "web/sentence.h"

const char *incident_severity_text(const char *severity)
{
    if (severity && strcmp(severity, "wake") == 0)
        return "Urgent";
    return severity && strcmp(severity, "day") == 0 ? "For the day" : "For the report";
}

static void put_affected(struct buf *out, const cJSON *incident)
{
    int count = cJSON_GetArraySize(json_member(incident, "affected"));
    char text[48];
    if (count == 0)
        return;
    snprintf(text, sizeof text, count == 1 ? "1 node affected" : "%d nodes affected", count);
    html(out, " \xc2\xb7 {}", text);
}

static void put_card(struct buf *out, const cJSON *incident)
{
    const cJSON *cause = json_member(incident, "cause");
    const char *resolved = json_text(incident, "resolved");
    const char *check = json_text(cause, "check_first");
    char head[SENTENCE_HEAD_MAX];
    const char *rest = sentence_cut(json_text(cause, "sentence"), head);
    html(out, "<li class=\"card {}\"><a href=\"/incident/{u}\"><h3>", resolved ? "over" : "open",
         json_text(incident, "id"));
    page_sign(out, resolved ? SIGN_OK : SIGN_BAD);
    html(out, "<span>{}</span></h3>", *head ? head : rest);
    if (*head && *rest)
        html(out, "<p class=\"do\">{}</p>", rest);
    if (check && *check && !resolved)
        html(out, "<p class=\"do\"><b>Check first:</b> {}</p>", check);
    html(out, "<p class=\"fine\">{} \xc2\xb7 since ", incident_severity_text(json_text(incident, "severity")));
    page_time_text(out, json_text(incident, "opened"));
    if (resolved) {
        html(out, ", over at ");
        page_time_text(out, resolved);
    }
    put_affected(out, incident);
    if (json_text(incident, "acknowledged"))
        html(out, " \xc2\xb7 acknowledged by {}", json_text(incident, "acknowledged_by"));
    html(out, "</p></a></li>");
}

void incident_cards(struct buf *out, const cJSON *incidents, const char *heading)
{
    if (cJSON_GetArraySize(incidents) == 0)
        return;
    html(out, "<section aria-labelledby=\"inc\"><h2 id=\"inc\">{}</h2><ul class=\"cards\">", heading);
    for (const cJSON *i = incidents->child; i; i = i->next)
        put_card(out, i);
    html(out, "</ul></section>");
}
