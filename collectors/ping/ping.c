#include "collectors/collector.h"

extern const struct collector ping_collector;
const struct collector ping_collector = {.name = "ping"};
