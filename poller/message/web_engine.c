#include "poller/message/web_engine.h"

#define T struct ew_status
static const struct field ew_status_fields[] = {
    {FIELD(T, site, FIELD_TEXT)},
    {FIELD(T, version, FIELD_TEXT)},
    {FIELD(T, generation, FIELD_U64)},
    {FIELD(T, started, FIELD_WALL)},
    {FIELD(T, now, FIELD_WALL)},
    {FIELD(T, nodes_up, FIELD_U32)},
    {FIELD(T, nodes_total, FIELD_U32)},
    {FIELD(T, open_incidents, FIELD_U32)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, internet, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, internet_reason, FIELD_TEXT)},
    {FIELD(T, restoring, FIELD_BOOL)},
    {FIELD(T, slow_rounds, FIELD_U64)},
    {FIELD(T, queue_bytes, FIELD_U64)},
    {FIELD(T, queue_dropped, FIELD_U64)},
    {FIELD(T, echoes_sent, FIELD_U64)},
    {FIELD(T, snmp_requests, FIELD_U64)},
    {FIELD(T, samples, FIELD_U64)},
    {FIELD(T, checks, FIELD_U32)},
    {FIELD(T, last_durable, FIELD_WALL)},
    {FIELD_MANY(T, own_faults, FIELD_TEXT)},
    {FIELD(T, clock_unset, FIELD_BOOL)},
    {FIELD(T, samples_skipped, FIELD_U64)},
    {FIELD(T, seen_left_out, FIELD_U64)},
};
#undef T
const struct record ew_status_record = RECORD(ew_status, ew_status_fields);

#define T struct view_check
static const struct field view_check_fields[] = {
    {FIELD(T, kind, FIELD_TEXT)},
    {FIELD(T, label, FIELD_TEXT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, last_round, FIELD_WALL)},
    {FIELD(T, interval_ns, FIELD_INT)},
    {FIELD(T, configured_ns, FIELD_INT)},
    {FIELD(T, takes_ns, FIELD_INT)},
};
#undef T
static const struct record view_check_record = RECORD(view_check, view_check_fields);

#define T struct ew_node
static const struct field ew_node_fields[] = {
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, address, FIELD_ADDR)},
    {FIELD(T, hostname, FIELD_TEXT)},
    {FIELD(T, class, FIELD_ENUM), .words = node_class_words},
    {FIELD(T, site, FIELD_TEXT)},
    {FIELD(T, state, FIELD_ENUM), .words = node_state_words},
    {FIELD(T, since, FIELD_WALL)},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, behind, FIELD_TEXT)},
    {FIELD(T, parent, FIELD_TEXT)},
    {FIELD(T, role, FIELD_TEXT)},
    {FIELD(T, rtt_s, FIELD_REAL)},
    {FIELD(T, loss, FIELD_REAL)},
    {FIELD_MANY(T, checks, FIELD_RECORD), .record = &view_check_record},
};
#undef T
const struct record ew_node_record = RECORD(ew_node, ew_node_fields);

#define T struct ew_name
static const struct field ew_name_fields[] = {
    {FIELD(T, name, FIELD_TEXT)},
};
#undef T
const struct record ew_name_record = RECORD(ew_name, ew_name_fields);

#define T struct ew_link
static const struct field ew_link_fields[] = {
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, kind, FIELD_TEXT)},
    {FIELD(T, a, FIELD_TEXT)},
    {FIELD(T, b, FIELD_TEXT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, reason, FIELD_TEXT)},
};
#undef T
const struct record ew_link_record = RECORD(ew_link, ew_link_fields);

#define T struct site_verdict
static const struct field site_verdict_fields[] = {
    {FIELD(T, site, FIELD_TEXT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, proved_by, FIELD_TEXT)},
};
#undef T
static const struct record site_verdict_record = RECORD(site_verdict, site_verdict_fields);

#define T struct view_vlan
static const struct field view_vlan_fields[] = {
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD(T, armed, FIELD_BOOL)},
    {FIELD(T, at, FIELD_WALL)},
    {FIELD(T, object, FIELD_TEXT)},
};
#undef T
static const struct record view_vlan_record = RECORD(view_vlan, view_vlan_fields);

