/* What an SNMP agent says: GET, GETNEXT and GETBULK (RFC 3416 section 4.2, RFC 1157 section 4.1)
 * over any store of objects in order, and the faults an agent can have, on demand. Pure: bytes in,
 * bytes out.
 *
 * The answering PDU is made without its wrapping, which versions 1 and 2c put a community around
 * and version 3 something else. Scratch memory is static: one answer at a time. */
#ifndef HAYLOFT_TESTS_AGENT_ANSWER_H
#define HAYLOFT_TESTS_AGENT_ANSWER_H

#include "collectors/protocol/snmp_pdu.h"

#define FAKE_ANSWER_MAX 65507
#define AGENT_NAMES_MAX 512 /* of one request; what asks more is not answered */

enum fake_fault {
    FAKE_WELL,
    FAKE_SILENT,
    FAKE_WRONG_OID, /* answers another question */
    FAKE_MISSING,   /* leaves the last binding out */
    FAKE_EXTRA,     /* one binding more than asked */
    FAKE_EMPTY,     /* no bindings at all */
    FAKE_WRONG_COMMUNITY,
    FAKE_WRONG_VERSION,
    FAKE_WRONG_ID,
    FAKE_CYCLE,      /* GETNEXT and GETBULK go round in three rows: ...1 ...2 ...3 ...1 */
    FAKE_SAME_OID,   /* ... or stay where they are */
    FAKE_ENDLESS,    /* ... or rise forever */
    FAKE_OVERSIZED,  /* more rows than asked */
    FAKE_TRUNCATED,  /* the datagram ends in the middle */
    FAKE_LENGTH_LIE, /* an inner length reaches beyond its end */
    FAKE_INDEFINITE, /* length 0x80 */
    FAKE_GARBAGE,
    FAKE_TRAILING,     /* bytes after the message */
    FAKE_LONG_COUNTER, /* a Counter32 of six bytes */
    FAKE_TOO_BIG,      /* to every answer of more than 20 bindings */
    FAKE_GEN_ERR,      /* when a column is asked */
    FAKE_WRONG_TYPE,   /* text where 64-bit counters are */
    FAKE_NO_BULK,      /* does not answer GETBULK */
    FAKE_V1_ONLY,      /* does not answer version 2c */
    FAKE_REPORT,       /* a REPORT instead of a RESPONSE */
    FAKE_FAULTS
};
extern const char *const fake_fault_words[]; /* with '-', NULL at the end */
bool fake_fault_of(const char *word, enum fake_fault *out);

struct agent_object {
    struct snmp_oid_view oid;
    uint8_t tag;       /* an enum ber_tag */
    uint64_t number;   /* of the numeric tags; of BER_INTEGER an int64_t */
    const void *bytes; /* of the others; an OID is encoded */
    size_t len;
};

/* Objects by rising OID. Objects of the tags 0x80 to 0x82 are answered to GET only. */
struct agent_store {
    size_t count;
    struct snmp_oid_view (*oid)(const void *ctx, size_t i);
    void (*at)(const void *ctx, size_t i, struct agent_object *out);
    const void *ctx;
};

/* The first object at or after oid, count when there is none; *exact: it is that one. */
size_t agent_store_search(const struct agent_store *s, struct snmp_oid_view oid, bool *exact);

struct agent_request {
    struct snmp_message message;
    struct snmp_oid_view names[AGENT_NAMES_MAX]; /* into the datagram */
    size_t count;
};

/* False: no SNMP of version 1 or 2c, or nothing an agent would answer. */
bool agent_request_read(const uint8_t *bytes, size_t len, struct agent_request *out);
/* The names of a PDU alone; message.version and message.pdu must be set. */
bool agent_request_names(struct agent_request *r);

struct agent_manner {
    enum fake_fault fault;         /* of this answer */
    const struct snmp_oid *column; /* FAKE_GEN_ERR's; NULL: ifInErrors */
    size_t largest;                /* answer in bytes, wrapping and all; 0: FAKE_ANSWER_MAX */
};

/* Does a fault that strikes `count` requests from the `first` on (from 1; count 0: all from there)
 * strike this one? */
bool agent_fault_strikes(unsigned first, unsigned count, unsigned asked);

/* The PDU, from the back of *b. `wrapping` bytes of m->largest are needed around it. False:
 * silence. */
bool agent_answer_pdu(const struct agent_store *s, const struct agent_request *r,
                      const struct agent_manner *m, size_t wrapping, struct ber_builder *b);
/* The whole message of versions 1 and 2c. 0: silence. */
size_t agent_answer(const struct agent_store *s, const struct agent_request *r,
                    const struct agent_manner *m, uint8_t out[static FAKE_ANSWER_MAX]);

#endif
