#include "poller/message/web_store.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&ws_login_record, &sw_login_record, &ws_session_record, &ws_user_record,
                  &ws_fresh_record, &sw_result_record, &sw_users_record, &ws_report_record,
                  &sw_report_record)
