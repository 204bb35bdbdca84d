/* The objects of SNMPv2-MIB and IF-MIB (RFC 3418, RFC 2863) that are read, encoded. */
#ifndef HAYLOFT_COLLECTORS_SNMP_IF_MIB_H
#define HAYLOFT_COLLECTORS_SNMP_IF_MIB_H

#include "collectors/protocol/snmp_oid.h"
#include "collectors/protocol/snmp_pdu.h"

/* Columns read once and again every ten minutes: what ports there are and what they are called. */
enum if_static {
    IF_DESCR,
    IF_TYPE,
    IF_SPEED_STATIC,
    IF_PHYS_ADDRESS,
    IF_ADMIN_STATUS,
    IF_OPER_STATUS_STATIC,
    IF_NAME,
    IF_ALIAS,
    IF_STATIC_COUNT
};

/* Columns read every round. The first twelve are counters of their own; those of IF_NARROW_FIRST and on are
 * the 32-bit forms of the first ones, for agents (or single ports) without the 64-bit form. */
enum if_polled {
    IF_HC_IN_OCTETS,
    IF_HC_OUT_OCTETS,
    IF_HC_IN_UCAST,
    IF_HC_OUT_UCAST,
    IF_HC_IN_MULTICAST,
    IF_HC_OUT_MULTICAST,
    IF_HC_IN_BROADCAST,
    IF_HC_OUT_BROADCAST,
    IF_IN_ERRORS,
    IF_OUT_ERRORS,
    IF_IN_DISCARDS,
    IF_OUT_DISCARDS,
    IF_COUNTERS,
    IF_NARROW_FIRST = IF_COUNTERS,
    IF_IN_OCTETS = IF_NARROW_FIRST,
    IF_OUT_OCTETS,
    IF_IN_UCAST,
    IF_OUT_UCAST,
    IF_IN_NUCAST,
    IF_OUT_NUCAST,
    IF_NARROW_END,
    IF_OPER_STATUS = IF_NARROW_END,
    IF_HIGH_SPEED,
    IF_SPEED,
    IF_DISCONTINUITY,
    IF_POLLED_COUNT
};

#define IF_BIT(column) (1u << (column))
#define IF_WIDE_BITS (IF_BIT(IF_IN_ERRORS) - 1)
#define IF_NARROW_BITS (IF_BIT(IF_NARROW_END) - IF_BIT(IF_NARROW_FIRST))
#define IF_DISCARD_BITS (IF_BIT(IF_IN_DISCARDS) | IF_BIT(IF_OUT_DISCARDS))
#define IF_OCTET_BITS                                                                              \
    (IF_BIT(IF_HC_IN_OCTETS) | IF_BIT(IF_HC_OUT_OCTETS) | IF_BIT(IF_IN_OCTETS) |                   \
     IF_BIT(IF_OUT_OCTETS))
#define IF_PACKET_BITS ((IF_WIDE_BITS | IF_NARROW_BITS) & ~IF_OCTET_BITS)
#define IF_TABLE_BITS \
    ((IF_BIT(IF_HIGH_SPEED) - IF_BIT(IF_IN_ERRORS)) | IF_BIT(IF_SPEED)) /* columns of ifTable; the others: ifXTable */
#define IF_ALL_BITS (IF_BIT(IF_POLLED_COUNT) - 1)

enum if_scalar {
    SYS_UPTIME,
    SYS_DESCR,
    SYS_OBJECT_ID,
    SYS_NAME,
    SYS_LOCATION,
    IF_TABLE_LAST_CHANGE,
    IF_SCALAR_COUNT
};

struct known_oid {
    uint8_t bytes[10], len;
};

#define IF_POLLED_NAME 4          /* bytes of a binding before the name; and of the name that all columns have */
#define IF_POLLED_NAME_SHORTEST 9 /* bytes, without the index; the longest have one more */
#define IF_POLLED_FIRST UINT64_C(0x300006002b060102) /* how a binding begins; its lengths are 0 here */
#define IF_POLLED_NINTH 1 /* and how it goes on */

/* A column, and what its values are in nearly every answer. */
struct if_polled_cell {
    uint8_t name[13]; /* zeros behind */
    uint8_t name_len;
    uint8_t tag;
    uint8_t bytes;    /* that its numbers may have; one more where the first is 0. Of INTEGER 0: one below 0x80 */
};

extern const struct if_polled_cell if_polled_cells[IF_POLLED_COUNT];

struct snmp_oid_view if_static_column(enum if_static c);
static inline struct snmp_oid_view if_polled_column(enum if_polled c)
{
    return (struct snmp_oid_view){if_polled_cells[c].name, if_polled_cells[c].name_len};
}
struct snmp_oid_view if_scalar(enum if_scalar s);

bool if_polled_gauge(enum if_polled c, const struct snmp_value *v, uint64_t *out); /* of those that count nothing */
/* Is v a value this column may hold? Counters must be counters, of either width; for the others only the
 * number counts, but a span of time is none. *out is the number. */
static inline bool if_polled_number(enum if_polled c, const struct snmp_value *v, uint64_t *out)
{
    bool counts = v->type == SNMP_COUNTER64 || v->type == SNMP_COUNTER32;
    if (c >= IF_NARROW_END)
        return if_polled_gauge(c, v, out);
    if (counts)
        *out = v->number;
    return counts;
}
const char *if_polled_kind(enum if_polled c); /* "counter", "number", "time": what it must be */

/* ifOperStatus and ifAdminStatus as words; "unknown" for anything else. What somebody set is up, down or
 * testing; how it is may be more. */
const char *if_status_word(uint64_t status);
const char *if_admin_word(uint64_t status);
#define IF_STATUS_UP 1
#define IF_STATUS_TESTING 3

#define IF_TYPE_LOOPBACK 24
/* Does traffic of this type of interface deserve series? (IANAifType) */
bool if_type_counted(uint32_t type);
/* Is its speed a promise that can be held against its counters? Many agents invent one for radios,
 * bridges and VLANs. */
bool if_type_wired(uint32_t type);

#endif
