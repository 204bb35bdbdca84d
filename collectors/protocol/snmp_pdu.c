#include "collectors/protocol/snmp_pdu.h"

bool snmp_pdu_read(struct reader *r, struct snmp_pdu *out)
{
    struct reader body;
    if (!ber_take(r, &out->kind, &body) || rd_left(r))
        return false;
    if (!ber_take_i32(&body, &out->request_id) || !ber_take_i32(&body, &out->error_status) ||
        !ber_take_i32(&body, &out->error_index))
        return false;
    return ber_expect(&body, BER_SEQUENCE, &out->bindings) && rd_left(&body) == 0;
}

/* Nearly every answer of more than a few bindings: lengths of the message, its PDU and its bindings in two bytes, a
 * request id in four, no error.
 *
 *   30 82 LL LL  02 01 VV  04 CC community  KK 82 LL LL  02 04 id  02 01 EE  02 01 II  30 82 LL LL bindings
 *   ------------ HEAD_BYTES of it ------->             <------------ PDU_HEAD_BYTES ----------------> */
#define HEAD_BYTES 9
#define PDU_HEAD_BYTES 20

static inline bool is_long(const uint8_t *p, uint8_t tag, const uint8_t *end)
{
    return p[0] == tag && p[1] == 0x82 && end - (p + 4) == (p[2] << 8 | p[3]);
}

static inline bool is_small(const uint8_t *p)
{
    return p[0] == BER_INTEGER && p[1] == 1 && p[2] < 0x80;
}

static bool read_usual(const uint8_t *p, size_t len, struct snmp_message *out)
{
    const uint8_t *end = p + len, *q;
    if (len < HEAD_BYTES + PDU_HEAD_BYTES || !is_long(p, BER_SEQUENCE, end) || !is_small(p + 4) || p[7] != BER_OCTETS ||
        p[8] >= 0x80 || len - HEAD_BYTES - PDU_HEAD_BYTES < p[8])
        return false;
    q = p + HEAD_BYTES + p[8];
    if (!is_long(q, q[0], end) || (q[0] & 0x1f) == 0x1f || q[4] != BER_INTEGER || q[5] != 4 || !is_small(q + 10) ||
        !is_small(q + 13) || !is_long(q + 16, BER_SEQUENCE, end))
        return false;
    *out = (struct snmp_message){.version = p[6],
                                 .community = {p + HEAD_BYTES, p[8]},
                                 .pdu = {.kind = q[0],
                                         .request_id = (int32_t)((uint32_t)q[6] << 24 | q[7] << 16 | q[8] << 8 | q[9]),
                                         .error_status = q[12],
                                         .error_index = q[15],
                                         .bindings = {q + PDU_HEAD_BYTES, end}}};
    return p[6] == SNMP_V1 || p[6] == SNMP_V2C;
}

bool snmp_message_read(const void *bytes, size_t len, struct snmp_message *out)
{
    if (read_usual(bytes, len, out))
        return true;
    struct reader whole = reader_over(bytes, len), body, community;
    if (!ber_expect(&whole, BER_SEQUENCE, &body) || rd_left(&whole))
        return false;
    if (!ber_take_i32(&body, &out->version) ||
        (out->version != SNMP_V1 && out->version != SNMP_V2C))
        return false;
    if (!ber_expect(&body, BER_OCTETS, &community))
        return false;
    out->community = (struct snmp_oid_view){community.at, rd_left(&community)};
    return snmp_pdu_read(&body, &out->pdu);
}

static enum snmp_type octets_type(uint8_t tag, size_t len)
{
    switch (tag) {
    case BER_OCTETS:
        return SNMP_OCTETS;
    case BER_OID:
        return SNMP_IDENTIFIER;
    case BER_IPADDRESS:
        return len == 4 ? SNMP_IPADDRESS : SNMP_UNREADABLE;
    case BER_OPAQUE:
        return SNMP_OPAQUE;
    case BER_NULL:
        return SNMP_NONE;
    case BER_NO_SUCH_OBJECT:
    case BER_NO_SUCH_INSTANCE:
        return SNMP_ABSENT;
    case BER_END_OF_MIB_VIEW:
        return SNMP_END;
    default:
        return SNMP_UNREADABLE;
    }
}

