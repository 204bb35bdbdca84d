#include "poller/message/web_painter.h"
#include "tests/fuzz/round_trip.h"

ROUND_TRIP_TARGET(&wp_points_record, &pw_points_record, &wp_picture_record, &pw_picture_record,
                  &wp_list_record, &pw_list_record, &pw_error_record)
