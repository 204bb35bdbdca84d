#include "web/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "web/page.h"

const char *exchange_segment(const struct exchange *x, size_t i)
{
    return i < x->target.segments_count ? x->target.segments[i] : NULL;
}

static void settle(struct exchange *x, int status, const char *type)
{
    if (x->status)
        return;
    x->status = status;
    x->type = type;
    if (x->resume)
        x->resume(x);
}

void reply_html(struct exchange *x, int status)
{
    settle(x, status, "text/html; charset=utf-8");
}

void reply_text(struct exchange *x, int status, const char *type)
{
    settle(x, status, type);
}

void reply_json(struct exchange *x, int status, cJSON *document)
{
    if (!document) {
        reply_json_error(x, 503, "not known at the moment");
        return;
    }
    buf_clear(&x->reply);
    json_print(document, false, &x->reply);
    buf_char(&x->reply, '\n');
    cJSON_Delete(document);
    settle(x, status, "application/json");
}

void reply_json_error(struct exchange *x, int status, const char *sentence)
{
    cJSON *document = cJSON_CreateObject();
    json_put_text(document, "error", sentence);
    reply_json(x, status, document);
}

void reply_redirect(struct exchange *x, const char *path)
{
    free(x->location);
    x->location = strdup(path);
    buf_clear(&x->reply);
    settle(x, 303, "text/plain; charset=utf-8");
}

void reply_asset(struct exchange *x, const struct asset *a)
{
    x->asset = a;
    settle(x, 200, NULL);
}

void reply_error(struct exchange *x, int status, const char *sentence)
{
    const char *first = x->target_ok ? exchange_segment(x, 0) : NULL;
    if (first && (strcmp(first, "api") == 0 || strcmp(first, "metrics") == 0)) {
        reply_json_error(x, status, sentence);
        return;
    }
    buf_clear(&x->reply);
    page_error(x, status, sentence);
    reply_html(x, status);
}
