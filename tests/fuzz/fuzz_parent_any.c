#include "poller/message/parent_any.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&pa_generation_record, &pa_peer_record, &pa_socket_record, &ap_prepared_record,
                  &pa_reloaded_record, &ap_reload_record, &cp_slice_record, &cp_done_record,
                  &pa_trouble_record)
