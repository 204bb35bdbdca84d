/* Wireless stations out of a device's readings: those of a row that is about somebody else, and tells how well he
 * is heard, belong together. The same from a node's document and from an inspected one. */
#ifndef HAYLOFT_DOCUMENT_STATIONS_H
#define HAYLOFT_DOCUMENT_STATIONS_H

#include <cjson/cJSON.h>

#include "poller/message/web_engine.h"

/* Puts stations:[{mac, node, at, signal, unit, values:[{meaning, label, value, unit, state, level}]}], in order of
 * their first reading. node: of ours, where t knows whose the MAC is (t NULL: nobody is known). signal, in its unit,
 * and at, when it was last told, are null where they are not known. readings: an array of documents with
 * {meaning, mac, value, at, ...}. */
void stations_put(cJSON *document, const cJSON *readings, const struct ew_tables *t);

#endif
