/* Readings as the objects their series live in: each reading is one data source. Pure. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_READING_OBJECTS_H
#define HAYLOFT_COLLECTORS_PROTOCOL_READING_OBJECTS_H

#include "poller/base/arena.h"
#include "poller/model/report.h"

/* out has room for one object each reading; *made is how many there are. Of two that claim the same source of
 * one object the first has it. False: no memory. */
bool reading_objects(const struct reading *readings, size_t count, struct arena *arena,
                     struct object_measures *out, size_t *made);

#endif
