#include "collectors/collector.h"

extern const struct collector arp_collector;
const struct collector arp_collector = {.name = "arp"};
