/* The JSON documents programs rely on, the same from the API and from the command line. Fields are a
 * contract: added freely, never renamed. Times are RFC 3339 with zone, numbers SI or in the unit the
 * name says. Incidents come as documents from the ledger. All returned trees are the caller's. */
#ifndef HAYLOFT_DOCUMENT_DOCUMENTS_H
#define HAYLOFT_DOCUMENT_DOCUMENTS_H

#include <cjson/cJSON.h>

#include "poller/document/ledger.h"
#include "poller/document/snapshot.h"

/* [{name, address, class, site, state, since, reason, behind, parent, role, rtt_ms, loss_pct,
 * checks:[{kind, label, verdict, reason, last_round, interval_s, configured_interval_s,
 * answers_take_s, interval_reason}]}] */
cJSON *document_nodes(const struct snapshot *view);
cJSON *document_node_brief(const struct ew_node *node); /* one element of the above */
/* A node with ports, series, seen_from (see vantages.h), readings, stations, description, location, uptime_s, and how
 * it is wired (see wiring.h). tables may be NULL: not told; the lists are empty then. */
cJSON *document_node(const struct ew_detail *detail, const struct ew_tables *tables);
/* {verdict, nodes_up, nodes_total, open_incidents, site, version, internet, started, now, health:{...}} */
cJSON *document_status(const struct snapshot *view);
/* {verdict:"unknown", reason, ...}: the daemon is not there */
cJSON *document_status_absent(const char *reason);
/* {from, to, verdict, sites, incidents, nodes:[{name, availability_pct, outages, longest_s, rtt_ms,
 * loss_pct}], links, changes}. view may be NULL: then only what the ledger knows. NULL when the ledger
 * does not answer. */
cJSON *document_report(const struct snapshot *view, struct ledger *ledger, struct wall from,
                       struct wall to);
/* [{address, mac, name, vendor, class, first, last}] */
cJSON *document_seen(const struct snapshot *view);

/* Failing when all that carries the site is; degraded when anything in it is in trouble; unknown when
 * nothing of it is known. */
enum verdict site_verdict_of(const struct snapshot *view, const char *site);
enum verdict verdict_of_state(enum node_state state);
/* Names of the sites in order of their first node, at most max; the internet has none. */
size_t site_names(const struct snapshot *view, const char **out, size_t max);

#endif
