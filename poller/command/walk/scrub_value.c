/* Values, by what their column holds. */
#include "poller/command/walk/scrub_internal.h"

#include <ctype.h>
#include <string.h>

#define HEX_DUMP_MOST    1024
#define REMARK_LEARNED   8 /* shorter remarks are as often "port 5" */
#define PORT_DIGITS_MOST 12
#define HOST_PART_LEAST  4
#define PERSON_LEAST     5 /* shorter words of a contact stand in half of all texts */

/* "port 5", "GigabitEthernet1/0/1", and what the device calls its own ports. */
static bool is_port_like(const struct scrub *s, struct span t)
{
    size_t letters = 0, i;
    while (letters < t.len && isalpha(t.text[letters]))
        letters++;
    for (i = letters; i < t.len && (isdigit(t.text[i]) || strchr("/.:- ", t.text[i]));)
        i++;
    return scrub_is_port(s, t.text, t.len) ||
           (i == t.len && i - letters <= PORT_DIGITS_MOST &&
            (letters ? scrub_is_open(s, t.text, letters) : t.len <= 3));
}

static void learn_parts(struct scrub *s, struct span t, const char *marks, size_t least)
{
    for (size_t at = 0; at < t.len;) {
        size_t len = 0;
        while (at + len < t.len && !strchr(marks, t.text[at + len]))
            len++;
        if (len >= least)
            scrub_learn(s, t.text + at, len);
        at += len + 1;
    }
}

/* The whole of it is its owner's. Addresses and places in it first, so that they are as they are
 * elsewhere. */
static void owners_text(struct scrub *s, struct span t, struct buf *out)
{
    struct buf text = {0};
    uint8_t mac[6], ip4[4];
    bool mac_alone = pattern_mac(t, 0, mac) == t.len && !standins_is_common(STANDIN_MAC, mac, 6),
         ip4_alone = pattern_ip4(t, 0, ip4) == t.len;
    if (mac_alone || ip4_alone) {
        scrub_text(s, t, SCRUB_PLAIN, out);
        return;
    }
    for (size_t at = 0; at < t.len; at++) { /* coordinates: words of one digit would stay */
        size_t place = pattern_place(t, at);
        for (; place; place--, at++)
            buf_char(&text, isdigit(t.text[at]) ? '0' : (char)t.text[at]);
        if (at < t.len)
            buf_char(&text, (char)t.text[at]);
    }
    if (!text.failed && text.len)
        scrub_words(s, (uint8_t *)text.data, text.len);
    buf_put(out, buf_string(&text), text.len);
    s->failed |= text.failed;
    buf_fini(&text);
}

static void place(struct span t, struct buf *out)
{
    for (size_t i = 0; i < t.len; i++)
        buf_char(out, isdigit(t.text[i]) ? '0' : (char)t.text[i]);
}

static void chassis(struct scrub *s, struct span t, struct buf *out)
{
    uint8_t octets[17];
    memcpy(octets, t.text, t.len < sizeof octets ? t.len : sizeof octets);
    if (t.len == 6 &&
        (scrub_looks_like_mac(octets) || standins_knows(s->standins, STANDIN_MAC, octets, 6)))
        scrub_address(s, STANDIN_MAC, octets, 6);
    else if (t.len == 5 && octets[0] == 1)
        scrub_address(s, STANDIN_IP4, octets + 1, 4);
    else if (t.len == 17 && octets[0] == 2)
        scrub_address(s, STANDIN_IP6, octets + 1, 16);
    else {
        if (is_port_like(s, t))
            scrub_text(s, t, SCRUB_PLAIN, out);
        else {
            scrub_learn(s, t.text, t.len);
            owners_text(s, t, out);
        }
        return;
    }
    buf_put(out, octets, t.len);
}

static bool text_by_kind(struct scrub *s, enum column_kind kind, struct span t, struct buf *out)
{
    uint8_t ip4[4];
    switch (kind) {
    case COLUMN_CONTACT:
        learn_parts(s, t, " ,;<>()\"/\t\r\n@", PERSON_LEAST);
        break;
    case COLUMN_HOST:
        learn_parts(s, t, ". ", HOST_PART_LEAST);
        break;
    case COLUMN_REMARK:
        if (is_port_like(s, t))
            return scrub_text(s, t, SCRUB_PLAIN, out);
        if (t.len < REMARK_LEARNED) {
            owners_text(s, t, out);
            return true;
        }
        break;
    case COLUMN_ADDRESS:
        if (pattern_ip4(t, 0, ip4) == t.len)
            s->failed |= !standins_note(s->standins, STANDIN_IP4, ip4, 4);
        return scrub_text(s, t, SCRUB_PLAIN, out);
    case COLUMN_PLACE:
        place(t, out);
        return true;
    case COLUMN_CHASSIS:
        chassis(s, t, out);
        return true;
    case COLUMN_TEXT:
        if (scrub_is_port(s, t.text, t.len)) /* some have it in columns of names */
            return false;
        break;
    case COLUMN_MAKERS:
        return scrub_text(s, t, s->keep_texts ? SCRUB_PLAIN : SCRUB_MAKERS, out);
    default:
        return scrub_text(
            s, t, kind == COLUMN_DESCRIBED || kind == COLUMN_PUBLIC ? SCRUB_DESCRIBED : SCRUB_PLAIN,
            out);
    }
    scrub_learn(s, t.text, t.len);
    owners_text(s, t, out);
    return true;
}

