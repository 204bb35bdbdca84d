/* Messages of version 3 heard between net-snmp's snmpget and snmpd 5.9.3 (engine
 * 80001f88046261726e, password maplesyrup, for privacy pancakes-too), read, proved and deciphered
 * here; and what is not such a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_keys.h"
#include "collectors/protocol/snmp_usm.h"

static const uint8_t barn[] = {0x80, 0, 0x1f, 0x88, 4, 'b', 'a', 'r', 'n'};

struct heard {
    uint8_t bytes[512];
    size_t len;
    struct snmp_secured m;
};

static void hear(struct heard *h, const char *hex)
{
    unsigned byte;
    for (h->len = 0; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        h->bytes[h->len++] = (uint8_t)byte;
    assert_int_equal(snmp_secured_read(h->bytes, h->len, &h->m), SNMP_SECURED_GOOD);
}

static void assert_view(struct snmp_oid_view v, const void *bytes, size_t len)
{
    assert_int_equal(v.len, len);
    assert_memory_equal(v.bytes, bytes, len);
}

static void assert_only_binding(const struct snmp_pdu *pdu, const char *oid_text,
                                struct snmp_value *value)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    char text[SNMP_OID_TEXT_MAX];
    assert_int_equal(snmp_binding_take(&bindings, &b), SNMP_TAKEN);
    assert_string_equal(snmp_oid_text(b.oid, text), oid_text);
    assert_int_equal(rd_left(&bindings), 0);
    *value = b.value;
}

/* 303e                               SEQUENCE, a message
 *  0201 03                           version 3
 *  3011 0204 20ee9248                message id
 *       0203 00ffe3                  takes up to 65507 bytes
 *       0401 04                      flags: reportable
 *       0201 03                      User-based Security Model
 *  0410 300e                         its parameters
 *       0400 0201 00 0201 00         no engine, boots 0, time 0
 *       0400 0400 0400               no user, no digest, no salt
 *  3014 0400 0400                    scoped PDU: no context engine, no context
 *       a00e 0204 3ef844b0           GET, request id
 *            0201 00 0201 00 3000    no bindings */
static void a_discovery_of_net_snmp_is_read(void **state)
{
    struct heard h;
    struct snmp_scoped s;
    hear(&h, "303e0201033011020420ee9248020300ffe30401040201030410300e04000201000201000400040004003"
             "01404000400"
             "a00e02043ef844b00201000201003000");
    assert_int_equal(h.m.message_id, 0x20ee9248);
    assert_int_equal(h.m.level, SNMP_NO_AUTH);
    assert_true(h.m.reportable);
    assert_int_equal(h.m.engine_id.len + h.m.user.len + h.m.digest.len + h.m.salt.len, 0);
    assert_true(snmp_scoped_read(h.m.body, false, &s));
    assert_int_equal(s.pdu.kind, SNMP_GET);
    assert_int_equal(s.pdu.request_id, 0x3ef844b0);
    assert_int_equal(rd_left(&s.pdu.bindings), 0);
}

/* 3061 0201 03 3011 ...              as above, flags 00
 *  0419 3017 0409 80001f88046261726e engine
 *       0201 01 0201 01              boots 1, time 1
 *       0400 0400 0400
 *  302e 0409 ... 0400                scoped PDU
 *       a81f 0204 3ef844b0           REPORT, request id
 *            0201 00 0201 00
 *            3011 300f 060a 2b060106030f01010400   usmStatsUnknownEngineIDs.0
 *                      4101 01                     Counter32 1 */
static void the_report_that_answers_it_names_the_engine(void **state)
{
    struct heard h;
    struct snmp_scoped s;
    struct snmp_value v;
    hear(&h, "30610201033011020420ee9248020300ffe304010002010304193017040980001f88046261726e0201010"
             "201010400"
             "04000400302e040980001f88046261726e0400a81f02043ef844b00201000201003011300f060a2b06010"
             "6030f0101"
             "0400410101");
    assert_view(h.m.engine_id, barn, sizeof barn);
    assert_int_equal(h.m.boots, 1);
    assert_int_equal(h.m.time_s, 1);
    assert_true(snmp_scoped_read(h.m.body, false, &s));
    assert_view(s.engine_id, barn, sizeof barn);
    assert_int_equal(s.pdu.kind, SNMP_REPORT);
    assert_only_binding(&s.pdu, "1.3.6.1.6.3.15.1.1.4.0", &v);
    assert_int_equal(v.number, 1);
}

