#include "collectors/collector.h"

extern const struct collector http_collector;
const struct collector http_collector = {.name = "http"};
