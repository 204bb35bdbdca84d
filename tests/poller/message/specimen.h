/* Makes a value of any described struct, with nothing left at zero: each text, list and number set.
 */
#ifndef HAYLOFT_TESTS_MESSAGE_SPECIMEN_H
#define HAYLOFT_TESTS_MESSAGE_SPECIMEN_H

#include "poller/base/field.h"

/* Lives in arena. Lists get `items` elements. */
void *specimen(const struct record *r, size_t items, struct arena *arena);

#endif
