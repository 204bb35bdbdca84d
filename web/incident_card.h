/* An incident as it stands in lists. */
#ifndef HAYLOFT_WEB_INCIDENT_CARD_H
#define HAYLOFT_WEB_INCIDENT_CARD_H

#include <cjson/cJSON.h>

#include "poller/base/buf.h"

/* A section with a card for each incident document; nothing when there is none. */
void incident_cards(struct buf *out, const cJSON *incidents, const char *heading);
/* A word for its severity: "wake", "day", "report" are ours, these are for people. */
const char *incident_severity_text(const char *severity);

/* A cause's sentence in two: what broke, for a heading (cut off at ". " or ": "), and what it means. Returns
 * the rest, "" when there is none. */
#define INCIDENT_HEAD_MAX 160
const char *incident_head(const char *sentence, char head[static INCIDENT_HEAD_MAX]);

#endif
