/* The handlers of the routes, by the file they stand in. Each ends in a reply, now or later. */
#ifndef HAYLOFT_WEB_HANDLERS_H
#define HAYLOFT_WEB_HANDLERS_H

#include "web/exchange.h"

void page_first_get(struct exchange *x);       /* page_first.c */
void page_node_get(struct exchange *x);        /* page_node.c */
void page_node_probe(struct exchange *x);
void page_incident_get(struct exchange *x);    /* page_incident.c */
void page_incident_acknowledge(struct exchange *x);
void page_incidents_get(struct exchange *x);   /* page_incidents.c */
void page_network_get(struct exchange *x);     /* page_network.c */
void page_network_probe(struct exchange *x);
void page_link_get(struct exchange *x);        /* page_link.c */
void page_report_get(struct exchange *x);      /* page_report.c */
void page_seen_get(struct exchange *x);        /* page_seen.c */
void page_health_get(struct exchange *x);      /* page_health.c */
void page_login_get(struct exchange *x);       /* page_login.c */
void page_login_post(struct exchange *x);
void page_logout_post(struct exchange *x);

void api_status_get(struct exchange *x);       /* api_view.c */
void api_nodes_get(struct exchange *x);
void api_node_get(struct exchange *x);
void api_node_probe(struct exchange *x);
void api_networks_get(struct exchange *x);
void api_network_get(struct exchange *x);
void api_incidents_get(struct exchange *x);    /* api_incidents.c */
void api_incident_get(struct exchange *x);
void api_incident_acknowledge(struct exchange *x);
void api_series_get(struct exchange *x);       /* api_series.c */
void api_graph_get(struct exchange *x);        /* api_graph.c */
void api_events_get(struct exchange *x);       /* api_events.c */
void api_vantages_get(struct exchange *x);     /* api_vantages.c */
void api_vantage_records_post(struct exchange *x);
void api_health_get(struct exchange *x);       /* api_health.c */
void api_metrics_get(struct exchange *x);

#endif
