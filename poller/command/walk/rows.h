/* Objects as an agent told them, kept beyond the datagram they came in. */
#ifndef HAYLOFT_COMMAND_WALK_ROWS_H
#define HAYLOFT_COMMAND_WALK_ROWS_H

#include "collectors/protocol/snmp_pdu.h"
#include "poller/base/arena.h"
#include "poller/base/buf.h"

#define WALK_NUMBERS_MAX   128                    /* of one OID (RFC 2578 section 3.5) */
#define WALK_OID_BYTES_MAX (WALK_NUMBERS_MAX * 5) /* numbers of 32 bits, encoded */

/* An OID as its numbers. */
struct walk_numbers {
    uint32_t at[WALK_NUMBERS_MAX];
    size_t count;
};

bool walk_numbers_read(struct snmp_oid_view oid,
                       struct walk_numbers *out); /* false: not well made, or too many */
size_t walk_numbers_write(const struct walk_numbers *n,
                          uint8_t out[static WALK_OID_BYTES_MAX]); /* bytes used */

struct walk_row {
    struct snmp_oid_view oid;
    struct snmp_value value;
};

struct walk_rows {
    struct walk_row *items;
    size_t count, capacity;
    struct arena *arena; /* OIDs and octets */
};

bool walk_rows_init(struct walk_rows *r); /* false: no memory */
void walk_rows_fini(struct walk_rows *r);
/* Copies what the two point at. False: no memory. */
bool walk_rows_add(struct walk_rows *r, struct snmp_oid_view oid, const struct snmp_value *value);
/* By rising OID; of equal ones the first stays. */
void walk_rows_sort(struct walk_rows *r);
/* Does the value have octets? */
bool walk_value_has_octets(const struct snmp_value *v);
/* All numbers of it, however many. */
void walk_oid_put(struct snmp_oid_view oid, struct buf *out);
/* Printable UTF-8, line ends and tabs allowed, NULs at the end not counted. Sets *shown to what is
 * left. */
bool walk_is_text(const uint8_t *octets, size_t len, size_t *shown);

#endif
