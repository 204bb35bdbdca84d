/* SNMP version 3 on the wire: the message (RFC 3412 section 6), what the User-based Security Model puts into
 * it (RFC 3414 section 2.4) and the scoped PDU (RFC 3412 section 6.8). Pure: where a digest stands and which
 * bytes are enciphered is said here, what they are is snmp_keys' business. Read in place; written, like all of
 * BER here, from the back. Views are bytes, not OIDs. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_USM_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_USM_H

#include "collectors/protocol/snmp_pdu.h"
#include "collectors/protocol/snmp_security.h"

#define SNMP_USM_NUMBER_MAX 0x7fffffffu /* boots and time; boots that reached it stay there */
/* What the wrapping takes beside the PDU, at most: two engine ids, user, digest, salt, headers, numbers. */
#define SNMP_USM_OVERHEAD_MAX (256 + SNMP_CONTEXT_MAX)

struct snmp_secured {
    uint32_t message_id;
    enum snmp_level level;
    bool reportable;
    struct snmp_oid_view engine_id, user, digest, salt;
    uint32_t boots, time_s;
    struct reader body; /* the scoped PDU; with privacy the content of the enciphered OCTET STRING */
};

enum snmp_secured_read { SNMP_SECURED_GOOD, SNMP_SECURED_FOREIGN, SNMP_SECURED_MALFORMED };

/* The whole datagram. Foreign: not of version 3, or of another security model. */
enum snmp_secured_read snmp_secured_read(const void *bytes, size_t len, struct snmp_secured *out);

struct snmp_scoped {
    struct snmp_oid_view engine_id, context;
    struct snmp_pdu pdu;
};

/* body in clear. padded: a block cipher may have left some bytes behind it. */
bool snmp_scoped_read(struct reader body, bool padded, struct snmp_scoped *out);

/* Writing: first the PDU (or anything that ends as one), then the scope before it; with privacy that is taken
 * out, enciphered and put back as an OCTET STRING; then the message before it; then the digest at its place. */
void snmp_scoped_put(struct ber_builder *b, struct snmp_oid_view engine_id, struct snmp_oid_view context);

struct snmp_secured_written {
    uint8_t *bytes;
    size_t len;
    uint8_t *digest; /* zeros, to be filled; NULL without authentication */
    size_t digest_len;
};

/* Of head: all but body; of its digest only the length. False: the buffer was too small. */
bool snmp_secured_put(struct ber_builder *b, const struct snmp_secured *head,
                      struct snmp_secured_written *out);

#endif
