#include "poller/document/networks.h"

#include <string.h>

#include "poller/base/json.h"
#include "poller/model/guest.h"

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void put_time(cJSON *object, const char *name, struct wall t)
{
    char text[CLOCK_TEXT_MAX];
    json_put_text(object, name, t.ns > 0 ? wall_rfc3339(t, text) : NULL);
}

static void put_vlan(cJSON *object, int64_t vid)
{
    if (vid == GUEST_UNTAGGED)
        json_put_text(object, "vlan", NULL);
    else
        json_put_number(object, "vlan", (double)vid);
}

static void put_states(cJSON *network, const struct ew_network *n)
{
    cJSON *states = json_put_array(network, "states");
    for (size_t i = 0; i < n->states_count; i++) {
        const struct view_vlan *v = &n->states[i];
        cJSON *state = json_add_object(states);
        put_vlan(state, v->vid);
        json_put_text(state, "verdict", verdict_words[v->verdict]);
        json_put_text(state, "reason", or_null(v->reason));
        json_put_text(state, "detail", or_null(v->detail));
        json_put_bool(state, "carried", v->armed);
        put_time(state, "last_round", v->at);
        json_put_text(state, "object", or_null(v->object));
    }
}

static void put_steps(cJSON *network, const struct ew_network *n)
{
    cJSON *steps = json_put_array(network, "steps");
    for (size_t i = 0; i < n->steps_count; i++) {
        const struct view_network_step *s = &n->steps[i];
        cJSON *step = json_add_object(steps);
        json_put_text(step, "step", s->step);
        put_vlan(step, s->vid);
        json_put_text(step, "verdict", verdict_words[s->verdict]);
        json_put_text(step, "reason", or_null(s->reason));
        json_put_text(step, "detail", or_null(s->detail));
        json_put_number(step, "ms", (double)s->took_ns / (double)NS_PER_MS);
    }
}

static void put_hops(cJSON *network, const struct ew_network *n)
{
    cJSON *hops = json_put_array(network, "hops");
    for (size_t i = 0; i < n->hops_count; i++) {
        const struct view_hop *h = &n->hops[i];
        cJSON *hop = json_add_object(hops);
        json_put_text(hop, "node", h->node);
        json_put_text(hop, "in", or_null(h->in));
        json_put_text(hop, "out", or_null(h->out));
        json_put_text(hop, "site", or_null(h->site));
        json_put_text(hop, "verdict", verdict_words[h->verdict]);
        json_put_text(hop, "detail", or_null(h->detail));
    }
}

static void put_sites(cJSON *network, const char *key, const struct ew_network *n)
{
    cJSON *sites = json_put_array(network, key);
    for (size_t i = 0; i < n->sites_count; i++) {
        cJSON *site = json_add_object(sites);
        json_put_text(site, "site", n->sites[i].site);
        json_put_text(site, "verdict", verdict_words[n->sites[i].verdict]);
        json_put_text(site, "proved_by", or_null(n->sites[i].proved_by));
    }
}

cJSON *document_network(const struct ew_network *n)
{
    cJSON *network = cJSON_CreateObject();
    json_put_text(network, "name", n->name);
    json_put_text(network, "kind", n->kind ? n->kind : "guest");
    cJSON *vlans = json_put_array(network, "vlans");
    for (size_t v = 0; v < n->vlans_count; v++)
        cJSON_AddItemToArray(vlans, cJSON_CreateNumber((double)n->vlans[v]));
    json_put_text(network, "verdict", verdict_words[n->verdict]);
    json_put_text(network, "sentence", or_null(n->sentence));
    put_time(network, "last_round", n->at);
    put_states(network, n);
    put_steps(network, n);
    put_hops(network, n);
    put_sites(network, "sites", n);
    return network;
}

cJSON *document_networks(const struct snapshot *view)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < snapshot_network_count(view); i++)
        cJSON_AddItemToArray(all, document_network(snapshot_network_at(view, i)));
    return all;
}

cJSON *document_network_probe(const struct ew_network *n)
{
    cJSON *probe = cJSON_CreateObject();
    json_put_text(probe, "name", n->name);
    json_put_text(probe, "vantage", "here");
    json_put_text(probe, "verdict", verdict_words[n->verdict]);
    json_put_text(probe, "sentence", or_null(n->sentence));
    put_steps(probe, n);
    put_hops(probe, n);
    put_sites(probe, "coverage", n);
    return probe;
}

bool network_has_guests(const struct ew_network *n)
{
    return !n->kind || strcmp(n->kind, "lan") != 0;
}

const struct ew_network *network_named(const struct snapshot *view, const char *name)
{
    for (size_t i = 0; i < snapshot_network_count(view); i++)
        if (strcmp(snapshot_network_at(view, i)->name, name) == 0)
            return snapshot_network_at(view, i);
    return NULL;
}
