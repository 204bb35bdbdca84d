#include "collectors/collector.h"

extern const struct collector internet_collector;
const struct collector internet_collector = {.name = "internet"};
