/* Networks as JSON: how each is, VLAN by VLAN and site by site, the steps of its last probe, the boxes on its way. */
#ifndef HAYLOFT_DOCUMENT_NETWORKS_H
#define HAYLOFT_DOCUMENT_NETWORKS_H

#include <cjson/cJSON.h>

#include "poller/document/snapshot.h"

/* [{name, kind, vlans, verdict, sentence, last_round, states:[{vlan, verdict, reason, detail, carried, last_round}],
 * steps:[{step, vlan, verdict, reason, detail, ms}], hops:[{node, in, out, site, verdict, detail}],
 * sites:[{site, verdict, proved_by}]}]; vlan is null without a tag. */
cJSON *document_networks(const struct snapshot *view);
cJSON *document_network(const struct ew_network *n); /* one of them */
/* {name, vantage, verdict, sentence, steps, hops, coverage}: what a probe of it tells; coverage are its sites. */
cJSON *document_network_probe(const struct ew_network *n);
bool network_has_guests(const struct ew_network *n); /* false: where this machine stands, only strangers matter */
const struct ew_network *network_named(const struct snapshot *view, const char *name); /* NULL: there is none */

#endif
