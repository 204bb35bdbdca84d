#include "tests/poller/command/walk/recorded_rows.h"

#include "tests/support/snmprec.h"

static enum snmp_type type_of(uint8_t tag)
{
    switch (tag) {
    case BER_INTEGER:
        return SNMP_INTEGER;
    case BER_COUNTER32:
        return SNMP_COUNTER32;
    case BER_GAUGE32:
        return SNMP_GAUGE32;
    case BER_TIMETICKS:
        return SNMP_TICKS;
    case BER_COUNTER64:
        return SNMP_COUNTER64;
    case BER_OCTETS:
        return SNMP_OCTETS;
    case BER_IPADDRESS:
        return SNMP_IPADDRESS;
    case BER_OPAQUE:
        return SNMP_OPAQUE;
    case BER_OID:
        return SNMP_IDENTIFIER;
    default:
        return SNMP_NONE;
    }
}

bool recorded_rows(const void *text, size_t len, struct walk_rows *out)
{
    struct snmprec *s = snmprec_read(text, len);
    bool fine = s != NULL;
    for (size_t i = 0; fine && i < s->count; i++) {
        const struct snmprec_row *row = &s->rows[i];
        struct snmp_value v = {.type = type_of(row->tag)};
        if (v.type == SNMP_INTEGER)
            v.integer = (int64_t)row->number;
        else if (walk_value_has_octets(&v)) {
            v.octets = row->bytes;
            v.len = row->len;
        } else
            v.number = row->number;
        fine = walk_rows_add(out, row->oid, &v);
    }
    snmprec_destroy(s);
    return fine;
}