static struct snmp_keys keys_of(enum snmp_level level, enum snmp_auth auth, enum snmp_priv priv)
{
    struct snmp_passwords p = {level, auth, priv, "maplesyrup", "pancakes-too"};
    struct snmp_keys master, keys;
    assert_true(snmp_keys_master(&p, &master));
    assert_true(snmp_keys_localize(&master, barn, sizeof barn, &keys));
    return keys;
}

static void assert_digest(const struct heard *h, const struct snmp_keys *k)
{
    uint8_t copy[512], digest[SNMP_DIGEST_MAX];
    memcpy(copy, h->bytes, h->len);
    assert_int_equal(h->m.digest.len, snmp_digest_bytes(k->auth));
    memset(copy + (h->m.digest.bytes - h->bytes), 0, h->m.digest.len);
    assert_true(snmp_keys_digest(k, copy, h->len, digest));
    assert_memory_equal(digest, h->m.digest.bytes, h->m.digest.len);
}

static void decipher(const struct heard *h, const struct snmp_keys *k, uint8_t *clear,
                     struct snmp_scoped *s)
{
    struct snmp_salting salting = {.boots = h->m.boots, .time_s = h->m.time_s};
    size_t len;
    assert_int_equal(h->m.salt.len, sizeof salting.salt);
    memcpy(salting.salt, h->m.salt.bytes, sizeof salting.salt);
    assert_true(snmp_keys_decrypt(k, &salting, h->m.body.at, rd_left(&h->m.body), clear, &len));
    assert_true(snmp_scoped_read(reader_over(clear, len), true, s));
}

struct exchange {
    const char *user, *question, *answer;
    enum snmp_auth auth;
    enum snmp_priv priv;
    uint32_t request_id;
};

/* 308184 0201 03 3011 0204 20ee9247 ... 0401 07 (reportable, privacy, authentication) 0201 03
 *  043d 303b 0409 80001f88046261726e 0201 01 0201 01
 *       0404 73686132                          user sha2
 *       0418 296ee5...e87a93c5                 digest, 24 bytes
 *       0408 6ba33ce049bd672a                  salt
 *  042d d55b8b0e...4c2a39                      the scoped PDU, enciphered: GET sysName.0
 * and the like */
static const struct exchange exchanges[] = {
    {"sha2",
     "3081840201033011020420ee9247020300ffe3040107020103043d303b040980001f88046261726e0201010201010"
     "404"
     "736861320418296ee50c8531bc2bb8d802dda9c4f2187800b1e87a93c5a804086ba33ce049bd672a042d1f55b8b0e"
     "f9a"
     "3be5bf2b5574bc1735768c14140730fcd4ac599b6e12e9581adcc7fce92ab992e07dc09c4c2a39",
     "30818f0201033011020420ee9247020300ffe3040103020103043d303b040980001f88046261726e0201010201010"
     "404"
     "7368613204183b16f5604b5862dd5ed2035c55843d4c7449676dc4a7f2e5040807ed5150e0c42ae70438e1d2f92b5"
     "9ed"
     "0246d85dc53ba785acba44f736d232ac93fa364cc4ac73aa728def7e5e8a807b9c73647d650c700b24adf9b200d53"
     "db3"
     "2480",
     SNMP_SHA256, SNMP_AES128, 0x3ef844af},
    {"old",
     "307a020103301102041d95032c020300ffe30401070201030430302e040980001f88046261726e020101020101040"
     "36f"
     "6c64040c3bb00dce87dc8d49e52f3eb6040800000001454d2ca804300947753564c1fe7b4cc1f3f59c5f93d2717c2"
     "a99"
     "7e5e7244f726810537dfacd3f0f994862bc7cbf0112ff4b89cd0fb65",
     "308182020103301102041d95032c020300ffe30401030201030430302e040980001f88046261726e0201010201010"
     "403"
     "6f6c64040cbf10c48c56c314b5c10f069d04080000000165628c740438902d74d5007b75a4fb90590d4ba6fd1b959"
     "b6e"
     "216379b51a8ea1815b3619c943e96ffc9b6e4a9c7d7c3a842fd830ad0936acca4f3b07e092",
     SNMP_MD5, SNMP_DES, 0x20abcb1b},
    {"blu",
     "3077020103301102041d011616020300ffe30401070201030430302e040980001f88046261726e020101020101040"
     "362"
     "6c75040cdddbf94901490d86dac95f62040864e5aa3ac8173f09042d550051f69e4b0aa07d4e8532024bb55f4125e"
     "301"
     "72e4d5a0d9ff6e9caf2db023520fa25fc6de90666878b9a08b",
     "308182020103301102041d011616020300ffe30401030201030430302e040980001f88046261726e0201010201010"
     "403"
     "626c75040ccda85cbc2069d1c2ecc76a07040807ed5150e0c42ae804385bc44afd87e968e878ea6a86f1a33bac5ee"
     "cd8"
     "046ca7a56c4e85c6800c6fc1f8efd318548dcae3388ec06e3fa7979eeda9e6d4024041c60f",
     SNMP_SHA1, SNMP_AES256, 0x1a86831f},
    {"cis",
     "30770201033011020408300fa4020300ffe30401070201030430302e040980001f88046261726e020101020101040"
     "363"
     "6973040c38ef649ab8b166d23300b4370408e07c09d32f3271fb042d85ffd1c1415c32a88549721b1647eaac4ef22"
     "647"
     "008d989c26b6b59e5d5985ee431b2d7fe2eae9cbd03fecda00",
     "3081820201033011020408300fa4020300ffe30401030201030430302e040980001f88046261726e0201010201010"
     "403"
     "636973040cae20f771ea5395fc36b66a88040807ed5150e0c42ae90438088d791db0e63339650b0a514e6237f6f62"
     "6d2"
     "4eb489402bef949fac780df55994deb5e3b10069d49a6927993994bf5e199e79e9f0dd6c34",
     SNMP_SHA1, SNMP_AES256C, 0x794c1817},
};

