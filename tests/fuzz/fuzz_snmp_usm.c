/* A datagram from anybody that may be of version 3: the message, its security parameters, the
 * scope; what is understood is written again and must be understood the same; and it is opened as
 * an answer to a question. */
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/snmp_secure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned touch(struct snmp_oid_view v)
{
    unsigned sum = 0;
    for (size_t i = 0; i < v.len; i++)
        sum += v.bytes[i];
    return sum;
}

static void must_equal(struct snmp_oid_view a, struct snmp_oid_view b)
{
    if (!snmp_oid_equal(a, b))
        abort();
}

static void write_again(const struct snmp_secured *m)
{
    size_t body_len = rd_left(&m->body), capacity = body_len + SNMP_USM_OVERHEAD_MAX;
    uint8_t *buffer = malloc(capacity);
    struct ber_builder b = ber_builder_over(buffer, buffer ? capacity : 0);
    struct snmp_secured_written w;
    struct snmp_secured back;
    if (m->level == SNMP_AUTH_PRIV)
        ber_put_tlv(&b, BER_OCTETS, m->body.at, body_len);
    else
        ber_put(&b, m->body.at, body_len);
    if (snmp_secured_put(&b, m, &w)) {
        if (snmp_secured_read(w.bytes, w.len, &back) != SNMP_SECURED_GOOD ||
            back.message_id != m->message_id || back.level != m->level || back.boots != m->boots ||
            back.time_s != m->time_s || back.digest.len != m->digest.len ||
            rd_left(&back.body) != body_len)
            abort();
        must_equal(back.engine_id, m->engine_id);
        must_equal(back.user, m->user);
        must_equal(back.salt, m->salt);
    }
    free(buffer);
}

static unsigned read_scope(const struct snmp_secured *m)
{
    struct snmp_scoped s;
    struct snmp_binding b;
    unsigned sum = 0;
    if (!snmp_scoped_read(m->body, m->level == SNMP_AUTH_PRIV, &s))
        return 0;
    sum += touch(s.engine_id) + touch(s.context);
    while (snmp_binding_take(&s.pdu.bindings, &b) == SNMP_TAKEN)
        sum += touch(b.oid);
    return sum;
}

static void open_it(const struct snmp_secured *m, const uint8_t *data, size_t size,
                    enum snmp_level level)
{
    struct snmp_credentials c = {.user = "barn",
                                 .level = level,
                                 .auth = SNMP_SHA256,
                                 .auth_password = "maplesyrup",
                                 .priv_password = "maplesyrup"};
    struct snmp_scratch scratch = {0};
    struct snmp_secure *s = snmp_secure_create(&c);
    struct snmp_pdu pdu;
    for (int i = 0; s && i < 4; i++) {
        struct snmp_arrival a = {.m = m,
                                 .bytes = data,
                                 .len = size,
                                 .discovery = i == 0,
                                 .stale = i == 3,
                                 .at = {SECONDS(100)}};
        if (snmp_secure_open(s, &a, &scratch, &pdu) == SNMP_OPENED_ANSWER && level != SNMP_NO_AUTH)
            abort(); /* there are no keys: nothing can be authentic */
        snmp_secure_gave_up(s, i & 1);
    }
    snmp_secure_destroy(s);
    free(scratch.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snmp_secured m;
    if (snmp_secured_read(data, size, &m) != SNMP_SECURED_GOOD)
        return 0;
    unsigned sum =
        touch(m.engine_id) + touch(m.user) + touch(m.digest) + touch(m.salt) + read_scope(&m);
    write_again(&m);
    open_it(&m, data, size, SNMP_NO_AUTH);
    open_it(&m, data, size, SNMP_AUTH_PRIV);
    return sum == 0x7fffffff; /* keeps the reads alive */
}
