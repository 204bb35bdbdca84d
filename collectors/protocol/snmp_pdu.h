/* SNMP messages and PDUs (RFC 3416, RFC 1157, community wrapping RFC 3417 and 1901), read in place.
 *
 * The message wrapping and the PDU are read apart, so that another wrapping (version 3) finds its PDU by
 * the same function. Bindings are read one after another by snmp_binding_take; what they hold points into
 * the datagram. Anything not well formed is refused; a value that is well formed but does not fit its type
 * is of type SNMP_UNREADABLE: unknown, and the rest of the answer stands. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_PDU_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_PDU_H

#include "collectors/protocol/snmp_ber.h"
#include "collectors/protocol/snmp_oid.h"

enum snmp_version { SNMP_V1 = 0, SNMP_V2C = 1, SNMP_V3 = 3 }; /* as on the wire */

enum snmp_pdu_kind {
    SNMP_GET = 0xa0,
    SNMP_GETNEXT = 0xa1,
    SNMP_RESPONSE = 0xa2,
    SNMP_GETBULK = 0xa5,
    SNMP_REPORT = 0xa8
};

enum snmp_error {
    SNMP_NO_ERROR = 0,
    SNMP_TOO_BIG = 1,
    SNMP_NO_SUCH_NAME = 2, /* version 1: the only way to say absent */
    SNMP_GEN_ERR = 5,
    SNMP_AUTHORIZATION_ERROR = 16
};

struct snmp_pdu {
    uint8_t kind;
    int32_t request_id;
    int32_t error_status; /* GETBULK requests: non-repeaters */
    int32_t error_index;  /* from 1; GETBULK requests: max-repetitions */
    struct reader bindings;
};

struct snmp_message {
    int32_t version;
    struct snmp_oid_view community; /* bytes, not an OID */
    struct snmp_pdu pdu;
};

enum snmp_type {
    SNMP_ABSENT,     /* noSuchObject or noSuchInstance: there is no such thing, which is not zero */
    SNMP_END,        /* endOfMibView */
    SNMP_NONE,       /* NULL */
    SNMP_INTEGER,    /* integer */
    SNMP_COUNTER32,  /* number, and so on */
    SNMP_GAUGE32,
    SNMP_TICKS,      /* hundredths of a second */
    SNMP_COUNTER64,
    SNMP_OCTETS,     /* octets, len */
    SNMP_IPADDRESS,  /* four octets */
    SNMP_OPAQUE,
    SNMP_IDENTIFIER, /* an encoded OID in octets, len */
    SNMP_UNREADABLE  /* out of range for its type, or of a type we do not know */
};

struct snmp_value {
    enum snmp_type type;
    union {
        int64_t integer;
        uint64_t number;
        struct {
            const uint8_t *octets;
            size_t len;
        };
    };
};

struct snmp_binding {
    struct snmp_oid_view oid;
    struct snmp_value value;
};

#define SNMP_MESSAGE_MAX 65507 /* the largest UDP payload over IPv4 */

/* The whole datagram, versions 1 and 2c: nothing may follow the message. */
bool snmp_message_read(const void *bytes, size_t len, struct snmp_message *out);
/* A PDU that fills r whole. */
bool snmp_pdu_read(struct reader *r, struct snmp_pdu *out);

enum snmp_take { SNMP_TAKEN, SNMP_NO_MORE, SNMP_MALFORMED };
/* The next binding. OIDs of values and names are checked only when compared: see snmp_oid_valid. */
enum snmp_take snmp_binding_take(struct reader *bindings, struct snmp_binding *out);

/* A number as such, whatever of the numeric types carries it; false for others and negatives. */
bool snmp_value_number(const struct snmp_value *v, uint64_t *out);
const char *snmp_type_word(enum snmp_type t);

/* A request to be. Bindings are put last to first, because messages are written from the back:
 *   struct snmp_writer w; snmp_writer_begin(&w, buf, sizeof buf);
 *   for each OID, last first: snmp_writer_name(&w, oid);
 *   snmp_writer_end(&w, &head)
 */
struct snmp_head {
    enum snmp_version version;
    const char *community;
    size_t community_len;
    uint8_t kind;
    uint32_t request_id;         /* SNMP_REQUEST_ID_FIRST and above: always four bytes, so patched in place */
    unsigned non_repeaters, max_repetitions; /* GETBULK only */
};

#define SNMP_REQUEST_ID_FIRST 0x40000000u
#define SNMP_REQUEST_ID_LAST 0x7fffffffu

struct snmp_writer {
    struct ber_builder b;
    const uint8_t *end;
};

struct snmp_written {
    uint8_t *bytes;      /* inside the buffer given to begin */
    size_t len;
    size_t id_offset;    /* of the four bytes of the request id */
};

void snmp_writer_begin(struct snmp_writer *w, void *buffer, size_t capacity);
void snmp_writer_name(struct snmp_writer *w, struct snmp_oid_view oid);             /* with NULL */
/* prefix + suffix as one OID, for a column and a row */
void snmp_writer_cell(struct snmp_writer *w, struct snmp_oid_view prefix, struct snmp_oid_view suffix);
/* With version 3 it is the PDU alone: it is wrapped when it leaves, anew with every try (snmp_secure). */
bool snmp_writer_end(struct snmp_writer *w, const struct snmp_head *head, struct snmp_written *out);
void snmp_patch_request_id(uint8_t *at, uint32_t id);

#endif
