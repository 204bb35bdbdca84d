#include "poller/document/vantages.h"

#include <math.h>

#include "poller/base/json.h"

static void put_time(cJSON *object, const char *name, struct wall t)
{
    char text[CLOCK_TEXT_MAX];
    json_put_text(object, name, t.ns > 0 ? wall_rfc3339(t, text) : NULL);
}

static void put_nodes(cJSON *vantage, const struct ew_vantage *v)
{
    cJSON *nodes = json_put_array(vantage, "nodes");
    for (size_t i = 0; i < v->nodes_count; i++) {
        cJSON *node = json_add_object(nodes);
        json_put_text(node, "name", v->nodes[i].node);
        json_put_text(node, "state", node_state_words[v->nodes[i].state]);
        put_time(node, "since", v->nodes[i].since);
    }
}

static void put_vantage(cJSON *vantage, const struct ew_vantage *v)
{
    json_put_text(vantage, "name", v->name);
    json_put_text(vantage, "site", v->site);
    put_time(vantage, "reported", v->heard);
    json_put_bool(vantage, "missed", v->missed);
    json_put_bool(vantage, "whole", v->reports && v->whole);
    put_time(vantage, "behind", v->behind);
    json_put_number(vantage, "clock_ahead_s", v->reports ? (double)v->skew_ns / (double)NS_PER_S : (double)NAN);
    json_put_bool(vantage, "clock_set", v->reports && v->clock_set);
    put_time(vantage, "running_since", v->started);
    json_put_number(vantage, "every_s", v->reports ? (double)v->every_ns / (double)NS_PER_S : (double)NAN);
    put_nodes(vantage, v);
}

cJSON *document_vantages(const struct snapshot *view)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < snapshot_vantage_count(view); i++)
        put_vantage(json_add_object(all), snapshot_vantage_at(view, i));
    return all;
}

void vantages_put_seen(cJSON *node, const struct ew_detail *d)
{
    cJSON *all = json_put_array(node, "seen_from");
    for (size_t i = 0; i < d->elsewhere_count; i++) {
        cJSON *seen = json_add_object(all);
        json_put_text(seen, "vantage", d->elsewhere[i].vantage);
        json_put_text(seen, "state", node_state_words[d->elsewhere[i].state]);
        put_time(seen, "since", d->elsewhere[i].since);
        put_time(seen, "reported", d->elsewhere[i].heard);
    }
}
