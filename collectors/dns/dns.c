#include "collectors/collector.h"

extern const struct collector dns_collector;
const struct collector dns_collector = {.name = "dns"};
