#include "tests/support/fake_engine.h"

#include <assert.h>
#include <stdlib.h>

#include "collectors/protocol/snmp_engine.h"
#include "collectors/protocol/snmp_usm.h"

#define WRAPPED_MAX 70000

/* The last number of the counter a report tells: 1.3.6.1.6.3.15.1.1.N.0 */
enum stat {
    STAT_LEVEL = 1,
    STAT_WINDOW = 2,
    STAT_USER = 3,
    STAT_ENGINE = 4,
    STAT_DIGEST = 5,
    STAT_DECRYPTION = 6,
    STAT_STRANGE = 77
};

static struct snmp_oid_view text_view(const char *text)
{
    return (struct snmp_oid_view){(const uint8_t *)text, strlen(text)};
}

static struct snmp_oid_view own_id(const struct fake_engine *e)
{
    return (struct snmp_oid_view){e->id, e->id_len};
}

static void localize(struct fake_engine *e)
{
    bool fine = snmp_keys_localize(&e->master, e->id, e->id_len, &e->keys);
    assert(fine);
    (void)fine;
}

void fake_engine_init(struct fake_engine *e, struct fake_agent *agent, const char *user,
                      const struct snmp_passwords *p, double now_s)
{
    *e = (struct fake_engine){.agent = agent,
                              .boots = 7,
                              .booted_s = now_s - 86400,
                              .user = user,
                              .context = "",
                              .level = p->level};
    bool fine = snmp_keys_master(p, &e->master);
    assert(fine);
    (void)fine;
    fake_engine_rename(e,
                       "\x80\x00\x1f\x88\x04"
                       "barn",
                       9);
}

void fake_engine_rename(struct fake_engine *e, const void *id, size_t len)
{
    memcpy(e->id, id, len);
    e->id_len = len;
    localize(e);
}

void fake_engine_reboot(struct fake_engine *e, double now_s)
{
    e->boots++;
    e->booted_s = now_s;
    fake_agent_reboot(e->agent, now_s);
}

void fake_engine_wipe(struct fake_engine *e, double now_s)
{
    fake_engine_reboot(e, now_s);
    e->boots = 1;
}

static uint32_t clock_of(const struct fake_engine *e, double now_s)
{
    return (uint32_t)(now_s - e->booted_s);
}

/* What leaves, before it is made bytes. */
struct answer {
    struct snmp_secured head;
    struct snmp_oid_view context;
    enum snmp_level level;
};

static struct answer answer_to(const struct fake_engine *e, const struct snmp_secured *m,
                               double now_s)
{
    return (struct answer){.head = {.message_id = m->message_id,
                                    .engine_id = own_id(e),
                                    .boots = e->boots,
                                    .time_s = clock_of(e, now_s),
                                    .user = m->user},
                           .context = text_view(e->context),
                           .level = m->level};
}

static bool encipher(const struct fake_engine *e, struct answer *a, const uint8_t *salt,
                     struct ber_builder *b)
{
    static uint8_t text[WRAPPED_MAX];
    struct snmp_salting s = {.boots = a->head.boots, .time_s = a->head.time_s};
    struct snmp_keys keys = e->keys;
    size_t len;
    memcpy(s.salt, salt, sizeof s.salt);
    if (e->fault == FAKE_ENGINE_GARBLED)
        keys.priv_key.bytes[0] ^= 0x55;
    if (!snmp_keys_encrypt(&keys, &s, b->at, ber_builder_len(b), text, &len))
        return false;
    b->at = b->end;
    ber_put_tlv(b, BER_OCTETS, text, len);
    a->head.salt =
        (struct snmp_oid_view){salt, e->fault == FAKE_ENGINE_SHORT_SALT ? 7 : sizeof s.salt};
    return true;
}

static size_t digest_len(const struct fake_engine *e)
{
    if (e->fault == FAKE_ENGINE_SHORT_DIGEST)
        return 1;
    return e->fault == FAKE_ENGINE_NO_DIGEST ? 0 : snmp_digest_bytes(e->keys.auth);
}

static void sign(const struct fake_engine *e, struct snmp_secured_written *w)
{
    uint8_t digest[SNMP_DIGEST_MAX];
    if (!w->digest || !snmp_keys_digest(&e->keys, w->bytes, w->len, digest))
        return;
    memcpy(w->digest, digest, w->digest_len);
    if (e->fault == FAKE_ENGINE_WRONG_DIGEST)
        w->digest[0] ^= 1;
}

/* b holds the PDU at its end. */
static size_t wrap(const struct fake_engine *e, struct answer *a, struct ber_builder *b,
                   uint8_t *out)
{
    static const uint8_t salt[SNMP_SALT_BYTES] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct snmp_secured_written w;
    a->head.level = a->level;
    snmp_scoped_put(b, own_id(e), a->context);
    if (a->level == SNMP_AUTH_PRIV && !encipher(e, a, salt, b))
        return 0;
    if (a->level != SNMP_NO_AUTH)
        a->head.digest.len = digest_len(e);
    if (!snmp_secured_put(b, &a->head, &w))
        return 0;
    sign(e, &w);
    memcpy(out, w.bytes, w.len);
    return w.len;
}

