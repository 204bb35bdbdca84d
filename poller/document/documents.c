#include "poller/document/documents.h"

#include <math.h>
#include <string.h>

#include "poller/base/json.h"
#include "poller/document/stations.h"
#include "poller/document/vantages.h"
#include "poller/document/wiring.h"
#include "poller/model/pace.h"

#define SITES_MAX 64
#define UNNAMED_SITE "Home" /* as the configuration has it when nothing is said */
#define REPORT_INCIDENTS_MAX 200
#define REPORT_EVENTS_MAX 500

static void put_time(cJSON *object, const char *name, struct wall t)
{
    char text[CLOCK_TEXT_MAX];
    json_put_text(object, name, t.ns > 0 ? wall_rfc3339(t, text) : NULL);
}

/* NaN, which becomes null, for 0: not known. */
static double seconds(int64_t ns)
{
    return ns ? (double)ns / (double)NS_PER_S : (double)NAN;
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void put_address(cJSON *object, const struct addr *a, const char *hostname)
{
    char text[ADDR_TEXT_MAX];
    json_put_text(object, "address", addr_is_set(a) ? addr_text(a, text) : or_null(hostname));
}

static void put_pace(cJSON *check, const struct view_check *c)
{
    char text[PACE_TEXT_MAX];
    const struct pace p = {c->configured_ns, c->interval_ns, c->takes_ns};
    json_put_number(check, "interval_s", seconds(c->interval_ns));
    json_put_number(check, "configured_interval_s", seconds(c->configured_ns));
    json_put_number(check, "answers_take_s", seconds(c->takes_ns));
    json_put_text(check, "interval_reason", or_null(pace_text(&p, text)));
}

static void put_checks(cJSON *object, const struct ew_node *n)
{
    cJSON *checks = json_put_array(object, "checks");
    for (size_t i = 0; i < n->checks_count; i++) {
        const struct view_check *c = &n->checks[i];
        cJSON *check = json_add_object(checks);
        json_put_text(check, "kind", c->kind);
        json_put_text(check, "label", or_null(c->label));
        json_put_text(check, "verdict", verdict_words[c->verdict]);
        json_put_text(check, "reason", or_null(c->reason));
        put_time(check, "last_round", c->last_round);
        put_pace(check, c);
    }
}

cJSON *document_node_brief(const struct ew_node *n)
{
    cJSON *node = cJSON_CreateObject();
    json_put_text(node, "name", n->name);
    put_address(node, &n->address, n->hostname);
    json_put_text(node, "class", node_class_words[n->class]);
    json_put_text(node, "site", or_null(n->site));
    json_put_text(node, "state", node_state_words[n->state]);
    put_time(node, "since", n->since);
    json_put_text(node, "reason", or_null(n->reason));
    json_put_text(node, "behind", or_null(n->behind));
    json_put_text(node, "parent", or_null(n->parent));
    json_put_text(node, "role", or_null(n->role));
    json_put_number(node, "rtt_ms", n->rtt_s * 1e3);
    json_put_number(node, "loss_pct", n->loss * 100);
    put_checks(node, n);
    return node;
}

cJSON *document_nodes(const struct snapshot *view)
{
    cJSON *nodes = cJSON_CreateArray();
    for (size_t i = 0; i < snapshot_node_count(view); i++)
        cJSON_AddItemToArray(nodes, document_node_brief(snapshot_node_at(view, i)));
    return nodes;
}

static cJSON *put_ports(cJSON *node, const struct ew_detail *d)
{
    cJSON *ports = json_put_array(node, "ports");
    for (size_t i = 0; i < d->ports_count; i++) {
        const struct view_port *p = &d->ports[i];
        cJSON *port = json_add_object(ports);
        json_put_number(port, "index", p->index);
        json_put_text(port, "name", p->name);
        json_put_text(port, "alias", or_null(p->alias));
        json_put_number(port, "type", p->type);
        json_put_number(port, "speed_bps", p->speed_bps ? (double)p->speed_bps : NAN);
        json_put_text(port, "admin", or_null(p->admin));
        json_put_text(port, "oper", or_null(p->oper));
        json_put_number(port, "in_bps", p->in_bps);
        json_put_number(port, "out_bps", p->out_bps);
        json_put_number(port, "in_errors", p->in_errors);
        json_put_number(port, "out_errors", p->out_errors);
    }
    return ports;
}

static void put_series(cJSON *node, const struct ew_detail *d)
{
    cJSON *all = json_put_array(node, "series");
    for (size_t i = 0; i < d->series_count; i++) {
        const struct view_series *s = &d->series[i];
        cJSON *series = json_add_object(all);
        json_put_text(series, "vantage", s->vantage);
        json_put_text(series, "object", s->object);
        json_put_text(series, "name", s->name);
        json_put_number(series, "value", s->value);
        json_put_text(series, "unit", s->unit);
        put_time(series, "at", s->at);
    }
}

static void put_limits(cJSON *reading, const struct view_reading *r)
{
    const struct {
        const char *name;
        double value;
    } limits[] = {{"warn_low", r->warn_low}, {"bad_low", r->bad_low}, {"warn_high", r->warn_high},
                  {"bad_high", r->bad_high}};
    cJSON *all = json_put_object(reading, "limits");
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (!isnan(limits[i].value))
            json_put_number(all, limits[i].name, limits[i].value);
}

/* One that is unavailable has neither value nor state. */
static cJSON *put_readings(cJSON *node, const struct ew_detail *d)
{
    cJSON *all = json_put_array(node, "readings");
    for (size_t i = 0; i < d->readings_count; i++) {
        const struct view_reading *r = &d->readings[i];
        cJSON *reading = json_add_object(all);
        json_put_text(reading, "class", r->class_);
        json_put_text(reading, "meaning", r->meaning);
        json_put_text(reading, "label", r->label);
        json_put_text(reading, "index", r->index);
        json_put_number(reading, "value", r->value);
        json_put_text(reading, "unit", r->unit);
        put_limits(reading, r);
        json_put_text(reading, "state", or_null(r->state));
        json_put_text(reading, "level", r->level);
        put_time(reading, "since", r->since);
        put_time(reading, "at", r->at);
        json_put_text(reading, "mac", or_null(r->mac));
    }
    return all;
}

cJSON *document_node(const struct ew_detail *d, const struct ew_tables *tables)
{
    cJSON *node = document_node_brief(&d->node);
    json_put_text(node, "description", or_null(d->description));
    json_put_text(node, "location", or_null(d->location));
    json_put_number(node, "uptime_s", d->uptime_ns >= 0 ? (double)(d->uptime_ns / NS_PER_S) : NAN);
    cJSON *ports = put_ports(node, d);
    put_series(node, d);
    vantages_put_seen(node, d);
    stations_put(node, put_readings(node, d), tables);
    wiring_put(node, ports, tables);
    return node;
}

static void put_health(cJSON *status, const struct ew_status *s)
{
    cJSON *health = json_put_object(status, "health");
    json_put_bool(health, "restoring", s->restoring);
    json_put_number(health, "generation", (double)s->generation);
    json_put_number(health, "checks", s->checks);
    json_put_number(health, "slow_rounds", (double)s->slow_rounds);
    json_put_number(health, "queue_bytes", (double)s->queue_bytes);
    json_put_number(health, "queue_dropped", (double)s->queue_dropped);
    json_put_number(health, "echoes_sent", (double)s->echoes_sent);
    json_put_number(health, "snmp_requests", (double)s->snmp_requests);
    json_put_number(health, "samples", (double)s->samples);
    json_put_number(health, "samples_skipped", (double)s->samples_skipped);
    json_put_bool(health, "clock_set", !s->clock_unset);
    put_time(health, "last_durable", s->last_durable);
    cJSON *faults = json_put_array(health, "own_faults");
    for (size_t i = 0; i < s->own_faults_count; i++)
        json_add_text(faults, s->own_faults[i]);
}

cJSON *document_status_absent(const char *reason)
{
    cJSON *status = cJSON_CreateObject();
    json_put_text(status, "verdict", verdict_words[VERDICT_UNKNOWN]);
    json_put_text(status, "reason", reason);
    json_put_number(status, "nodes_up", NAN);
    json_put_number(status, "nodes_total", NAN);
    json_put_number(status, "open_incidents", NAN);
    json_put_object(status, "health");
    return status;
}

cJSON *document_status(const struct snapshot *view)
{
    const struct ew_status *s = snapshot_status(view);
    if (!s)
        return document_status_absent("the engine has not spoken yet");
    cJSON *status = cJSON_CreateObject();
    json_put_text(status, "verdict", verdict_words[s->verdict]);
    json_put_number(status, "nodes_up", s->nodes_up);
    json_put_number(status, "nodes_total", s->nodes_total);
    json_put_number(status, "open_incidents", s->open_incidents);
    json_put_text(status, "site", s->site);
    json_put_text(status, "version", s->version);
    json_put_text(status, "internet", verdict_words[s->internet]);
    json_put_text(status, "internet_reason", or_null(s->internet_reason));
    put_time(status, "started", s->started);
    put_time(status, "now", s->now);
    put_health(status, s);
    return status;
}

cJSON *document_seen(const struct snapshot *view)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < snapshot_seen_count(view); i++) {
        const struct ew_seen *s = snapshot_seen_at(view, i);
        char mac[MAC_TEXT_MAX];
        cJSON *seen = json_add_object(all);
        put_address(seen, &s->address, NULL);
        json_put_text(seen, "mac", mac_is_set(&s->mac) ? mac_text(&s->mac, mac) : NULL);
        json_put_text(seen, "name", or_null(s->name));
        json_put_text(seen, "vendor", or_null(s->vendor));
        json_put_text(seen, "class", or_null(s->class));
        put_time(seen, "first", s->first);
        put_time(seen, "last", s->last);
    }
    return all;
}

