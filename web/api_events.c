#include "web/handlers.h"
#include "web/stream.h"
#include "web/web.h"

void api_events_get(struct exchange *x)
{
    if (!streams_have_place(x->web->streams, &x->client)) {
        reply_json_error(x, 503, "too many listeners");
        return;
    }
    x->stream = true;
    reply_text(x, 200, "text/event-stream");
}
