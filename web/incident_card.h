/* An incident as it stands in lists. */
#ifndef HAYLOFT_WEB_INCIDENT_CARD_H
#define HAYLOFT_WEB_INCIDENT_CARD_H

#include <cjson/cJSON.h>

#include "poller/base/buf.h"

/* A section with a card for each incident document; nothing when there is none. */
void incident_cards(struct buf *out, const cJSON *incidents, const char *heading);
/* A word for its severity: "wake", "day", "report" are ours, these are for people. */
const char *incident_severity_text(const char *severity);

#endif
