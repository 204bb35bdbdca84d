/* Which cause a bad reading speaks for. What is not listed is shown on the node's page, and wakes nobody. */
#ifndef HAYLOFT_DIAGNOSE_READING_CAUSE_H
#define HAYLOFT_DIAGNOSE_READING_CAUSE_H

#include <stdbool.h>

#include "poller/model/words.h"

/* Of a reading's meaning and class (meanings.yaml); CAUSE_NONE: of none. */
enum cause_kind reading_cause(const char *meaning, const char *class_);
/* Does this state of an output-source say that a battery carries the load? */
bool reading_is_on_battery(const char *label, const char *state);

#endif
