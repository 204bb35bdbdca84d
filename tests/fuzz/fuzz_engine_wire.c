#include "poller/message/engine_wire.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&wire_open_record, &wire_close_record, &wire_frames_record, &wire_state_record,
                  &wire_join_record, &wire_leave_record, &wire_wifi_record)
