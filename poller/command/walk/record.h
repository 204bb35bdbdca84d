/* Objects as lines OID|TAG|VALUE, the form in which recorded agents are exchanged and replayed: TAG
 * is the number of the type's tag octet, 4x says hexadecimal pairs. Pure. */
#ifndef HAYLOFT_COMMAND_WALK_RECORD_H
#define HAYLOFT_COMMAND_WALK_RECORD_H

#include "poller/base/buf.h"
#include "poller/command/walk/rows.h"

/* False, with nothing put: a value that could not be read is not recorded either. */
bool record_line(const struct walk_row *row, struct buf *out);

#endif
