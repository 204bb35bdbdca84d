#include "poller/command/walk/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "poller/base/clock.h"
#include "poller/base/json.h"
#include "poller/command/walk/hint.h"

#define EXACT_IN_JSON                                                                              \
    (UINT64_C(1) << 53) /* beyond, readers that take doubles lose digits; the text has them */

bool show_object(struct snmp_oid_view oid, struct mib_object *out)
{
    struct walk_numbers n;
    return walk_numbers_read(oid, &n) && mib_find(n.at, n.count, out);
}

void show_name(struct snmp_oid_view oid, const struct mib_object *o, struct buf *out)
{
    struct walk_numbers n;
    if (!o || !walk_numbers_read(oid, &n)) {
        walk_oid_put(oid, out);
        return;
    }
    buf_printf(out, "%s%s%s", o->module ? o->module : "", o->module ? "::" : "", o->label);
    for (size_t i = o->index_at; i < n.count; i++)
        buf_printf(out, ".%" PRIu32, n.at[i]);
}

static void put_hex(const uint8_t *octets, size_t len, const char *between, struct buf *out)
{
    for (size_t i = 0; i < len; i++)
        buf_printf(out, "%s%02x", i ? between : "", octets[i]);
}

/* Names of the bits that are set, the first bit of the first octet being 0. */
static bool put_bits(const struct snmp_value *v, const struct mib_object *o, struct buf *out)
{
    bool any = false;
    if (!o || o->syntax != MIB_BITS)
        return false;
    for (size_t bit = 0; bit < v->len * 8; bit++) {
        const char *word =
            v->octets[bit / 8] >> (7 - bit % 8) & 1 ? mib_word(o, (int64_t)bit) : NULL;
        if (word)
            buf_printf(out, "%s%s (%zu)", any ? ", " : "", word, bit);
        any |= word != NULL;
    }
    return any;
}

static void put_octets(const struct snmp_value *v, const struct mib_object *o, struct buf *out)
{
    size_t text, hinted = out->len;
    if (put_bits(v, o, out))
        return;
    if (o && o->hint && hint_octets(o->hint, v->octets, v->len, out)) {
        if (walk_is_text((const uint8_t *)out->data + hinted, out->len - hinted, &text))
            return;
        out->len = hinted;
    }
    if (walk_is_text(v->octets, v->len, &text) && (text || !v->len))
        buf_put(out, v->octets, text);
    else
        put_hex(v->octets, v->len, " ", out);
}

/* net-snmp's way of sending floating point numbers: 9f 78 and 9f 79 inside the Opaque. */
static double opaque_number(const struct snmp_value *v)
{
    uint64_t bits = 0;
    float narrow;
    double wide;
    if (v->len < 3 || v->octets[0] != 0x9f || v->octets[2] != v->len - 3)
        return (double)NAN;
    for (size_t i = 3; i < v->len && i < 11; i++)
        bits = bits << 8 | v->octets[i];
    uint32_t half = (uint32_t)bits;
    memcpy(&narrow, &half, sizeof narrow);
    memcpy(&wide, &bits, sizeof wide);
    return v->octets[1] == 0x78 && v->len == 7    ? (double)narrow
           : v->octets[1] == 0x79 && v->len == 11 ? wide
                                                  : (double)NAN;
}

static void put_opaque(const struct snmp_value *v, struct buf *out)
{
    double number = opaque_number(v);
    if (isnan(number))
        put_hex(v->octets, v->len, " ", out);
    else
        buf_printf(out, "%g", number);
}

static void put_integer(int64_t value, const struct mib_object *o, struct buf *out)
{
    const char *word = o ? mib_word(o, value) : NULL;
    if (word)
        buf_printf(out, "%s (%" PRId64 ")", word, value);
    else if (!o || !hint_integer(o->hint, value, out))
        buf_printf(out, "%" PRId64, value);
}

static void put_identifier(const struct snmp_value *v, struct buf *out)
{
    struct snmp_oid_view oid = {v->octets, v->len};
    struct mib_object named;
    if (!snmp_oid_valid(oid))
        put_hex(v->octets, v->len, " ", out);
    else
        show_name(oid, show_object(oid, &named) ? &named : NULL, out);
}

