/* For watchers of the watcher: a plain yes or no, and numbers in Prometheus' text format. */
#include <math.h>

#include "poller/base/json.h"
#include "web/handlers.h"
#include "web/server.h"
#include "web/stream.h"
#include "web/web.h"

/* Nothing here that a stranger may not know. */
void api_health_get(struct exchange *x)
{
    const struct ew_status *s = snapshot_status(backend_view(x->web->backend));
    bool engine = backend_engine_is_there(x->web->backend) && s;
    bool store = backend_store_is_there(x->web->backend);
    bool ok = engine && store && !s->restoring;
    cJSON *document = cJSON_CreateObject();
    json_put_bool(document, "ok", ok);
    json_put_bool(document, "engine", engine);
    json_put_bool(document, "store", store);
    reply_json(x, ok ? 200 : 503, document);
}

static void put_metric(struct buf *out, const char *name, const char *type, const char *help, double value)
{
    buf_printf(out, "# HELP hayloft_%s %s\n# TYPE hayloft_%s %s\nhayloft_%s %.17g\n", name, help, name,
               type, name, value);
}

static void put_engine(struct buf *out, const struct ew_status *s)
{
    put_metric(out, "nodes", "gauge", "Nodes watched.", s->nodes_total);
    put_metric(out, "nodes_up", "gauge", "Nodes that are up.", s->nodes_up);
    put_metric(out, "incidents_open", "gauge", "Open incidents.", s->open_incidents);
    put_metric(out, "checks", "gauge", "Checks.", s->checks);
    put_metric(out, "slow_rounds_total", "counter", "Turns of the engine's loop over 5 ms.",
               (double)s->slow_rounds);
    put_metric(out, "echoes_sent_total", "counter", "Pings sent.", (double)s->echoes_sent);
    put_metric(out, "snmp_requests_total", "counter", "SNMP requests sent.", (double)s->snmp_requests);
    put_metric(out, "samples_total", "counter", "Values measured.", (double)s->samples);
    put_metric(out, "queue_bytes", "gauge", "Records not yet written.", (double)s->queue_bytes);
    put_metric(out, "queue_dropped_total", "counter", "Values dropped before they were written.",
               (double)s->queue_dropped);
    put_metric(out, "samples_skipped_total", "counter", "Samples not later than what is stored: left out.",
               (double)s->samples_skipped);
    put_metric(out, "clock_set", "gauge", "1 when the clock of this machine is believed.", !s->clock_unset);
    put_metric(out, "own_faults", "gauge", "Faults of hayloft itself.", (double)s->own_faults_count);
    put_metric(out, "last_durable_seconds", "gauge", "Time up to which all is written.",
               (double)s->last_durable.ns / 1e9);
}

static void put_label(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            buf_char(out, '\\');
        buf_char(out, (unsigned char)*text < 0x20 ? ' ' : *text);
    }
}

static void put_node_metric(struct buf *out, const char *name, const struct ew_node *n, double value)
{
    if (!isfinite(value))
        return;
    buf_printf(out, "hayloft_%s{node=\"", name);
    put_label(out, n->name);
    buf_printf(out, "\"} %.9g\n", value);
}

static void put_nodes(struct buf *out, const struct snapshot *view)
{
    size_t count = snapshot_node_count(view);
    buf_text(out, "# HELP hayloft_node_up Whether a node is up; left out where nobody knows.\n"
                  "# TYPE hayloft_node_up gauge\n");
    for (size_t i = 0; i < count; i++) {
        const struct ew_node *n = snapshot_node_at(view, i);
        bool up = n->state == STATE_UP || n->state == STATE_DEGRADED;
        if (n->state != STATE_UNKNOWN && n->state != STATE_PAUSED) /* a 0 would be a false alarm */
            put_node_metric(out, "node_up", n, up);
    }
    buf_text(out, "# HELP hayloft_node_rtt_seconds Median of the last ping round.\n"
                  "# TYPE hayloft_node_rtt_seconds gauge\n");
    for (size_t i = 0; i < count; i++)
        put_node_metric(out, "node_rtt_seconds", snapshot_node_at(view, i), snapshot_node_at(view, i)->rtt_s);
    buf_text(out, "# HELP hayloft_node_loss_ratio Loss of the last ping round.\n"
                  "# TYPE hayloft_node_loss_ratio gauge\n");
    for (size_t i = 0; i < count; i++)
        put_node_metric(out, "node_loss_ratio", snapshot_node_at(view, i), snapshot_node_at(view, i)->loss);
}

void api_metrics_get(struct exchange *x)
{
    const struct snapshot *view = backend_view(x->web->backend);
    const struct ew_status *s = snapshot_status(view);
    put_metric(&x->reply, "engine_up", "gauge", "Whether the engine answers.",
               s && backend_engine_is_there(x->web->backend));
    put_metric(&x->reply, "web_requests_total", "counter", "Requests taken.", (double)x->web->requests);
    put_metric(&x->reply, "web_refused_total", "counter", "Requests refused.", (double)x->web->refused);
    put_metric(&x->reply, "web_connections", "gauge", "Open connections.",
               (double)server_connection_count(x->web->server));
    put_metric(&x->reply, "web_listeners", "gauge", "Pages that listen for changes.",
               (double)streams_count(x->web->streams));
    if (s)
        put_engine(&x->reply, s);
    put_nodes(&x->reply, view);
    reply_text(x, 200, "text/plain; version=0.0.4; charset=utf-8");
}
