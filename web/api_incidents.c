#include <string.h>

#include "poller/base/json.h"
#include "web/acknowledge.h"
#include "web/handlers.h"
#include "web/web.h"

#define LIST_MAX 200

void api_incidents_get(struct exchange *x)
{
    const char *all = parameter(&x->target.query, "all"), *text = parameter(&x->target.query, "before");
    struct wall before = {0};
    struct ledger *ledger = backend_ledger(x->web->backend);
    if (text && !wall_parse(text, &before)) {
        reply_json_error(x, 400, "before is not a time (RFC 3339)");
        return;
    }
    enum ledger_incidents which = all && strcmp(all, "0") != 0 ? LEDGER_ALL : LEDGER_OPEN;
    reply_json(x, 200, ledger ? ledger_incidents(ledger, which, before, LIST_MAX) : NULL);
}

void api_incident_get(struct exchange *x)
{
    struct ledger *ledger = backend_ledger(x->web->backend);
    cJSON *incident = ledger ? ledger_incident(ledger, exchange_segment(x, 3)) : NULL;
    if (ledger && !incident)
        reply_json_error(x, 404, "there is no incident of this id");
    else
        reply_json(x, 200, incident);
}

static void after_acknowledge(struct exchange *x, bool ok, const char *text)
{
    cJSON *document = cJSON_CreateObject();
    json_put_bool(document, "ok", ok);
    json_put_text(document, "text", text);
    reply_json(x, ok ? 200 : 409, document);
}

void api_incident_acknowledge(struct exchange *x)
{
    acknowledge_incident(x, exchange_segment(x, 3), after_acknowledge);
}