enum verdict verdict_of_state(enum node_state state)
{
    switch (state) {
    case STATE_UP: return VERDICT_OK;
    case STATE_DEGRADED: return VERDICT_DEGRADED;
    case STATE_DOWN: case STATE_UNREACHABLE: return VERDICT_FAILING;
    case STATE_UNKNOWN: case STATE_PAUSED: return VERDICT_UNKNOWN;
    }
    return VERDICT_UNKNOWN;
}

static bool is_the_internet(const struct ew_node *n)
{
    return n->role && strcmp(n->role, "internet") == 0;
}

/* A node without a site stands at the one the installation is called by, so that there always is one. The
 * Internet has none. */
static const char *site_of(const struct snapshot *view, const struct ew_node *n)
{
    const struct ew_status *s = snapshot_status(view);
    const char *title = s ? or_null(s->site) : NULL;
    if (is_the_internet(n))
        return NULL;
    return n->site && *n->site ? n->site : title ? title : UNNAMED_SITE;
}

static bool stands_at(const struct snapshot *view, const struct ew_node *n, const char *site)
{
    const char *own = site_of(view, n);
    return own && strcmp(own, site) == 0;
}

/* A camera that is off, or one radio of three, does not make the barn down: that takes all of what
 * carries the site. */
enum verdict site_verdict_of(const struct snapshot *view, const char *site)
{
    size_t carriers = 0, failing = 0, troubled = 0, well = 0;
    for (size_t i = 0; i < snapshot_node_count(view); i++) {
        const struct ew_node *n = snapshot_node_at(view, i);
        enum verdict v = verdict_of_state(n->state);
        if (!stands_at(view, n, site) || n->class == CLASS_ROAMING || v == VERDICT_UNKNOWN)
            continue;
        well += v == VERDICT_OK;
        troubled += v != VERDICT_OK;
        carriers += n->class == CLASS_NETWORK;
        failing += n->class == CLASS_NETWORK && v == VERDICT_FAILING;
    }
    if (well + troubled == 0)
        return VERDICT_UNKNOWN;
    if (carriers ? failing == carriers : well == 0 && troubled > 0)
        return VERDICT_FAILING;
    return troubled ? VERDICT_DEGRADED : VERDICT_OK;
}

