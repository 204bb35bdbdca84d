/* Where a node's ports lead, and which addresses are heard there: rows of a <dl>, a port each. */
#ifndef HAYLOFT_WEB_LEADS_H
#define HAYLOFT_WEB_LEADS_H

#include <cjson/cJSON.h>

#include "poller/base/buf.h"

/* Nothing when no port of the node's document leads anywhere. */
void leads_put_rows(struct buf *out, const cJSON *node);

#endif