#define T struct view_network_step
static const struct field view_network_step_fields[] = {
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, step, FIELD_TEXT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD(T, took_ns, FIELD_INT)},
};
#undef T
static const struct record view_network_step_record = RECORD(view_network_step, view_network_step_fields);

#define T struct view_hop
static const struct field view_hop_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, in, FIELD_TEXT)},
    {FIELD(T, out, FIELD_TEXT)},
    {FIELD(T, site, FIELD_TEXT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, detail, FIELD_TEXT)},
};
#undef T
static const struct record view_hop_record = RECORD(view_hop, view_hop_fields);

#define T struct ew_network
static const struct field ew_network_fields[] = {
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD_MANY(T, vlans, FIELD_INT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, sentence, FIELD_TEXT)},
    {FIELD_MANY(T, sites, FIELD_RECORD), .record = &site_verdict_record},
    {FIELD(T, kind, FIELD_TEXT)},
    {FIELD_MANY(T, states, FIELD_RECORD), .record = &view_vlan_record},
    {FIELD_MANY(T, steps, FIELD_RECORD), .record = &view_network_step_record},
    {FIELD_MANY(T, hops, FIELD_RECORD), .record = &view_hop_record},
    {FIELD(T, at, FIELD_WALL)},
};
#undef T
const struct record ew_network_record = RECORD(ew_network, ew_network_fields);

#define T struct view_sight
static const struct field sight_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, state, FIELD_ENUM), .words = node_state_words},
    {FIELD(T, since, FIELD_WALL)},
};
#undef T
static const struct record sight_record = RECORD(view_sight, sight_fields);

#define T struct ew_vantage
static const struct field vantage_fields[] = {
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, site, FIELD_TEXT)},
    {FIELD(T, reports, FIELD_BOOL)},
    {FIELD(T, missed, FIELD_BOOL)},
    {FIELD(T, heard, FIELD_WALL)},
    {FIELD(T, skew_ns, FIELD_INT)},
    {FIELD(T, clock_set, FIELD_BOOL)},
    {FIELD(T, whole, FIELD_BOOL)},
    {FIELD(T, behind, FIELD_WALL)},
    {FIELD(T, started, FIELD_WALL)},
    {FIELD(T, every_ns, FIELD_INT)},
    {FIELD_MANY(T, nodes, FIELD_RECORD), .record = &sight_record},
};
#undef T
const struct record ew_vantage_record = RECORD(ew_vantage, vantage_fields);

#define T struct ew_seen
static const struct field ew_seen_fields[] = {
    {FIELD(T, address, FIELD_ADDR)},
    {FIELD(T, mac, FIELD_MAC)},
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, vendor, FIELD_TEXT)},
    {FIELD(T, class, FIELD_TEXT)},
    {FIELD(T, first, FIELD_WALL)},
    {FIELD(T, last, FIELD_WALL)},
};
#undef T
const struct record ew_seen_record = RECORD(ew_seen, ew_seen_fields);

#define T struct view_port
static const struct field view_port_fields[] = {
    {FIELD(T, index, FIELD_U32)},
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, alias, FIELD_TEXT)},
    {FIELD(T, type, FIELD_U32)},
    {FIELD(T, speed_bps, FIELD_U64)},
    {FIELD(T, admin, FIELD_TEXT)},
    {FIELD(T, oper, FIELD_TEXT)},
    {FIELD(T, in_bps, FIELD_REAL)},
    {FIELD(T, out_bps, FIELD_REAL)},
    {FIELD(T, in_errors, FIELD_REAL)},
    {FIELD(T, out_errors, FIELD_REAL)},
};
#undef T
static const struct record view_port_record = RECORD(view_port, view_port_fields);

#define T struct view_series
static const struct field view_series_fields[] = {
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, object, FIELD_TEXT)},
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, unit, FIELD_TEXT)},
    {FIELD(T, value, FIELD_REAL)},
    {FIELD(T, at, FIELD_WALL)},
};
#undef T
static const struct record view_series_record = RECORD(view_series, view_series_fields);

