/* Every message of every pair, for tests that go through all of them. */
#ifndef HAYLOFT_TESTS_MESSAGE_RECORDS_H
#define HAYLOFT_TESTS_MESSAGE_RECORDS_H

#include "poller/message/engine_store.h"
#include "poller/message/engine_wire.h"
#include "poller/message/parent_any.h"
#include "poller/message/store_courier.h"
#include "poller/message/web_engine.h"
#include "poller/message/web_painter.h"
#include "poller/message/web_store.h"

static const struct record *const all_records[] = {
    &pa_generation_record, &pa_peer_record,     &pa_socket_record,  &ap_prepared_record,
    &pa_reloaded_record,   &ap_reload_record,   &cp_slice_record,   &cp_done_record,
    &es_hello_record,      &es_object_record,   &es_samples_record, &es_commit_record,
    &es_keep_record,       &se_restored_record, &se_durable_record, &se_delivery_record,
    &se_trouble_record,    &sc_deliver_record,  &cs_outcome_record, &ec_fetch_record,
    &ce_fetched_record,    &ew_status_record,   &ew_node_record,    &ew_name_record,
    &ew_link_record,       &ew_network_record,  &ew_seen_record,    &ew_detail_record,
    &we_ack_record,        &we_name_record,     &ew_result_record,  &ew_probe_step_record,
    &ws_login_record,      &sw_login_record,    &ws_session_record, &ws_user_record,
    &ws_fresh_record,      &sw_result_record,   &sw_users_record,   &wp_points_record,
    &pw_points_record,     &wp_picture_record,  &pw_picture_record, &wp_list_record,
    &pw_list_record,       &pw_error_record,    &pa_trouble_record, &ec_consult_record,
    &ce_consulted_record,  &ec_ups_record,      &ce_ups_record,
    &ew_tables_record,     &ew_piece_record,    &wire_open_record,  &wire_close_record,
    &wire_frames_record,   &wire_state_record,  &ew_vantage_record, &se_vantage_record, &vantage_view_record,
    &sc_report_record,     &cs_reported_record, &ws_report_record,  &sw_report_record,
};

#endif
