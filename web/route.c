#include "web/route.h"

#include <string.h>

#include "web/asset.h"
#include "web/handlers.h"
#include "web/host.h"
#include "web/html.h"
#include "web/session.h"
#include "web/vantage.h"
#include "web/web.h"

enum access {
    ACCESS_ALL,    /* nothing in it that a stranger may not know */
    ACCESS_LOCAL,  /* for programs on this machine; else as a viewer */
    ACCESS_VIEW,
    ACCESS_CHANGE, /* a viewer with the token of its own pages */
    ACCESS_VANTAGE /* a vantage with its token; its body is no form */
};

struct route {
    enum method method;
    enum access access;
    const char *path; /* '*': any one segment */
    void (*handle)(struct exchange *x);
};

static void asset_get(struct exchange *x)
{
    const struct asset *a = asset_find(exchange_segment(x, 1));
    if (a)
        reply_asset(x, a);
    else
        reply_error(x, 404, "There is no such file.");
}

static void icon_get(struct exchange *x)
{
    reply_asset(x, asset_find(asset_path("icon.svg") + strlen("/a/")));
}

static const struct route routes[] = {
    {METHOD_GET, ACCESS_VIEW, "", page_first_get},
    {METHOD_GET, ACCESS_VIEW, "node/*", page_node_get},
    {METHOD_POST, ACCESS_CHANGE, "node/*/probe", page_node_probe},
    {METHOD_GET, ACCESS_VIEW, "network/*", page_network_get},
    {METHOD_POST, ACCESS_CHANGE, "network/*/probe", page_network_probe},
    {METHOD_GET, ACCESS_VIEW, "incidents", page_incidents_get},
    {METHOD_GET, ACCESS_VIEW, "incident/*", page_incident_get},
    {METHOD_POST, ACCESS_CHANGE, "incident/*/ack", page_incident_acknowledge},
    {METHOD_GET, ACCESS_VIEW, "link/*", page_link_get},
    {METHOD_GET, ACCESS_VIEW, "report", page_report_get},
    {METHOD_GET, ACCESS_VIEW, "seen", page_seen_get},
    {METHOD_GET, ACCESS_VIEW, "health", page_health_get},
    {METHOD_GET, ACCESS_ALL, "login", page_login_get},
    {METHOD_POST, ACCESS_ALL, "login", page_login_post},
    {METHOD_POST, ACCESS_CHANGE, "logout", page_logout_post},
    {METHOD_GET, ACCESS_ALL, "a/*", asset_get},
    {METHOD_GET, ACCESS_ALL, "favicon.ico", icon_get},

    {METHOD_GET, ACCESS_VIEW, "api/v1/status", api_status_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/nodes", api_nodes_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/nodes/*", api_node_get},
    {METHOD_POST, ACCESS_CHANGE, "api/v1/nodes/*/probe", api_node_probe},
    {METHOD_GET, ACCESS_VIEW, "api/v1/networks", api_networks_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/networks/*", api_network_get},
    {METHOD_POST, ACCESS_CHANGE, "api/v1/networks/*/probe", api_node_probe},
    {METHOD_GET, ACCESS_VIEW, "api/v1/incidents", api_incidents_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/incidents/*", api_incident_get},
    {METHOD_POST, ACCESS_CHANGE, "api/v1/incidents/*/ack", api_incident_acknowledge},
    {METHOD_GET, ACCESS_VIEW, "api/v1/series/*/*/*", api_series_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/graph/*/*/*", api_graph_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/events", api_events_get},
    {METHOD_GET, ACCESS_VIEW, "api/v1/vantages", api_vantages_get},
    {METHOD_POST, ACCESS_VANTAGE, "api/v1/vantages/*/records", api_vantage_records_post},
    {METHOD_GET, ACCESS_ALL, "api/v1/health", api_health_get},
    {METHOD_GET, ACCESS_LOCAL, "metrics", api_metrics_get},
};

static bool path_fits(const struct target *t, const char *path)
{
    for (size_t i = 0; i < t->segments_count; i++) {
        size_t len = strcspn(path, "/");
        if (len == 0)
            return false;
        if (strncmp(path, "*", len) != 0 &&
            (strlen(t->segments[i]) != len || strncmp(path, t->segments[i], len) != 0))
            return false;
        path += len;
        path += *path == '/';
    }
    return *path == '\0';
}

static const struct route *find(const struct exchange *x, bool *path_known)
{
    *path_known = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!path_fits(&x->target, routes[i].path))
            continue;
        *path_known = true;
        if (routes[i].method == x->method)
            return &routes[i];
    }
    return NULL;
}