/* Octets that are no text. */
static void binary_by_kind(struct scrub *s, enum column_kind kind, uint8_t *o, size_t len)
{
    bool bits = kind == COLUMN_BITS;
    if (kind == COLUMN_BRIDGE_ID && len == 8)
        scrub_address(s, STANDIN_MAC, o + 2, 6);
    else if (kind == COLUMN_ADDRESS && len == 4)
        scrub_address(s, STANDIN_IP4, o, 4);
    else if (kind == COLUMN_ADDRESS && len == 16)
        scrub_address(s, STANDIN_IP6, o, 16);
    else if (kind == COLUMN_MAC && len == 6)
        scrub_address(s, STANDIN_MAC, o, 6);
    else if (len == 6 && !bits && scrub_looks_like_mac(o))
        scrub_address(s, STANDIN_MAC, o, 6);
    else if (len == 4 && standins_knows(s->standins, STANDIN_IP4, o, 4))
        scrub_address(s, STANDIN_IP4, o, 4);
    else if (len == 16 && standins_knows(s->standins, STANDIN_IP6, o, 16))
        scrub_address(s, STANDIN_IP6, o, 16);
    else {
        for (size_t at = 0; !bits && at + 6 <= len; at++)
            if (standins_knows(s->standins, STANDIN_MAC, o + at, 6)) {
                scrub_address(s, STANDIN_MAC, o + at, 6);
                at += 5;
            }
        scrub_learned(s, o, len);
    }
}

/* As its octets are changed, and in capitals where it was. */
static bool hex_dump(struct scrub *s, enum column_kind kind, struct span t, struct buf *out)
{
    uint8_t octets[HEX_DUMP_MOST];
    char mark;
    size_t len = pattern_hex_dump(t, octets, sizeof octets, &mark), shown;
    struct buf changed = {0};
    bool upper = false;
    if (!len || !walk_is_text(octets, len, &shown))
        return false;
    for (size_t i = 0; i < t.len; i++)
        upper |= isupper(t.text[i]) != 0;
    text_by_kind(s, kind, (struct span){octets, len}, &changed);
    for (size_t i = 0; i < changed.len; i++) {
        if (i)
            buf_char(out, mark);
        buf_printf(out, upper ? "%02X" : "%02x", (unsigned)(uint8_t)changed.data[i]);
    }
    s->failed |= changed.failed;
    buf_fini(&changed);
    return true;
}

/* Its octets may by chance be letters. */
static bool is_known_address(const struct scrub *s, enum column_kind kind,
                             const struct snmp_value *v)
{
    if (v->len == 6)
        return kind == COLUMN_MAC || kind == COLUMN_CHASSIS ||
               standins_knows(s->standins, STANDIN_MAC, v->octets, 6);
    return (v->len == 4 && standins_knows(s->standins, STANDIN_IP4, v->octets, 4)) ||
           (v->len == 16 && standins_knows(s->standins, STANDIN_IP6, v->octets, 16));
}

static void change_octets(struct scrub *s, enum column_kind kind, struct snmp_value *v,
                          struct buf *out)
{
    size_t shown;
    bool text = walk_is_text(v->octets, v->len, &shown) && (shown || !v->len) &&
                !is_known_address(s, kind, v);
    if (text && kind != COLUMN_BITS) {
        struct span t = {v->octets, shown};
        bool changed = hex_dump(s, kind, t, out) || text_by_kind(s, kind, t, out);
        if (!s->learning && !changed && shown && (kind == COLUMN_MAKERS || kind == COLUMN_READ))
            s->counts.kept++;
        buf_put(out, v->octets + shown, v->len - shown); /* NULs */
    } else {
        buf_put(out, v->octets, v->len);
        if (kind == COLUMN_CHASSIS && v->len) {
            struct buf id = {0};
            chassis(s, (struct span){v->octets, v->len}, &id);
            if (!s->learning && id.len == v->len)
                memcpy(out->data, id.data, id.len);
            buf_fini(&id);
        } else if (v->len && !out->failed)
            binary_by_kind(s, kind, (uint8_t *)out->data, v->len);
    }
    v->octets = (const uint8_t *)buf_string(out);
    v->len = out->len;
    s->failed |= out->failed;
}

void scrub_value(struct scrub *s, enum column_kind kind, struct snmp_value *v, struct buf *scratch,
                 struct arena *arena)
{
    uint8_t ip4[4];
    struct snmp_oid_view changed;
    if (v->type == SNMP_OCTETS)
        change_octets(s, kind, v, scratch);
    else if (v->type == SNMP_IPADDRESS) {
        memcpy(ip4, v->octets, 4);
        scrub_address(s, STANDIN_IP4, ip4, 4);
        buf_put(scratch, ip4, 4);
        v->octets = (const uint8_t *)buf_string(scratch);
    } else if (v->type == SNMP_IDENTIFIER && kind != COLUMN_PUBLIC &&
               scrub_oid(s, (struct snmp_oid_view){v->octets, v->len}, false, &changed, arena) &&
               !s->learning) {
        v->octets = changed.bytes;
        v->len = changed.len;
    } else if (v->type == SNMP_INTEGER && kind == COLUMN_PLACE)
        v->integer = 0;
}