static void put_report_pdu(struct ber_builder *b, enum stat stat)
{
    uint8_t oid[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, (uint8_t)stat, 0};
    const uint8_t *end = b->at;
    ber_put_unsigned(b, BER_COUNTER32, 3);
    ber_put_tlv(b, BER_OID, oid, sizeof oid);
    ber_put_header(b, BER_SEQUENCE, end);
    ber_put_header(b, BER_SEQUENCE, end);
    ber_put_integer(b, 0);
    ber_put_integer(b, 0);
    ber_put_integer(b, 0); /* the request could not be read, or not yet */
    ber_put_header(b, SNMP_REPORT, end);
}

static size_t report(struct fake_engine *e, const struct snmp_secured *m, enum stat stat,
                     enum snmp_level level, double now_s, uint8_t *out)
{
    uint8_t buffer[512];
    struct ber_builder b = ber_builder_over(buffer, sizeof buffer);
    struct answer a = answer_to(e, m, now_s);
    if (e->fault == FAKE_ENGINE_DROPS && stat != STAT_ENGINE)
        return 0;
    e->reported++;
    a.level = level;
    if (level == SNMP_NO_AUTH && e->no_hint)
        a.head.boots = a.head.time_s = 0;
    put_report_pdu(&b, stat);
    return wrap(e, &a, &b, out);
}

static bool digest_fits(const struct fake_engine *e, const struct snmp_secured *m,
                        const uint8_t *request, size_t len)
{
    static uint8_t copy[WRAPPED_MAX];
    uint8_t digest[SNMP_DIGEST_MAX];
    if (m->digest.len != snmp_digest_bytes(e->keys.auth))
        return false;
    memcpy(copy, request, len);
    memset(copy + (m->digest.bytes - request), 0, m->digest.len);
    return snmp_keys_digest(&e->keys, copy, len, digest) &&
           memcmp(digest, m->digest.bytes, m->digest.len) == 0;
}

/* The PDU as it stands in the scope, with its tag. */
static bool pdu_bytes(struct reader body, const char *context, struct reader *out)
{
    struct reader scope, id, name;
    if (!ber_expect(&body, BER_SEQUENCE, &scope) || !ber_expect(&scope, BER_OCTETS, &id) ||
        !ber_expect(&scope, BER_OCTETS, &name) || rd_left(&name) != strlen(context) ||
        memcmp(name.at, context, strlen(context)) != 0)
        return false;
    *out = scope;
    return true;
}

static size_t ask_agent(struct fake_engine *e, struct reader pdu, double now_s, uint8_t *out)
{
    static uint8_t request[WRAPPED_MAX];
    struct ber_builder b = ber_builder_over(request, sizeof request);
    ber_put(&b, pdu.at, rd_left(&pdu));
    ber_put_tlv(&b, BER_OCTETS, e->agent->community, strlen(e->agent->community));
    ber_put_integer(&b, SNMP_V2C);
    ber_put_header(&b, BER_SEQUENCE, b.end);
    return b.failed ? 0 : fake_agent_answer(e->agent, now_s, b.at, ber_builder_len(&b), out);
}

/* An answer of version 2c: its PDU alone. */
static bool unwrap(const uint8_t *answer, size_t len, struct reader *pdu)
{
    struct reader whole = reader_over(answer, len), body, community;
    int32_t version;
    if (!ber_expect(&whole, BER_SEQUENCE, &body) || !ber_take_i32(&body, &version) ||
        !ber_expect(&body, BER_OCTETS, &community))
        return false;
    *pdu = body;
    return true;
}

static void put_refusal_pdu(struct ber_builder *b, struct reader request)
{
    struct snmp_pdu pdu;
    const uint8_t *end = b->at;
    bool fine = snmp_pdu_read(&request, &pdu);
    assert(fine);
    (void)fine;
    ber_put_header(b, BER_SEQUENCE, end);
    ber_put_integer(b, 0);
    ber_put_integer(b, SNMP_AUTHORIZATION_ERROR);
    ber_put_integer(b, pdu.request_id);
    ber_put_header(b, SNMP_RESPONSE, end);
}

static void spoil(struct fake_engine *e, struct answer *a)
{
    static const uint8_t other[] = {0x80, 0, 0x1f, 0x88, 4, 'o', 't', 'h', 'e', 'r'};
    switch (e->fault) {
    case FAKE_ENGINE_IN_CLEAR:
        a->level = SNMP_NO_AUTH;
        break;
    case FAKE_ENGINE_NO_PRIVACY:
        a->level = SNMP_AUTH_NO_PRIV;
        break;
    case FAKE_ENGINE_OLD_TIME:
        a->head.time_s -= 3600;
        break;
    case FAKE_ENGINE_OLD_BOOTS:
        a->head.boots--;
        break;
    case FAKE_ENGINE_OTHER_ID:
        a->head.engine_id = (struct snmp_oid_view){other, sizeof other};
        break;
    case FAKE_ENGINE_OTHER_USER:
        a->head.user = text_view("mallory");
        break;
    case FAKE_ENGINE_OTHER_CONTEXT:
        a->context = text_view("another");
        break;
    case FAKE_ENGINE_OTHER_MESSAGE:
        a->head.message_id ^= 0x40000000;
        break;
    default:
        break;
    }
}

