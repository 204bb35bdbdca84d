#include "collectors/collector.h"

extern const struct collector snmp_collector;
const struct collector snmp_collector = {.name = "snmp"};
