#include "poller/message/engine_store.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&es_hello_record, &es_object_record, &es_samples_record, &es_commit_record,
                  &es_keep_record, &se_restored_record, &se_durable_record, &se_delivery_record,
                  &se_trouble_record, &vantage_view_record, &se_vantage_record)
