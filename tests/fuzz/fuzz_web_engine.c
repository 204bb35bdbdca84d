#include "poller/message/web_engine.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&ew_status_record, &ew_node_record, &ew_name_record, &ew_link_record,
                  &ew_network_record, &ew_seen_record, &ew_detail_record, &we_ack_record,
                  &we_name_record, &ew_result_record, &ew_probe_step_record, &ew_tables_record,
                  &ew_piece_record, &ew_vantage_record)