static size_t respond(struct fake_engine *e, const struct snmp_secured *m, struct reader pdu,
                      double now_s, uint8_t *out)
{
    static uint8_t answer[FAKE_ANSWER_MAX], wrapped[WRAPPED_MAX];
    struct ber_builder b = ber_builder_over(wrapped, sizeof wrapped);
    struct answer a = answer_to(e, m, now_s);
    struct reader inner;
    if (m->level < e->least) {
        put_refusal_pdu(&b, pdu);
    } else {
        size_t len = ask_agent(e, pdu, now_s, answer);
        if (!len || !unwrap(answer, len, &inner))
            return 0;
        ber_put(&b, inner.at, rd_left(&inner));
    }
    spoil(e, &a);
    e->answered++;
    return wrap(e, &a, &b, out);
}

static bool is_in_time(const struct fake_engine *e, const struct snmp_secured *m, double now_s)
{
    double off = (double)m->time_s - (double)clock_of(e, now_s);
    return e->fault != FAKE_ENGINE_NEVER_IN_TIME && m->boots == e->boots &&
           off <= SNMP_ENGINE_WINDOW_S && off >= -SNMP_ENGINE_WINDOW_S;
}

/* RFC 3414 section 3.2, in its order. */
static size_t take(struct fake_engine *e, const struct snmp_secured *m, const uint8_t *request,
                   size_t len, double now_s, uint8_t *out)
{
    static uint8_t clear[WRAPPED_MAX];
    struct reader body = m->body, pdu;
    struct snmp_salting s = {.boots = m->boots, .time_s = m->time_s};
    size_t clear_len;
    if (!snmp_oid_equal(m->user, text_view(e->user)))
        return report(e, m, STAT_USER, SNMP_NO_AUTH, now_s, out);
    if (m->level > e->level)
        return report(e, m, STAT_LEVEL, SNMP_NO_AUTH, now_s, out);
    if (m->level != SNMP_NO_AUTH && !digest_fits(e, m, request, len))
        return report(e, m, STAT_DIGEST, SNMP_NO_AUTH, now_s, out);
    if (e->fault == FAKE_ENGINE_UNSIGNED_TIME)
        return report(e, m, STAT_WINDOW, SNMP_NO_AUTH, now_s, out);
    if (m->level != SNMP_NO_AUTH && !is_in_time(e, m, now_s))
        return report(e, m, STAT_WINDOW, SNMP_AUTH_NO_PRIV, now_s, out);
    if (m->level == SNMP_AUTH_PRIV) {
        memcpy(s.salt, m->salt.bytes, sizeof s.salt);
        if (e->fault == FAKE_ENGINE_CANNOT_READ ||
            !snmp_keys_decrypt(&e->keys, &s, body.at, rd_left(&body), clear, &clear_len))
            return report(e, m, STAT_DECRYPTION, SNMP_NO_AUTH, now_s, out);
        body = reader_over(clear, clear_len);
    }
    if (!pdu_bytes(body, e->context, &pdu))
        return m->level == SNMP_AUTH_PRIV ? report(e, m, STAT_DECRYPTION, SNMP_NO_AUTH, now_s, out)
                                          : 0;
    if (e->fault == FAKE_ENGINE_OTHER_REPORT)
        return report(e, m, STAT_STRANGE, m->level, now_s, out);
    return respond(e, m, pdu, now_s, out);
}

static size_t answer_request(struct fake_engine *e, double now_s, const uint8_t *request, size_t len,
                          uint8_t *out)
{
    struct snmp_secured m;
    if (snmp_secured_read(request, len, &m) != SNMP_SECURED_GOOD)
        return 0;
    e->asked++;
    if (e->fault == FAKE_ENGINE_NEVER_ITSELF) {
        e->id[e->id_len - 1]++;
        localize(e);
    }
    if (!snmp_oid_equal(m.engine_id, own_id(e))) {
        e->discovered++;
        return report(e, &m, STAT_ENGINE, SNMP_NO_AUTH, now_s, out);
    }
    return e->fault == FAKE_ENGINE_MUTE ? 0 : take(e, &m, request, len, now_s, out);
}

size_t fake_engine_answer(struct fake_engine *e, double now_s, const uint8_t *request, size_t len,
                          uint8_t out[static FAKE_ANSWER_MAX])
{
    size_t made = answer_request(e, now_s, request, len, out);
    e->largest = made > e->largest ? made : e->largest;
    return made;
}
