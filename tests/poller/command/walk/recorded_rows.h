/* Lines of a recording as the rows of a walk. */
#ifndef HAYLOFT_TESTS_RECORDED_ROWS_H
#define HAYLOFT_TESTS_RECORDED_ROWS_H

#include "poller/command/walk/rows.h"

/* False: no memory. Lines that cannot be read are left out. */
bool recorded_rows(const void *text, size_t len, struct walk_rows *out);

#endif
