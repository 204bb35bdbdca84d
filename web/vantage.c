#include "web/vantage.h"

#include <microhttpd.h>
#include <string.h>

#include "poller/base/log.h"
#include "web/bearer.h"
#include "web/web.h"

#define TELL_EVERY_NS MINUTES(10)
#define NAME_SEGMENT 3 /* api/v1/vantages/NAME/records */

bool vantage_is_proved(const struct exchange *x)
{
    const struct config *c = x->web->config;
    const char *name = exchange_segment(x, NAME_SEGMENT), *token = NULL;
    for (size_t i = 0; c && name && i < c->vantages_count; i++)
        if (strcmp(c->vantages[i].name, name) == 0)
            token = c->vantages[i].token;
    return bearer_is(MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Authorization"), token);
}

void vantage_refuse(struct exchange *x)
{
    char address[ADDR_TEXT_MAX];
    struct mono now = clock_mono();
    struct web *web = x->web;
    if (!web->intruder_told.ns || mono_since(now, web->intruder_told) > TELL_EVERY_NS) {
        web->intruder_told = now;
        log_warnx("web", "a report from %s came without the token of a vantage", addr_text(&x->client, address));
    }
    reply_json_error(x, 401, "no vantage of that name and token");
}