static void read_value(uint8_t tag, struct reader content, struct snmp_value *out)
{
    bool fits;
    switch (tag) {
    case BER_COUNTER32:
    case BER_GAUGE32:
    case BER_TIMETICKS:
        out->type = tag == BER_COUNTER32 ? SNMP_COUNTER32
                    : tag == BER_GAUGE32 ? SNMP_GAUGE32
                                         : SNMP_TICKS;
        fits = ber_unsigned(content, 4, &out->number);
        break;
    case BER_COUNTER64:
        out->type = SNMP_COUNTER64;
        fits = ber_unsigned(content, 8, &out->number);
        break;
    case BER_INTEGER:
        out->type = SNMP_INTEGER;
        fits = ber_signed(content, &out->integer) && out->integer >= INT32_MIN &&
               out->integer <= INT32_MAX;
        break;
    default:
        out->octets = content.at;
        out->len = rd_left(&content);
        out->type = octets_type(tag, out->len);
        fits = true;
    }
    if (!fits)
        out->type = SNMP_UNREADABLE;
}

#define SHORT_MOST 0x7f /* a length of one byte */
#define WORD_BYTES 8

/* An unsigned number without a loop: the eight bytes that end where it ends are there. */
static inline bool short_number(const uint8_t *content, const uint8_t *end, unsigned bytes, uint64_t *out)
{
    unsigned len = (unsigned)(end - content);
    if (len - 1 > bytes || (len == bytes + 1 && *content))
        return false;
    uint64_t word = be64_at(end - WORD_BYTES);
    *out = len >= WORD_BYTES ? word : word & ((UINT64_C(1) << (8 * len)) - 1);
    return true;
}

static inline void read_short(uint8_t tag, const uint8_t *content, const uint8_t *end, struct snmp_value *out)
{
    if (tag == BER_COUNTER64)
        out->type = short_number(content, end, 8, &out->number) ? SNMP_COUNTER64 : SNMP_UNREADABLE;
    else if (tag == BER_COUNTER32)
        out->type = short_number(content, end, 4, &out->number) ? SNMP_COUNTER32 : SNMP_UNREADABLE;
    else
        read_value(tag, (struct reader){content, end}, out);
}

/* Nearly every binding is short, and each of its lengths is one byte: then three comparisons tell that they agree.
 * False: look closer. */
static inline bool take_short(struct reader *bindings, struct snmp_binding *out)
{
    const uint8_t *p = bindings->at;
    size_t left = rd_left(bindings);
    if (left < WORD_BYTES || p[0] != BER_SEQUENCE || p[2] != BER_OID || p[1] > SHORT_MOST || p[1] + 2u > left ||
        p[3] + 4u > p[1] || p[1] < WORD_BYTES - 2)
        return false;
    const uint8_t *value = p + 4 + p[3], *end = p + 2 + p[1];
    if ((value[0] & 0x1f) == 0x1f || value[1] > SHORT_MOST || value + 2 + value[1] != end)
        return false;
    out->oid = (struct snmp_oid_view){p + 4, p[3]};
    read_short(value[0], value + 2, end, &out->value);
    bindings->at = end;
    return true;
}

enum snmp_take snmp_binding_take(struct reader *bindings, struct snmp_binding *out)
{
    struct reader one, name, content;
    uint8_t tag;
    if (take_short(bindings, out))
        return SNMP_TAKEN;
    if (rd_left(bindings) == 0)
        return SNMP_NO_MORE;
    if (!ber_expect(bindings, BER_SEQUENCE, &one) || !ber_expect(&one, BER_OID, &name) ||
        !ber_take(&one, &tag, &content) || rd_left(&one))
        return SNMP_MALFORMED;
    out->oid = (struct snmp_oid_view){name.at, rd_left(&name)};
    read_value(tag, content, &out->value);
    return SNMP_TAKEN;
}

bool snmp_value_number(const struct snmp_value *v, uint64_t *out)
{
    switch (v->type) {
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TICKS:
    case SNMP_COUNTER64:
        *out = v->number;
        return true;
    case SNMP_INTEGER:
        *out = (uint64_t)v->integer;
        return v->integer >= 0;
    default:
        return false;
    }
}