static void enciphered_questions_and_answers_are_proved_and_read(void **state)
{
    for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++) {
        const struct exchange *x = &exchanges[i];
        struct snmp_keys keys = keys_of(SNMP_AUTH_PRIV, x->auth, x->priv);
        struct heard question, answer;
        struct snmp_scoped s;
        struct snmp_value v;
        uint8_t clear[512];
        hear(&question, x->question);
        assert_int_equal(question.m.level, SNMP_AUTH_PRIV);
        assert_view(question.m.user, x->user, strlen(x->user));
        assert_digest(&question, &keys);
        decipher(&question, &keys, clear, &s);
        assert_int_equal(s.pdu.kind, SNMP_GET);
        assert_int_equal(s.pdu.request_id, x->request_id);
        assert_only_binding(&s.pdu, "1.3.6.1.2.1.1.5.0", &v);
        hear(&answer, x->answer);
        assert_int_equal(answer.m.message_id, question.m.message_id);
        assert_false(answer.m.reportable);
        assert_digest(&answer, &keys);
        decipher(&answer, &keys, clear, &s);
        assert_int_equal(s.pdu.kind, SNMP_RESPONSE);
        assert_int_equal(s.pdu.request_id, x->request_id);
        assert_int_equal(s.context.len, 0);
        assert_only_binding(&s.pdu, "1.3.6.1.2.1.1.5.0", &v);
        assert_view((struct snmp_oid_view){v.octets, v.len}, "barn-switch", 11);
    }
}

/* authNoPriv by SHA-512: digest of 48 bytes, the scoped PDU in clear; boots 1, time 2. */
static void a_signed_answer_in_clear_is_proved(void **state)
{
    struct snmp_keys keys = keys_of(SNMP_AUTH_NO_PRIV, SNMP_SHA512, SNMP_AES128);
    struct heard h;
    struct snmp_scoped s;
    struct snmp_value v;
    hear(&h, "30819c02010330110204505a9e68020300ffe3040101020103044c304a040980001f88046261726e02010"
             "1020102"
             "0403626967043093a9017eaf0ef32f873e110bbbf68f7b7ea5d0341e8590909958017b6b751a969b44d4f"
             "9bdf9b443"
             "2b8bf8d91ebd48de04003036040980001f88046261726e0400a227020443e7a12e0201000201003019301"
             "706082b06"
             "010201010500040b6261726e2d737769746368");
    assert_int_equal(h.m.level, SNMP_AUTH_NO_PRIV);
    assert_digest(&h, &keys);
    assert_true(snmp_scoped_read(h.m.body, false, &s));
    assert_only_binding(&s.pdu, "1.3.6.1.2.1.1.5.0", &v);
    h.bytes[h.len - 1] ^= 1;
    uint8_t digest[SNMP_DIGEST_MAX], copy[512];
    memcpy(copy, h.bytes, h.len);
    memset(copy + (h.m.digest.bytes - h.bytes), 0, h.m.digest.len);
    assert_true(snmp_keys_digest(&keys, copy, h.len, digest));
    assert_memory_not_equal(digest, h.m.digest.bytes, h.m.digest.len);
}

