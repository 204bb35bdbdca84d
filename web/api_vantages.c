/* Other places that report to this one, and what they say. */
#include "poller/base/json.h"
#include "poller/document/vantages.h"
#include "web/handlers.h"
#include "web/web.h"

#define BUSY_S 2

void api_vantages_get(struct exchange *x)
{
    reply_json(x, 200, document_vantages(backend_view(x->web->backend)));
}

static void reply_taken(struct exchange *x, const struct sw_report *answer)
{
    cJSON *document = cJSON_CreateObject();
    json_put_bool(document, "taken", true);
    json_put_number(document, "clock_ahead_s", (double)answer->skew_ns / (double)NS_PER_S);
    reply_json(x, 200, document);
}

static bool on_report(void *ctx, uint16_t type, const void *value)
{
    static const int statuses[] = {[VANTAGE_MALFORMED] = 400, [VANTAGE_UNKNOWN] = 404, [VANTAGE_BUSY] = 503,
                                   [VANTAGE_CLOCK] = 409};
    struct exchange *x = ctx;
    const struct sw_report *answer = value;
    if (answer && answer->taken == VANTAGE_TAKEN) {
        reply_taken(x, answer);
        return true;
    }
    int status = answer ? statuses[answer->taken] : 503;
    x->retry_after_s = status == 503 ? BUSY_S : 0;
    reply_json_error(x, status, answer && answer->text ? answer->text : "the store did not answer in time");
    return true;
}

/* What the store has not answered within the deadline it may have taken; it comes again and changes nothing. */
void api_vantage_records_post(struct exchange *x)
{
    uint32_t number = backend_expect(x->web->backend, ROLE_STORE, on_report, x);
    if (number == 0) {
        reply_json_error(x, 503, "too many questions at once");
        return;
    }
    struct ws_report question = {.request = number, .vantage = (char *)(uintptr_t)exchange_segment(x, 3),
                                 .body = {(uint8_t *)x->body.data, x->body.len}};
    backend_ask(x->web->backend, ROLE_STORE, number, WS_REPORT, &ws_report_record, &question);
}
