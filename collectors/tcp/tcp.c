#include "collectors/collector.h"

extern const struct collector tcp_collector;
const struct collector tcp_collector = {.name = "tcp"};
