/* A message of an agent that has our keys and means ill: the input is what it enciphers and signs. The first byte
 * chooses the level and what else it may lie about; what is behind it becomes the text of the message. What is
 * taken for an answer must be as safe as we asked, and be read without harm. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/snmp_keys.h"
#include "collectors/protocol/snmp_secure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX 4096
#define BOOTS    7
#define TIME_S   10000

enum { IN_CLEAR = 1, OTHER_TIME = 2, DISCOVERY = 4, STALE = 8, EXAMINED = 16, NO_USER = 32 };

static const uint8_t engine_id[] = {0x80, 0, 0x1f, 0x88, 4, 'b', 'a', 'r', 'n'};
static const struct snmp_passwords passwords = {SNMP_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, "maplesyrup",
                                                "pancakes-too"};
static struct snmp_keys keys;

static bool make_keys(void)
{
    struct snmp_keys master;
    return keys.auth_key.len || (snmp_keys_can(passwords.level, passwords.auth, passwords.priv) &&
                                 snmp_keys_master(&passwords, &master) &&
                                 snmp_keys_localize(&master, engine_id, sizeof engine_id, &keys));
}

/* The text as the body of a message, enciphered unless it comes in clear. */
static bool put_text(struct ber_builder *b, unsigned lies, const uint8_t *text, size_t len, uint32_t time_s,
                     uint8_t salt[static SNMP_SALT_BYTES])
{
    static uint8_t out[TEXT_MAX + SNMP_CIPHER_SLACK];
    size_t out_len = 0;
    struct snmp_salting salting = {BOOTS, time_s, {1, 2, 3, 4, 5, 6, 7, 8}};
    memcpy(salt, salting.salt, SNMP_SALT_BYTES);
    if (lies & IN_CLEAR) {
        ber_put(b, text, len);
        return true;
    }
    if (!snmp_keys_encrypt(&keys, &salting, text, len, out, &out_len))
        return false;
    ber_put_tlv(b, BER_OCTETS, out, out_len);
    return true;
}

static size_t make_message(unsigned lies, const uint8_t *text, size_t len, uint8_t *buffer, size_t capacity,
                           const uint8_t **from)
{
    uint8_t salt[SNMP_SALT_BYTES];
    uint32_t time_s = lies & OTHER_TIME ? TIME_S - 3600 : TIME_S;
    struct ber_builder b = ber_builder_over(buffer, capacity);
    struct snmp_secured head = {.message_id = 5, .level = lies & IN_CLEAR ? SNMP_AUTH_NO_PRIV : SNMP_AUTH_PRIV,
                                .engine_id = {engine_id, sizeof engine_id},
                                .user = {(const uint8_t *)"barn", lies & NO_USER ? 0 : 4},
                                .digest = {salt, snmp_digest_bytes(keys.auth)},
                                .salt = {salt, lies & IN_CLEAR ? 0 : SNMP_SALT_BYTES}, .boots = BOOTS,
                                .time_s = time_s};
    struct snmp_secured_written w;
    if (!put_text(&b, lies, text, len, time_s, salt) || !snmp_secured_put(&b, &head, &w) ||
        !snmp_keys_digest(&keys, w.bytes, w.len, w.digest))
        return 0;
    *from = w.bytes;
    return w.len;
}

static void on_keys(void *ctx, struct snmp_secure *s)
{
}

static void at_once(void *ctx, work_fn run, work_fn done, void *arg)
{
    run(arg);
    done(arg);
}

static uint64_t open_it(struct snmp_secure *s, unsigned lies, const uint8_t *bytes, size_t len,
                        bool *answered)
{
    struct snmp_secured m;
    struct snmp_scratch scratch = {0};
    struct snmp_pdu pdu;
    struct snmp_binding b;
    uint64_t sum = 0, number;
    *answered = false;
    if (snmp_secured_read(bytes, len, &m) != SNMP_SECURED_GOOD)
        return 0;
    struct snmp_arrival a = {.m = &m, .bytes = bytes, .len = len, .stale = lies & STALE,
                             .discovery = lies & DISCOVERY, .examined = lies & EXAMINED, .at = {SECONDS(50)}};
    *answered = snmp_secure_open(s, &a, &scratch, &pdu) == SNMP_OPENED_ANSWER;
    while (*answered && snmp_binding_take(&pdu.bindings, &b) == SNMP_TAKEN)
        sum += b.oid.len + (snmp_value_number(&b.value, &number) ? number : 0);
    free(scratch.bytes);
    return sum;
}

/* A good answer, by which the clock of the engine is known for sure. */
static void hear_it_once(struct snmp_secure *s)
{
    uint8_t text[128], message[512];
    const uint8_t *from;
    struct snmp_head head = {.version = SNMP_V3, .kind = SNMP_RESPONSE, .request_id = SNMP_REQUEST_ID_FIRST};
    struct snmp_written pdu;
    struct snmp_writer w;
    snmp_writer_begin(&w, text, sizeof text);
    assert(snmp_writer_end(&w, &head, &pdu));
    snmp_scoped_put(&w.b, (struct snmp_oid_view){engine_id, sizeof engine_id}, (struct snmp_oid_view){engine_id, 0});
    size_t len = make_message(0, w.b.at, (size_t)(text + sizeof text - w.b.at), message, sizeof message, &from);
    bool answered;
    open_it(s, 0, from, len, &answered);
    assert(len && answered);
}

static struct snmp_secure *ourselves(void)
{
    static const struct env env = {.work = at_once};
    struct snmp_credentials c = {.user = "barn", .level = passwords.level, .auth = passwords.auth,
                                 .priv = passwords.priv, .auth_password = passwords.auth_password,
                                 .priv_password = passwords.priv_password};
    struct snmp_secure *s = snmp_secure_create(&c);
    if (!s)
        return NULL;
    snmp_secure_recall(s, (struct snmp_oid_view){engine_id, sizeof engine_id}, BOOTS, TIME_S,
                       (struct mono){SECONDS(50)});
    snmp_secure_derive(s, &env, on_keys, NULL);
    hear_it_once(s);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t buffer[TEXT_MAX + SNMP_USM_OVERHEAD_MAX + 64];
    const uint8_t *message;
    if (!size || size > TEXT_MAX || !make_keys())
        return 0;
    size_t len = make_message(data[0], data + 1, size - 1, buffer, sizeof buffer, &message);
    uint8_t *exact = malloc(len ? len : 1); /* an over-read is seen */
    memcpy(exact, len ? message : buffer, len);
    struct snmp_secure *s = len ? ourselves() : NULL;
    bool answered = false;
    uint64_t sum = s ? open_it(s, data[0], exact, len, &answered) : 0;
    assert(!answered || !(data[0] & (IN_CLEAR | OTHER_TIME | NO_USER)));
    snmp_secure_destroy(s);
    free(exact);
    return sum == UINT64_MAX; /* keeps the reads alive */
}