static void put_units(const struct snmp_value *v, const struct mib_object *o, struct buf *out)
{
    bool number = v->type == SNMP_INTEGER || v->type == SNMP_COUNTER32 || v->type == SNMP_GAUGE32 ||
                  v->type == SNMP_COUNTER64;
    if (o && o->units && number && !o->words)
        buf_printf(out, " %s", o->units);
}

void show_value(const struct snmp_value *v, const struct mib_object *o, struct buf *out)
{
    char span[CLOCK_TEXT_MAX];
    switch (v->type) {
    case SNMP_INTEGER:
        put_integer(v->integer, o, out);
        break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_COUNTER64:
        buf_printf(out, "%" PRIu64, v->number);
        break;
    case SNMP_TICKS:
        buf_printf(out, "%s (%" PRIu64 ")", span_text((int64_t)v->number * (NS_PER_S / 100), span),
                   v->number);
        break;
    case SNMP_OCTETS:
        put_octets(v, o, out);
        break;
    case SNMP_IPADDRESS:
        buf_printf(out, "%u.%u.%u.%u", v->octets[0], v->octets[1], v->octets[2], v->octets[3]);
        break;
    case SNMP_OPAQUE:
        put_opaque(v, out);
        break;
    case SNMP_IDENTIFIER:
        put_identifier(v, out);
        break;
    case SNMP_ABSENT:
    case SNMP_END:
    case SNMP_NONE:
    case SNMP_UNREADABLE:
        buf_text(out, snmp_type_word(v->type));
        break;
    }
    put_units(v, o, out);
}

static void add_exactly(cJSON *object, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    if (number < EXACT_IN_JSON)
        json_put_number(object, "value", (double)number);
    else
        cJSON_AddRawToObject(object, "value", digits);
}

static void add_value(cJSON *object, const struct walk_row *row)
{
    const struct snmp_value *v = &row->value;
    struct buf text = {0};
    size_t shown;
    if (v->type == SNMP_INTEGER)
        json_put_number(object, "value", (double)v->integer);
    else if (v->type == SNMP_OPAQUE)
        json_put_number(object, "value", opaque_number(v));
    else if (v->type == SNMP_IDENTIFIER || v->type == SNMP_IPADDRESS) {
        struct snmp_oid_view view = {v->octets, v->len};
        if (v->type == SNMP_IPADDRESS)
            show_value(v, NULL, &text);
        else if (snmp_oid_valid(view))
            walk_oid_put(view, &text);
        json_put_text(object, "value", text.len ? buf_string(&text) : NULL);
    } else if (v->type == SNMP_OCTETS && walk_is_text(v->octets, v->len, &shown)) {
        buf_put(&text, v->octets, shown);
        json_put_text(object, "value", buf_string(&text));
    } else if (v->type == SNMP_COUNTER32 || v->type == SNMP_COUNTER64 || v->type == SNMP_GAUGE32 ||
               v->type == SNMP_TICKS)
        add_exactly(object, v->number);
    else
        json_put_text(object, "value", NULL);
    buf_fini(&text);
}

cJSON *show_document(const struct walk_row *row, const struct mib_object *o)
{
    cJSON *object = cJSON_CreateObject();
    struct buf oid = {0}, name = {0}, text = {0}, hex = {0};
    size_t shown;
    if (!object)
        return NULL;
    walk_oid_put(row->oid, &oid);
    json_put_text(object, "oid", buf_string(&oid));
    if (o) {
        show_name(row->oid, o, &name);
        json_put_text(object, "name", buf_string(&name));
    }
    json_put_text(object, "type", snmp_type_word(row->value.type));
    add_value(object, row);
    show_value(&row->value, o, &text);
    json_put_text(object, "text", buf_string(&text));
    if ((row->value.type == SNMP_OCTETS &&
         !walk_is_text(row->value.octets, row->value.len, &shown)) ||
        row->value.type == SNMP_OPAQUE) {
        put_hex(row->value.octets, row->value.len, "", &hex);
        json_put_text(object, "hex", buf_string(&hex));
    }
    buf_fini(&oid);
    buf_fini(&name);
    buf_fini(&text);
    buf_fini(&hex);
    return object;
}