#define T struct view_reading
static const struct field view_reading_fields[] = {
    {FIELD(T, meaning, FIELD_TEXT)},
    {.name = "class", .type = FIELD_TEXT, .offset = offsetof(T, class_)},
    {FIELD(T, label, FIELD_TEXT)},
    {FIELD(T, index, FIELD_TEXT)},
    {FIELD(T, unit, FIELD_TEXT)},
    {FIELD(T, mac, FIELD_TEXT)},
    {FIELD(T, state, FIELD_TEXT)},
    {FIELD(T, level, FIELD_TEXT)},
    {FIELD(T, value, FIELD_REAL)},
    {FIELD(T, warn_low, FIELD_REAL)},
    {FIELD(T, bad_low, FIELD_REAL)},
    {FIELD(T, warn_high, FIELD_REAL)},
    {FIELD(T, bad_high, FIELD_REAL)},
    {FIELD(T, at, FIELD_WALL)},
    {FIELD(T, since, FIELD_WALL)},
};
#undef T
static const struct record view_reading_record = RECORD(view_reading, view_reading_fields);

#define T struct view_elsewhere
static const struct field elsewhere_fields[] = {
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, state, FIELD_ENUM), .words = node_state_words},
    {FIELD(T, since, FIELD_WALL)},
    {FIELD(T, heard, FIELD_WALL)},
};
#undef T
static const struct record elsewhere_record = RECORD(view_elsewhere, elsewhere_fields);

#define T struct ew_detail
static const struct field ew_detail_fields[] = {
    {FIELD(T, node, FIELD_RECORD), .record = &ew_node_record},
    {FIELD(T, description, FIELD_TEXT)},
    {FIELD(T, location, FIELD_TEXT)},
    {FIELD(T, uptime_ns, FIELD_INT)},
    {FIELD_MANY(T, ports, FIELD_RECORD), .record = &view_port_record},
    {FIELD_MANY(T, series, FIELD_RECORD), .record = &view_series_record},
    {FIELD_MANY(T, readings, FIELD_RECORD), .record = &view_reading_record},
    {FIELD(T, found, FIELD_BOOL)},
    {FIELD(T, request, FIELD_U32)},
    {FIELD_MANY(T, elsewhere, FIELD_RECORD), .record = &elsewhere_record},
};
#undef T
const struct record ew_detail_record = RECORD(ew_detail, ew_detail_fields);

#define T struct view_owner
static const struct field view_owner_fields[] = {
    {FIELD(T, mac, FIELD_MAC)},
    {FIELD(T, node, FIELD_TEXT)},
};
#undef T
static const struct record view_owner_record = RECORD(view_owner, view_owner_fields);

#define T struct ew_tables
static const struct field ew_tables_fields[] = {
    {FIELD(T, wiring, FIELD_RECORD), .record = &wiring_record},
    {FIELD_MANY(T, at, FIELD_WALL)},
    {FIELD_MANY(T, neighbour_nodes, FIELD_TEXT)},
    {FIELD_MANY(T, owners, FIELD_RECORD), .record = &view_owner_record},
    {FIELD(T, found, FIELD_BOOL)},
};
#undef T
const struct record ew_tables_record = RECORD(ew_tables, ew_tables_fields);

#define T struct ew_piece
static const struct field ew_piece_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, total, FIELD_U32)},
    {FIELD(T, offset, FIELD_U32)},
    {FIELD(T, bytes, FIELD_BYTES)},
};
#undef T
const struct record ew_piece_record = RECORD(ew_piece, ew_piece_fields);

#define T struct we_ack
static const struct field we_ack_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, incident, FIELD_TEXT)},
    {FIELD(T, by, FIELD_TEXT)},
};
#undef T
const struct record we_ack_record = RECORD(we_ack, we_ack_fields);

#define T struct we_name
static const struct field we_name_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, name, FIELD_TEXT)},
};
#undef T
const struct record we_name_record = RECORD(we_name, we_name_fields);

#define T struct ew_result
static const struct field ew_result_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, ok, FIELD_BOOL)},
    {FIELD(T, text, FIELD_TEXT)},
};
#undef T
const struct record ew_result_record = RECORD(ew_result, ew_result_fields);

#define T struct ew_probe_step
static const struct field ew_probe_step_fields[] = {
    {FIELD(T, request, FIELD_U32)},
    {FIELD(T, step, FIELD_TEXT)},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, took_ns, FIELD_INT)},
    {FIELD(T, vlan, FIELD_TEXT)},
};
#undef T
const struct record ew_probe_step_record = RECORD(ew_probe_step, ew_probe_step_fields);