size_t site_names(const struct snapshot *view, const char **out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot_node_count(view); i++) {
        const char *site = site_of(view, snapshot_node_at(view, i));
        size_t known = 0;
        while (site && known < count && strcmp(out[known], site) != 0)
            known++;
        if (site && known == count && count < max)
            out[count++] = site;
    }
    return count;
}

static void put_report_node(cJSON *nodes, struct ledger *ledger, const struct ew_node *n,
                            struct wall from, struct wall to)
{
    struct availability a;
    bool known = ledger_availability(ledger, n->name, n->state, from, to, &a) && a.known_ns > 0;
    cJSON *node = json_add_object(nodes);
    json_put_text(node, "name", n->name);
    json_put_text(node, "site", or_null(n->site));
    json_put_text(node, "class", node_class_words[n->class]);
    json_put_number(node, "availability_pct",
                    known ? 100.0 * (double)a.available_ns / (double)a.known_ns : NAN);
    json_put_number(node, "outages", known ? a.outages : NAN);
    json_put_number(node, "longest_s", known ? (double)(a.longest_ns / NS_PER_S) : NAN);
    json_put_number(node, "rtt_ms", n->rtt_s * 1e3);
    json_put_number(node, "loss_pct", n->loss * 100);
}

static void put_report_places(cJSON *report, const struct snapshot *view)
{
    const char *names[SITES_MAX];
    size_t count = site_names(view, names, SITES_MAX);
    cJSON *sites = json_put_array(report, "sites");
    for (size_t i = 0; i < count; i++) {
        cJSON *site = json_add_object(sites);
        json_put_text(site, "site", names[i]);
        json_put_text(site, "verdict", verdict_words[site_verdict_of(view, names[i])]);
    }
    cJSON *links = json_put_array(report, "links");
    for (size_t i = 0; i < snapshot_link_count(view); i++) {
        const struct ew_link *l = snapshot_link_at(view, i);
        cJSON *link = json_add_object(links);
        json_put_text(link, "name", l->name);
        json_put_text(link, "kind", l->kind);
        json_put_text(link, "verdict", verdict_words[l->verdict]);
        json_put_text(link, "reason", or_null(l->reason));
    }
}