static bool is_page(const struct exchange *x)
{
    const char *first = exchange_segment(x, 0);
    return !first || (strcmp(first, "api") != 0 && strcmp(first, "metrics") != 0);
}

static void send_to_login(struct exchange *x)
{
    struct buf path = {0};
    buf_text(&path, "/login?to=");
    for (size_t i = 0; i < x->target.segments_count; i++) {
        buf_text(&path, "%2F");
        html_segment(&path, x->target.segments[i]);
    }
    reply_redirect(x, buf_string(&path));
    buf_fini(&path);
}

static void refuse_stranger(struct exchange *x)
{
    x->web->refused++;
    if (is_page(x) && x->method == METHOD_GET)
        send_to_login(x);
    else
        reply_error(x, 401, "Sign in first.");
}

static void enter(struct exchange *x)
{
    bool known;
    const struct route *r = find(x, &known);
    if (r->access >= ACCESS_VIEW && !x->visitor.may_see) {
        refuse_stranger(x);
    } else if (r->access == ACCESS_LOCAL && !x->visitor.from_here && !x->visitor.may_see) {
        refuse_stranger(x);
    } else if (r->access == ACCESS_CHANGE && !session_may_change(x)) {
        x->web->refused++;
        reply_error(x, 403, "This did not come from a page of ours, or the page was too old. Go back, "
                            "load it again and repeat.");
    } else {
        r->handle(x);
    }
}

size_t route_body_max(const struct exchange *x)
{
    bool known;
    const struct route *r = x->target_ok ? find(x, &known) : NULL;
    return r && r->access == ACCESS_VANTAGE && vantage_is_proved(x) ? VANTAGE_REPORT_MAX_BYTES : FORM_MAX_BYTES;
}

/* Not a word of it is read before it has shown its token. */
static void take_vantage(struct exchange *x, const struct route *r)
{
    if (!vantage_is_proved(x)) {
        x->web->refused++;
        vantage_refuse(x);
    } else if (x->too_large) {
        reply_error(x, 413, "This report is too large.");
    } else {
        r->handle(x);
    }
}

static bool read_form(struct exchange *x)
{
    return x->method != METHOD_POST ||
           (!x->too_large && form_parse(buf_string(&x->body), x->body.len, &x->form));
}

void route_take(struct exchange *x)
{
    struct web *web = x->web;
    const struct config_web *settings = web->config ? &web->config->web : NULL;
    bool known = false;
    web->requests++;
    if (!host_is_allowed(x->host, web->own_name, settings ? settings->hosts : NULL,
                         settings ? settings->hosts_count : 0)) {
        web->refused++;
        buf_text(&x->reply, "hayloft does not go by this name. Add it to web: hosts: if it should.\n");
        reply_text(x, 421, "text/plain; charset=utf-8");
    } else if (!x->target_ok) {
        reply_error(x, 400, "This address cannot be understood.");
    } else if (!find(x, &known)) {
        reply_error(x, known ? 405 : 404, known ? "This cannot be done here." : "There is no such page.");
    } else if (find(x, &known)->access == ACCESS_VANTAGE) {
        take_vantage(x, find(x, &known));
    } else if (!read_form(x)) {
        reply_error(x, x->too_large ? 413 : 400, "This form cannot be understood.");
    } else if (find(x, &known)->access == ACCESS_ALL) {
        find(x, &known)->handle(x);
    } else {
        session_resolve(x, enter);
    }
}