/* It had been asked with boots 3, time 77777: the report (usmStatsNotInTimeWindows) is signed and
 * tells its own. */
static void the_report_of_a_wrong_time_is_signed(void **state)
{
    struct snmp_keys keys = keys_of(SNMP_AUTH_NO_PRIV, SNMP_SHA256, SNMP_AES128);
    struct heard h;
    struct snmp_scoped s;
    struct snmp_value v;
    hear(&h, "307d020103301102046bda115d020300ffe304010102010304353033040980001f88046261726e0201010"
             "201020404"
             "736861320418b80a804e97a97192a06512d37b3b88bda7ace7c0bf3184a80400302e040980001f8804626"
             "1726e0400"
             "a81f02043e650a8d0201000201003011300f060a2b060106030f01010200410101");
    assert_int_equal(h.m.level, SNMP_AUTH_NO_PRIV);
    assert_int_equal(h.m.boots, 1);
    assert_int_equal(h.m.time_s, 2);
    assert_digest(&h, &keys);
    assert_true(snmp_scoped_read(h.m.body, false, &s));
    assert_int_equal(s.pdu.kind, SNMP_REPORT);
    assert_only_binding(&s.pdu, "1.3.6.1.6.3.15.1.1.2.0", &v);
}

/* ---- what is not such a message ---- */

static const char discovery[] =
    "303e0201033011020420ee9248020300ffe30401040201030410300e0400020100020100040004"
    "000400301404000400a00e02043ef844b00201000201003000";

static enum snmp_secured_read read_with(size_t at, uint8_t byte)
{
    struct heard h;
    struct snmp_secured m;
    hear(&h, discovery);
    h.bytes[at] = byte;
    return snmp_secured_read(h.bytes, h.len, &m);
}

static void other_versions_and_models_are_foreign(void **state)
{
    assert_int_equal(read_with(4, 1), SNMP_SECURED_FOREIGN);
    assert_int_equal(read_with(23, 4), SNMP_SECURED_FOREIGN); /* transport security, RFC 5591 */
}

static void a_message_that_breaks_a_rule_is_malformed(void **state)
{
    assert_int_equal(read_with(9, 0xa0), SNMP_SECURED_MALFORMED); /* message id negative */
    assert_int_equal(read_with(15, 0x80),
                     SNMP_SECURED_MALFORMED); /* its largest message negative */
    assert_int_equal(read_with(20, 0x06),
                     SNMP_SECURED_MALFORMED); /* privacy without authentication */
    assert_int_equal(read_with(32, 0x80), SNMP_SECURED_MALFORMED); /* boots negative */
    assert_int_equal(read_with(26, 0x31), SNMP_SECURED_MALFORMED); /* parameters are no sequence */
}

static void a_message_cut_anywhere_is_malformed(void **state)
{
    struct heard h;
    struct snmp_secured m;
    hear(&h, exchanges[0].answer);
    for (size_t len = 0; len < h.len; len++) {
        uint8_t *cut = malloc(len + 1); /* exactly so long: reading on is seen */
        memcpy(cut, h.bytes, len);
        assert_int_not_equal(snmp_secured_read(cut, len, &m), SNMP_SECURED_GOOD);
        free(cut);
    }
    h.bytes[h.len] = 0;
    assert_int_equal(snmp_secured_read(h.bytes, h.len + 1, &m), SNMP_SECURED_MALFORMED);
}

static void fields_longer_than_allowed_are_malformed(void **state)
{
    static const struct {
        size_t engine_id, user, digest, salt;
        enum snmp_secured_read want;
    } rows[] = {{32, 32, 48, 8, SNMP_SECURED_GOOD},
                {33, 32, 48, 8, SNMP_SECURED_MALFORMED},
                {32, 33, 48, 8, SNMP_SECURED_MALFORMED},
                {32, 32, 48, 9, SNMP_SECURED_MALFORMED}};
    static const uint8_t zeros[64];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[512];
        struct ber_builder b = ber_builder_over(buffer, sizeof buffer);
        struct snmp_secured m, head = {.message_id = 1,
                                       .level = SNMP_AUTH_NO_PRIV,
                                       .engine_id = {zeros, rows[i].engine_id},
                                       .user = {zeros, rows[i].user},
                                       .salt = {zeros, rows[i].salt}};
        struct snmp_secured_written w;
        head.digest.len = rows[i].digest;
        ber_put(&b, "\x30\x00", 2);
        assert_true(snmp_secured_put(&b, &head, &w));
        assert_int_equal(snmp_secured_read(w.bytes, w.len, &m), rows[i].want);
    }
}