/* Incidents that touch the span: opened in it, or opened before and resolved in it or not at all. */
static void put_report_incidents(cJSON *report, cJSON *incidents, struct wall from)
{
    cJSON *kept = json_put_array(report, "incidents");
    for (cJSON *i = incidents->child, *next; i; i = next) {
        struct wall opened = {0}, resolved = {0};
        const char *opened_text = json_text(i, "opened"), *resolved_text = json_text(i, "resolved");
        next = i->next;
        if (!opened_text || !wall_parse(opened_text, &opened))
            continue;
        bool over = resolved_text && wall_parse(resolved_text, &resolved);
        if (opened.ns >= from.ns || !over || resolved.ns >= from.ns)
            cJSON_AddItemToArray(kept, cJSON_DetachItemViaPointer(incidents, i));
    }
}

/* State changes are counted per node already: what is left is what a reader would not know. */
static void put_report_changes(cJSON *report, cJSON *events)
{
    cJSON *changes = json_put_array(report, "changes");
    for (cJSON *e = events->child, *next; e; e = next) {
        const char *kind = json_text(e, "kind");
        next = e->next;
        if (kind && strcmp(kind, "state") != 0)
            cJSON_AddItemToArray(changes, cJSON_DetachItemViaPointer(events, e));
    }
}

cJSON *document_report(const struct snapshot *view, struct ledger *ledger, struct wall from,
                       struct wall to)
{
    const struct ew_status *s = view ? snapshot_status(view) : NULL;
    cJSON *incidents = ledger_incidents(ledger, LEDGER_ALL, to, REPORT_INCIDENTS_MAX);
    cJSON *events = ledger_events(ledger, NULL, from, to, REPORT_EVENTS_MAX);
    cJSON *report = incidents && events ? cJSON_CreateObject() : NULL;
    if (report) {
        put_time(report, "from", from);
        put_time(report, "to", to);
        json_put_text(report, "site", s ? s->site : NULL);
        json_put_text(report, "verdict", verdict_words[s ? s->verdict : VERDICT_UNKNOWN]);
        put_report_incidents(report, incidents, from);
        cJSON *nodes = json_put_array(report, "nodes");
        for (size_t i = 0; view && i < snapshot_node_count(view); i++)
            put_report_node(nodes, ledger, snapshot_node_at(view, i), from, to);
        if (view)
            put_report_places(report, view);
        put_report_changes(report, events);
    }
    cJSON_Delete(incidents);
    cJSON_Delete(events);
    return report;
}
