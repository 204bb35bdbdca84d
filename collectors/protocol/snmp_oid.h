/* Object identifiers in their encoded form (X.690 section 8.19): compared as bytes where equality is
 * asked, number by number where order is asked (byte order is not number order above 16383). */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_OID_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_OID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SNMP_OID_BYTES_MAX 126 /* longer ones are legal, but no table we read has them; keeps the length one byte */
#define SNMP_OID_TEXT_MAX 512

/* An OID of our own. */
struct snmp_oid {
    uint8_t len;
    uint8_t bytes[SNMP_OID_BYTES_MAX];
};

/* An OID inside a datagram. */
struct snmp_oid_view {
    const uint8_t *bytes;
    size_t len;
};

static inline struct snmp_oid_view snmp_oid_view(const struct snmp_oid *o)
{
    return (struct snmp_oid_view){o->bytes, o->len};
}

static inline bool snmp_oid_equal(struct snmp_oid_view a, struct snmp_oid_view b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

/* Is `oid` below `root`, with at least one number more? */
static inline bool snmp_oid_below(struct snmp_oid_view oid, struct snmp_oid_view root)
{
    return oid.len > root.len && memcmp(oid.bytes, root.bytes, root.len) == 0;
}

/* Encoded as the standard says: numbers end, fit 32 bits and have no leading 0x80. */
bool snmp_oid_valid(struct snmp_oid_view v);
/* Negative, zero or positive, in the order agents serve; both must be valid. */
int snmp_oid_compare(struct snmp_oid_view a, struct snmp_oid_view b);

bool snmp_oid_parse(const char *text, struct snmp_oid *out); /* "1.3.6.1.2.1", a leading dot is fine */
/* The same for OIDs of any length: returns the bytes used, 0 when it is none or does not fit. */
size_t snmp_oid_encode(const char *text, size_t len, uint8_t *out, size_t capacity);
bool snmp_oid_copy(struct snmp_oid_view from, struct snmp_oid *out); /* false: too long */
bool snmp_oid_append(struct snmp_oid *o, uint32_t number);
/* Dotted numbers, cut with "..." when out is too small. Returns out. */
char *snmp_oid_text(struct snmp_oid_view v, char out[static SNMP_OID_TEXT_MAX]);
/* Takes the next number of an index; false at its end or when it is not well made. */
bool snmp_oid_take(struct snmp_oid_view *index, uint32_t *number);
/* An index as dotted numbers, cut like snmp_oid_text. Returns out. */
char *snmp_oid_index_text(struct snmp_oid_view index, char out[static SNMP_OID_TEXT_MAX]);
/* A single number as an index has it: false when v holds none or several. */
bool snmp_oid_single(struct snmp_oid_view v, uint32_t *out);

#endif
