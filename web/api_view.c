/* The live view as JSON. */
#include <stdlib.h>

#include "poller/document/documents.h"
#include "web/detail.h"
#include "web/handlers.h"
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
