/* The live view as JSON. */
#include <stdlib.h>

#include "poller/base/json.h"
#include "poller/document/documents.h"
#include "poller/document/networks.h"
#include "web/detail.h"
#include "web/handlers.h"
#include "web/probe.h"
#include "web/web.h"

void api_status_get(struct exchange *x)
{
    reply_json(x, 200, document_status(backend_view(x->web->backend)));
}

void api_nodes_get(struct exchange *x)
{
    reply_json(x, 200, document_nodes(backend_view(x->web->backend)));
}

void api_networks_get(struct exchange *x)
{
    reply_json(x, 200, document_networks(backend_view(x->web->backend)));
}

void api_network_get(struct exchange *x)
{
    const struct ew_network *n = network_named(backend_view(x->web->backend), exchange_segment(x, 3));
    if (n)
        reply_json(x, 200, document_network(n));
    else
        reply_json_error(x, 404, "there is no network of this name");
}

static void after_detail(struct exchange *x, const struct ew_detail *detail, const struct ew_tables *tables)
{
    if (!detail)
        reply_json_error(x, 503, "the measuring part of hayloft did not answer");
    else if (!detail->found)
        reply_json_error(x, 404, "there is no node of this name");
    else
        reply_json(x, 200, document_node(detail, tables));
}

void api_node_get(struct exchange *x)
{
    detail_ask(x, exchange_segment(x, 3), after_detail);
}

static void after_probe(struct exchange *x, enum probe_end end, const char *text)
{
    static const int statuses[] = {[PROBE_DONE] = 200, [PROBE_UNDER_WAY] = 202, [PROBE_REFUSED] = 404};
    cJSON *document = cJSON_CreateObject();
    json_put_bool(document, "ok", end != PROBE_REFUSED);
    json_put_text(document, "text", text);
    reply_json(x, statuses[end], document);
}

void api_node_probe(struct exchange *x)
{
    probe_node(x, exchange_segment(x, 3), after_probe);
}
