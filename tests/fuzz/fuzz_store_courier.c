#include "poller/message/store_courier.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&sc_deliver_record, &cs_outcome_record, &ec_fetch_record, &ce_fetched_record,
                  &ec_consult_record, &ce_consulted_record, &ec_ups_record, &ce_ups_record,
                  &sc_report_record, &cs_reported_record)