static void a_scope_followed_by_anything_is_taken_only_after_a_block_cipher(void **state)
{
    struct heard h;
    struct snmp_scoped s;
    uint8_t padded[64] = {0};
    hear(&h, discovery);
    size_t len = rd_left(&h.m.body);
    memcpy(padded, h.m.body.at, len);
    assert_true(snmp_scoped_read(reader_over(padded, len), false, &s));
    assert_false(snmp_scoped_read(reader_over(padded, len + 3), false, &s));
    assert_true(snmp_scoped_read(reader_over(padded, len + 3), true, &s));
}

static void what_is_written_reads_back_the_same(void **state)
{
    static const uint8_t salt[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t buffer[512];
    struct ber_builder b = ber_builder_over(buffer, sizeof buffer);
    struct snmp_secured head = {.message_id = 0x7fffffff,
                                .level = SNMP_AUTH_NO_PRIV,
                                .reportable = true,
                                .engine_id = {barn, sizeof barn},
                                .boots = SNMP_USM_NUMBER_MAX,
                                .time_s = 128,
                                .user = {(const uint8_t *)"somebody", 8},
                                .digest = {NULL, 24},
                                .salt = {salt, sizeof salt}};
    struct snmp_secured_written w;
    struct snmp_secured m;
    struct snmp_scoped s;
    ber_put(&b, "\xa0\x0e\x02\x04\x3e\xf8\x44\xb0\x02\x01\x00\x02\x01\x00\x30\x00", 16);
    snmp_scoped_put(&b, head.engine_id, (struct snmp_oid_view){(const uint8_t *)"vlan-7", 6});
    assert_true(snmp_secured_put(&b, &head, &w));
    assert_int_equal(snmp_secured_read(w.bytes, w.len, &m), SNMP_SECURED_GOOD);
    assert_int_equal(m.message_id, head.message_id);
    assert_int_equal(m.level, head.level);
    assert_int_equal(m.boots, head.boots);
    assert_int_equal(m.time_s, head.time_s);
    assert_view(m.user, "somebody", 8);
    assert_view(m.salt, salt, sizeof salt);
    assert_int_equal(m.digest.len, 24);
    assert_ptr_equal(m.digest.bytes, w.digest);
    assert_true(snmp_scoped_read(m.body, false, &s));
    assert_view(s.context, "vlan-7", 6);
    assert_int_equal(s.pdu.request_id, 0x3ef844b0);
}

static void a_buffer_too_small_is_noticed(void **state)
{
    static const struct snmp_oid_view none = {(const uint8_t *)"", 0};
    struct snmp_secured head = {.engine_id = none, .user = none, .digest = none, .salt = none};
    struct snmp_secured_written w;
    for (size_t capacity = 0; capacity < 60; capacity++) {
        uint8_t buffer[64];
        struct ber_builder b = ber_builder_over(buffer, capacity);
        snmp_scoped_put(&b, none, none);
        bool fits = snmp_secured_put(&b, &head, &w);
        assert_int_equal(fits, capacity >= 45);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_discovery_of_net_snmp_is_read),
        cmocka_unit_test(the_report_that_answers_it_names_the_engine),
        cmocka_unit_test(enciphered_questions_and_answers_are_proved_and_read),
        cmocka_unit_test(a_signed_answer_in_clear_is_proved),
        cmocka_unit_test(the_report_of_a_wrong_time_is_signed),
        cmocka_unit_test(other_versions_and_models_are_foreign),
        cmocka_unit_test(a_message_that_breaks_a_rule_is_malformed),
        cmocka_unit_test(a_message_cut_anywhere_is_malformed),
        cmocka_unit_test(fields_longer_than_allowed_are_malformed),
        cmocka_unit_test(a_scope_followed_by_anything_is_taken_only_after_a_block_cipher),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(a_buffer_too_small_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