const char *snmp_type_word(enum snmp_type t)
{
    static const char *const words[] = {
        [SNMP_ABSENT] = "absent",       [SNMP_END] = "end",             [SNMP_NONE] = "null",
        [SNMP_INTEGER] = "integer",     [SNMP_COUNTER32] = "counter32", [SNMP_GAUGE32] = "gauge32",
        [SNMP_TICKS] = "ticks",         [SNMP_COUNTER64] = "counter64", [SNMP_OCTETS] = "octets",
        [SNMP_IPADDRESS] = "ipaddress", [SNMP_OPAQUE] = "opaque",       [SNMP_IDENTIFIER] = "oid",
        [SNMP_UNREADABLE] = "unreadable"};
    return words[t];
}

void snmp_writer_begin(struct snmp_writer *w, void *buffer, size_t capacity)
{
    w->b = ber_builder_over(buffer, capacity);
    w->end = w->b.at;
}

#define CELL_HEADS 6 /* bytes of a short binding beside its name: two headers, and a NULL */

/* All of it in one go when every length is one byte. */
static bool put_short_cell(struct ber_builder *b, struct snmp_oid_view prefix, struct snmp_oid_view suffix)
{
    size_t len = prefix.len + suffix.len, whole = len + CELL_HEADS;
    if (whole - 2 > SHORT_MOST || b->failed || (size_t)(b->at - b->start) < whole)
        return false;
    uint8_t *p = b->at -= whole;
    p[0] = BER_SEQUENCE;
    p[1] = (uint8_t)(whole - 2);
    p[2] = BER_OID;
    p[3] = (uint8_t)len;
    p += 4;
    size_t done = prefix.len >= WORD_BYTES ? WORD_BYTES : 0;
    if (done) /* a call of memcpy for each of a request's names would be most of the writing */
        memcpy(p, prefix.bytes, WORD_BYTES);
    p += done;
    for (size_t i = done; i < prefix.len; i++)
        *p++ = prefix.bytes[i];
    for (size_t i = 0; i < suffix.len; i++)
        *p++ = suffix.bytes[i];
    p[0] = BER_NULL;
    p[1] = 0;
    return true;
}

void snmp_writer_cell(struct snmp_writer *w, struct snmp_oid_view prefix, struct snmp_oid_view suffix)
{
    if (put_short_cell(&w->b, prefix, suffix))
        return;
    const uint8_t *end = w->b.at;
    ber_put_tlv(&w->b, BER_NULL, NULL, 0);
    const uint8_t *name_end = w->b.at;
    ber_put(&w->b, suffix.bytes, suffix.len);
    ber_put(&w->b, prefix.bytes, prefix.len);
    ber_put_header(&w->b, BER_OID, name_end);
    ber_put_header(&w->b, BER_SEQUENCE, end);
}

void snmp_writer_name(struct snmp_writer *w, struct snmp_oid_view oid)
{
    snmp_writer_cell(w, oid, (struct snmp_oid_view){NULL, 0});
}

void snmp_patch_request_id(uint8_t *at, uint32_t id)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(id >> (24 - 8 * i));
}

bool snmp_writer_end(struct snmp_writer *w, const struct snmp_head *head, struct snmp_written *out)
{
    struct ber_builder *b = &w->b;
    bool bulk = head->kind == SNMP_GETBULK;
    uint8_t id[4];
    ber_put_header(b, BER_SEQUENCE, w->end);
    ber_put_integer(b, bulk ? head->max_repetitions : 0);
    ber_put_integer(b, bulk ? head->non_repeaters : 0);
    snmp_patch_request_id(id, head->request_id);
    ber_put(b, id, sizeof id);
    const uint8_t *id_at = b->at;
    ber_put(b, "\x02\x04", 2);
    ber_put_header(b, head->kind, w->end);
    if (head->version != SNMP_V3) {
        ber_put_tlv(b, BER_OCTETS, head->community, head->community_len);
        ber_put_integer(b, head->version);
        ber_put_header(b, BER_SEQUENCE, w->end);
    }
    *out = (struct snmp_written){b->at, ber_builder_len(b), (size_t)(id_at - b->at)};
    return !b->failed;
}
