#include "collectors/protocol/snmp_usm.h"

#define FLAG_AUTH       1
#define FLAG_PRIV       2
#define FLAG_REPORTABLE 4
#define MODEL_USM       3
#define MESSAGE_LEAST   484 /* RFC 3412: what everybody must be able to take */

static bool take_view(struct reader *r, size_t most, struct snmp_oid_view *out)
{
    struct reader content;
    if (!ber_expect(r, BER_OCTETS, &content) || rd_left(&content) > most)
        return false;
    *out = (struct snmp_oid_view){content.at, rd_left(&content)};
    return true;
}

static bool take_number(struct reader *r, uint32_t *out)
{
    int32_t v;
    if (!ber_take_i32(r, &v) || v < 0)
        return false;
    *out = (uint32_t)v;
    return true;
}

static bool take_flags(struct snmp_oid_view flags, struct snmp_secured *out)
{
    if (flags.len != 1 || (flags.bytes[0] & (FLAG_AUTH | FLAG_PRIV)) == FLAG_PRIV)
        return false;
    out->level = (enum snmp_level)((flags.bytes[0] & FLAG_AUTH) + (flags.bytes[0] >> 1 & 1));
    out->reportable = flags.bytes[0] & FLAG_REPORTABLE;
    return true;
}

static bool read_header(struct reader *body, struct snmp_secured *out, uint32_t *model)
{
    struct reader header;
    struct snmp_oid_view flags;
    uint32_t largest;
    return ber_expect(body, BER_SEQUENCE, &header) && take_number(&header, &out->message_id) &&
           take_number(&header, &largest) && largest >= MESSAGE_LEAST &&
           take_view(&header, 1, &flags) && take_flags(flags, out) && take_number(&header, model) &&
           rd_left(&header) == 0;
}

static bool read_parameters(struct reader *body, struct snmp_secured *out)
{
    struct reader octets, p;
    return ber_expect(body, BER_OCTETS, &octets) && ber_expect(&octets, BER_SEQUENCE, &p) &&
           rd_left(&octets) == 0 && take_view(&p, SNMP_ENGINE_ID_MAX, &out->engine_id) &&
           take_number(&p, &out->boots) && take_number(&p, &out->time_s) &&
           take_view(&p, SNMP_USER_MAX, &out->user) &&
           take_view(&p, SNMP_DIGEST_MAX, &out->digest) &&
           take_view(&p, SNMP_SALT_BYTES, &out->salt) && rd_left(&p) == 0;
}

enum snmp_secured_read snmp_secured_read(const void *bytes, size_t len, struct snmp_secured *out)
{
    struct reader whole = reader_over(bytes, len), body;
    int32_t version;
    uint32_t model;
    if (!ber_expect(&whole, BER_SEQUENCE, &body) || !ber_take_i32(&body, &version))
        return SNMP_SECURED_MALFORMED;
    if (version != SNMP_V3)
        return SNMP_SECURED_FOREIGN;
    if (rd_left(&whole) || !read_header(&body, out, &model))
        return SNMP_SECURED_MALFORMED;
    if (model != MODEL_USM)
        return SNMP_SECURED_FOREIGN;
    if (!read_parameters(&body, out))
        return SNMP_SECURED_MALFORMED;
    out->body = body;
    if (out->level == SNMP_AUTH_PRIV &&
        (!ber_expect(&body, BER_OCTETS, &out->body) || rd_left(&body)))
        return SNMP_SECURED_MALFORMED;
    return SNMP_SECURED_GOOD;
}

bool snmp_scoped_read(struct reader body, bool padded, struct snmp_scoped *out)
{
    struct reader scope;
    return ber_expect(&body, BER_SEQUENCE, &scope) && (padded || rd_left(&body) == 0) &&
           take_view(&scope, SNMP_ENGINE_ID_MAX, &out->engine_id) &&
           take_view(&scope, SNMP_CONTEXT_MAX, &out->context) && snmp_pdu_read(&scope, &out->pdu);
}

static void put_view(struct ber_builder *b, struct snmp_oid_view v)
{
    ber_put_tlv(b, BER_OCTETS, v.bytes, v.len);
}

void snmp_scoped_put(struct ber_builder *b, struct snmp_oid_view engine_id,
                     struct snmp_oid_view context)
{
    const uint8_t *end = b->end;
    put_view(b, context);
    put_view(b, engine_id);
    ber_put_header(b, BER_SEQUENCE, end);
}

/* Returns where the digest stands. */
static uint8_t *put_parameters(struct ber_builder *b, const struct snmp_secured *head)
{
    static const uint8_t zeros[SNMP_DIGEST_MAX];
    const uint8_t *end = b->at;
    put_view(b, head->salt);
    const uint8_t *digest_end = b->at;
    ber_put(b, zeros, head->digest.len);
    uint8_t *digest = b->at;
    ber_put_header(b, BER_OCTETS, digest_end);
    put_view(b, head->user);
    ber_put_integer(b, head->time_s);
    ber_put_integer(b, head->boots);
    put_view(b, head->engine_id);
    ber_put_header(b, BER_SEQUENCE, end);
    ber_put_header(b, BER_OCTETS, end);
    return digest;
}

static void put_header(struct ber_builder *b, const struct snmp_secured *head)
{
    const uint8_t *end = b->at;
    uint8_t flags = (uint8_t)((head->level >= SNMP_AUTH_NO_PRIV ? FLAG_AUTH : 0) |
                              (head->level == SNMP_AUTH_PRIV ? FLAG_PRIV : 0) |
                              (head->reportable ? FLAG_REPORTABLE : 0));
    ber_put_integer(b, MODEL_USM);
    ber_put_tlv(b, BER_OCTETS, &flags, 1);
    ber_put_integer(b, SNMP_MESSAGE_MAX);
    ber_put_integer(b, head->message_id);
    ber_put_header(b, BER_SEQUENCE, end);
}

bool snmp_secured_put(struct ber_builder *b, const struct snmp_secured *head,
                      struct snmp_secured_written *out)
{
    uint8_t *digest = put_parameters(b, head);
    put_header(b, head);
    ber_put_integer(b, SNMP_V3);
    ber_put_header(b, BER_SEQUENCE, b->end);
    *out = (struct snmp_secured_written){b->at, ber_builder_len(b),
                                         head->digest.len ? digest : NULL, head->digest.len};
    return !b->failed;
}
