#include "collectors/snmp/if_mib.h"

/* 1.3.6.1.2.1.2.2.1.c, 1.3.6.1.2.1.31.1.1.1.c and 1.3.6.1.2.1.1.n.0 */
#define IF_ENTRY(c) {{0x2b, 6, 1, 2, 1, 2, 2, 1, (c)}, 9}
#define IF_X_ENTRY(c) {{0x2b, 6, 1, 2, 1, 31, 1, 1, 1, (c)}, 10}
#define SYSTEM(n) {{0x2b, 6, 1, 2, 1, 1, (n), 0}, 8}

#define IF_CELL(c, value) {{0x2b, 6, 1, 2, 1, 2, 2, 1, (c)}, 9, value}
#define IF_X_CELL(c, value) {{0x2b, 6, 1, 2, 1, 31, 1, 1, 1, (c)}, 10, value}
#define WIDE BER_COUNTER64, 8
#define NARROW BER_COUNTER32, 4
#define GAUGE BER_GAUGE32, 4
#define TICKS BER_TIMETICKS, 4
#define STATUS BER_INTEGER, 0

static const struct known_oid static_columns[IF_STATIC_COUNT] = {
    [IF_DESCR] = IF_ENTRY(2),
    [IF_TYPE] = IF_ENTRY(3),
    [IF_SPEED_STATIC] = IF_ENTRY(5),
    [IF_PHYS_ADDRESS] = IF_ENTRY(6),
    [IF_ADMIN_STATUS] = IF_ENTRY(7),
    [IF_OPER_STATUS_STATIC] = IF_ENTRY(8),
    [IF_NAME] = IF_X_ENTRY(1),
    [IF_ALIAS] = IF_X_ENTRY(18),
};

const struct if_polled_cell if_polled_cells[IF_POLLED_COUNT] = {
    [IF_HC_IN_OCTETS] = IF_X_CELL(6, WIDE),
    [IF_HC_OUT_OCTETS] = IF_X_CELL(10, WIDE),
    [IF_HC_IN_UCAST] = IF_X_CELL(7, WIDE),
    [IF_HC_OUT_UCAST] = IF_X_CELL(11, WIDE),
    [IF_HC_IN_MULTICAST] = IF_X_CELL(8, WIDE),
    [IF_HC_OUT_MULTICAST] = IF_X_CELL(12, WIDE),
    [IF_HC_IN_BROADCAST] = IF_X_CELL(9, WIDE),
    [IF_HC_OUT_BROADCAST] = IF_X_CELL(13, WIDE),
    [IF_IN_ERRORS] = IF_CELL(14, NARROW),
    [IF_OUT_ERRORS] = IF_CELL(20, NARROW),
    [IF_IN_DISCARDS] = IF_CELL(13, NARROW),
    [IF_OUT_DISCARDS] = IF_CELL(19, NARROW),
    [IF_IN_OCTETS] = IF_CELL(10, NARROW),
    [IF_OUT_OCTETS] = IF_CELL(16, NARROW),
    [IF_IN_UCAST] = IF_CELL(11, NARROW),
    [IF_OUT_UCAST] = IF_CELL(17, NARROW),
    [IF_IN_NUCAST] = IF_CELL(12, NARROW),
    [IF_OUT_NUCAST] = IF_CELL(18, NARROW),
    [IF_OPER_STATUS] = IF_CELL(8, STATUS),
    [IF_HIGH_SPEED] = IF_X_CELL(15, GAUGE),
    [IF_SPEED] = IF_CELL(5, GAUGE),
    [IF_DISCONTINUITY] = IF_X_CELL(19, TICKS),
};

static const struct known_oid scalars[IF_SCALAR_COUNT] = {
    [SYS_UPTIME] = SYSTEM(3),
    [SYS_DESCR] = SYSTEM(1),
    [SYS_OBJECT_ID] = SYSTEM(2),
    [SYS_NAME] = SYSTEM(5),
    [SYS_LOCATION] = SYSTEM(6),
    [IF_TABLE_LAST_CHANGE] = {{0x2b, 6, 1, 2, 1, 31, 1, 5, 0}, 9},
};

struct snmp_oid_view if_static_column(enum if_static c)
{
    return (struct snmp_oid_view){static_columns[c].bytes, static_columns[c].len};
}

struct snmp_oid_view if_scalar(enum if_scalar s)
{
    return (struct snmp_oid_view){scalars[s].bytes, scalars[s].len};
}

bool if_polled_gauge(enum if_polled c, const struct snmp_value *v, uint64_t *out)
{
    if (v->type == SNMP_TICKS && c != IF_DISCONTINUITY)
        return false;
    return snmp_value_number(v, out);
}

const char *if_polled_kind(enum if_polled c)
{
    return c < IF_NARROW_END ? "counter" : c == IF_DISCONTINUITY ? "time" : "number";
}

const char *if_status_word(uint64_t status)
{
    static const char *const words[] = {"unknown", "up",      "down",       "testing",
                                        "unknown", "dormant", "notPresent", "lowerLayerDown"};
    return status < sizeof words / sizeof words[0] ? words[status] : words[0];
}

const char *if_admin_word(uint64_t status)
{
    return if_status_word(status <= IF_STATUS_TESTING ? status : 0);
}

bool if_type_wired(uint32_t type)
{
    return type == 6 || type == 62 || type == 69 || type == 117; /* the ethernets */
}

bool if_type_counted(uint32_t type)
{
    static const uint8_t counted[] = {6, 23, 53, 62, 69, 71, 94, 97, 117, 131, 135, 136, 161, 209, 250};
    for (size_t i = 0; i < sizeof counted; i++)
        if (counted[i] == type)
            return true;
    return false;
}
