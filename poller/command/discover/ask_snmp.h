/* Who speaks SNMP v2c with a community everybody knows: the system group, asked of all at once. */
#ifndef HAYLOFT_DISCOVER_ASK_SNMP_H
#define HAYLOFT_DISCOVER_ASK_SNMP_H

#include "poller/command/discover/found.h"

void ask_snmp(struct household *h, const char *community);

/* Reads an answer into *f: sysDescr, sysName, sysServices. False when it is none. Texts lose what
 * is not printable ASCII. */
bool ask_snmp_read(const uint8_t *message, size_t len, uint32_t *request_id, struct found *f);

#endif
