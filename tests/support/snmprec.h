/* A recorded SNMP agent: the objects of a file of lines OID|TAG|VALUE, by rising OID. Pure but for
 * snmprec_load, which reads the file.
 *
 *   2 INTEGER   4 OCTET STRING   5 NULL   6 OBJECT IDENTIFIER   64 IpAddress   65 Counter32   66
 * Gauge32 67 TimeTicks   68 Opaque   70 Counter64   128 129 130 noSuchObject, noSuchInstance,
 * endOfMibView
 *
 * TAG is the number of the type's tag octet. After it x says that the octets are hex pairs, e that
 * the text has escapes (\\ \n \r \t \xNN). TAG:module is for a simulator's plug-ins: VALUE is then
 * key=value,... of which `value` or `initial` is taken, and `rate` as growth per second.
 *
 * Real files have blank lines, # comments, CRLF, rows out of order and repeated OIDs (the first one
 * wins). A row that cannot be read is left out and counted. */
#ifndef HAYLOFT_TESTS_SNMPREC_H
#define HAYLOFT_TESTS_SNMPREC_H

#include "collectors/protocol/snmp_ber.h"
#include "collectors/protocol/snmp_oid.h"

#define SNMPREC_NUMBERS_MAX   128                       /* of one OID (RFC 2578 section 3.5) */
#define SNMPREC_OID_BYTES_MAX (SNMPREC_NUMBERS_MAX * 5) /* numbers of 32 bits, encoded */

struct snmprec_row {
    struct snmp_oid_view oid;
    uint64_t number;      /* of the numeric tags; of BER_INTEGER an int64_t */
    const uint8_t *bytes; /* of the others; of BER_OID an encoded one */
    size_t len;
    double rate;   /* per second; NaN: the file does not say */
    uint32_t line; /* from 1 */
    uint8_t tag;   /* an enum ber_tag */
};

struct snmprec {
    struct snmprec_row *rows;
    size_t count, capacity;
    size_t repeated;         /* rows left out because their OID came before */
    size_t damaged;          /* rows left out because they cannot be read */
    uint32_t damaged_line;   /* the first of them */
    const char *damaged_why; /* what was wrong there; NULL: none */
    struct arena *arena;     /* OIDs and octets */
};

struct snmprec *snmprec_read(const void *bytes, size_t len); /* NULL: no memory */
struct snmprec *snmprec_load(const char *path);              /* NULL: see errno */
void snmprec_destroy(struct snmprec *s);                     /* NULL is fine */

#endif
