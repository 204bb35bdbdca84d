#include "poller/command/walk/record.h"

#include <inttypes.h>

static void put_hex(const struct snmp_value *v, struct buf *out)
{
    for (size_t i = 0; i < v->len; i++)
        buf_printf(out, "%02x", v->octets[i]);
}

/* Readers take a line's end and blanks around it away. */
static bool may_stand_as_text(const struct snmp_value *v)
{
    for (size_t i = 0; i < v->len; i++)
        if (v->octets[i] < 0x20 || v->octets[i] > 0x7e)
            return false;
    return !v->len || (v->octets[0] != ' ' && v->octets[v->len - 1] != ' ');
}

static void put_octets(const struct snmp_value *v, struct buf *out)
{
    bool text = may_stand_as_text(v);
    buf_text(out, text ? "|4|" : "|4x|");
    if (text)
        buf_put(out, v->octets, v->len);
    else
        put_hex(v, out);
}

static void put_value(const struct snmp_value *v, struct buf *out)
{
    static const unsigned tags[] = {[SNMP_COUNTER32] = BER_COUNTER32,
                                    [SNMP_GAUGE32] = BER_GAUGE32,
                                    [SNMP_TICKS] = BER_TIMETICKS,
                                    [SNMP_COUNTER64] = BER_COUNTER64};
    struct snmp_oid_view oid = {v->octets, v->len};
    if (v->type == SNMP_INTEGER)
        buf_printf(out, "|2|%" PRId64, v->integer);
    else if (v->type == SNMP_OCTETS)
        put_octets(v, out);
    else if (v->type == SNMP_IPADDRESS)
        buf_printf(out, "|64|%u.%u.%u.%u", v->octets[0], v->octets[1], v->octets[2], v->octets[3]);
    else if (v->type == SNMP_OPAQUE) {
        buf_text(out, "|68x|");
        put_hex(v, out);
    } else if (v->type == SNMP_IDENTIFIER) {
        buf_text(out, "|6|");
        walk_oid_put(oid, out);
    } else if (v->type == SNMP_NONE)
        buf_text(out, "|5|");
    else
        buf_printf(out, "|%u|%" PRIu64, tags[v->type], v->number);
}

static bool can_be_told(const struct snmp_value *v)
{
    struct snmp_oid_view oid = {v->octets, v->len};
    if (v->type == SNMP_ABSENT || v->type == SNMP_END || v->type == SNMP_UNREADABLE)
        return false;
    return v->type != SNMP_IDENTIFIER || snmp_oid_valid(oid);
}

bool record_line(const struct walk_row *row, struct buf *out)
{
    if (!can_be_told(&row->value))
        return false;
    walk_oid_put(row->oid, out);
    put_value(&row->value, out);
    buf_char(out, '\n');
    return true;
}
