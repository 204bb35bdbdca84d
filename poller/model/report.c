#include "poller/model/report.h"

#include <stddef.h>

const char *const value_unit_words[] = {"", "s", "ratio", "B/s", "/s", "bit/s", "dBm", "°C", "V", "state",
                                        "d", "%", "dB", "A", "W", "Hz", "MHz", "min", "km", "rpm", NULL};

const char *const layout_words[] = {"ping", "port", "times", "readings", "steps", NULL};
