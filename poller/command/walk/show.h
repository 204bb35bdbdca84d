/* An object for people and for programs: its name where a MIB is installed, its value as it is
 * meant. */
#ifndef HAYLOFT_COMMAND_WALK_SHOW_H
#define HAYLOFT_COMMAND_WALK_SHOW_H

#include <cjson/cJSON.h>

#include "poller/base/buf.h"
#include "poller/command/walk/mib.h"
#include "poller/command/walk/rows.h"

/* What the MIBs here say of it; false: nothing. */
bool show_object(struct snmp_oid_view oid, struct mib_object *out);
/* "IF-MIB::ifDescr.1" where the MIB is known (o not NULL), numbers otherwise. */
void show_name(struct snmp_oid_view oid, const struct mib_object *o, struct buf *out);
/* Words of enumerations, spans of time, addresses; octets by their hint, as text where they are
 * text, else as hexadecimal pairs. What came from the network is not made safe for terminals here.
 */
void show_value(const struct snmp_value *v, const struct mib_object *o, struct buf *out);
/* {oid, name, type, value, text, hex}; name and hex only where there is one. */
cJSON *show_document(const struct walk_row *row, const struct mib_object *o);
#endif
