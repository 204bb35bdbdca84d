#include "collectors/protocol/snmp_keys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/types.h>
#include <net-snmp/library/keytools.h>
#include <net-snmp/library/scapi.h>
#include <net-snmp/library/snmp_api.h>

#include "poller/base/late.h"

#define IV_MAX    16
#define DES_BLOCK 8

static struct {
    __typeof__(sc_find_auth_alg_byoid) *sc_find_auth_alg_byoid;
    __typeof__(sc_get_priv_alg_byoid) *sc_get_priv_alg_byoid;
    __typeof__(generate_Ku) *generate_Ku;
    __typeof__(generate_kul) *generate_kul;
    __typeof__(sc_hash) *sc_hash;
    __typeof__(sc_generate_keyed_hash) *sc_generate_keyed_hash;
    __typeof__(sc_encrypt) *sc_encrypt;
    __typeof__(sc_decrypt) *sc_decrypt;
} lib;
static bool loaded;

static void load(void)
{
    static const struct late_symbol symbols[] = {LATE(lib, sc_find_auth_alg_byoid),
                                                 LATE(lib, sc_get_priv_alg_byoid),
                                                 LATE(lib, generate_Ku),
                                                 LATE(lib, generate_kul),
                                                 LATE(lib, sc_hash),
                                                 LATE(lib, sc_generate_keyed_hash),
                                                 LATE(lib, sc_encrypt),
                                                 LATE(lib, sc_decrypt),
                                                 {NULL, NULL}};
    loaded = late_load(NETSNMP_SONAME, symbols);
}

static bool library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return loaded;
}

/* A protocol is named to the library by its object identifier. */
struct name {
    const oid *oid;
    size_t len;
};

#define AUTH_PROTOCOL(n)       {1, 3, 6, 1, 6, 3, 10, 1, 1, (n)} /* RFC 3414, RFC 7860 */
#define PRIV_PROTOCOL(n)       {1, 3, 6, 1, 6, 3, 10, 1, 2, (n)} /* RFC 3414, RFC 3826 */
#define BLUMENTHAL_PROTOCOL(n) {1, 3, 6, 1, 4, 1, 14832, 1, (n)} /* net-snmp's of draft-blumenthal-aes-usm-04 */
#define NAME(object)           ((struct name){object, sizeof(object) / sizeof((object)[0])})

static struct name auth_name(enum snmp_auth a)
{
    static const oid names[][10] = {[SNMP_MD5] = AUTH_PROTOCOL(2),    [SNMP_SHA1] = AUTH_PROTOCOL(3),
                                    [SNMP_SHA224] = AUTH_PROTOCOL(4), [SNMP_SHA256] = AUTH_PROTOCOL(5),
                                    [SNMP_SHA384] = AUTH_PROTOCOL(6), [SNMP_SHA512] = AUTH_PROTOCOL(7)};
    return NAME(names[a]);
}

/* The ciphers of both ways to make a key longer are the same. */
static struct name priv_name(enum snmp_priv p)
{
    static const oid des[] = PRIV_PROTOCOL(2), aes128[] = PRIV_PROTOCOL(4), aes192[] = BLUMENTHAL_PROTOCOL(3),
                     aes256[] = BLUMENTHAL_PROTOCOL(4);
    switch (p) {
    case SNMP_DES:
        return NAME(des);
    case SNMP_AES128:
        return NAME(aes128);
    case SNMP_AES192:
    case SNMP_AES192C:
        return NAME(aes192);
    case SNMP_AES256:
    case SNMP_AES256C:
        return NAME(aes256);
    }
    return (struct name){NULL, 0};
}

/* libcrypto would read its own configuration at the first use, which a fenced process must not. */
void snmp_keys_prepare(void)
{
    setenv("OPENSSL_CONF", "", 1);
}

bool snmp_keys_can(enum snmp_level level, enum snmp_auth auth, enum snmp_priv priv)
{
    struct name a = auth_name(auth), p = priv_name(priv);
    if (level < SNMP_AUTH_NO_PRIV)
        return true;
    return library() && lib.sc_find_auth_alg_byoid(a.oid, (u_int)a.len) &&
           (level < SNMP_AUTH_PRIV || lib.sc_get_priv_alg_byoid(p.oid, (u_int)p.len));
}

void snmp_keys_forget(struct snmp_keys *k)
{
    explicit_bzero(k, sizeof *k);
}

static bool master_key(struct name hash, const void *secret, size_t len, struct snmp_key *out)
{
    out->len = sizeof out->bytes;
    return lib.generate_Ku(hash.oid, (u_int)hash.len, secret, len, out->bytes, &out->len) == SNMPERR_SUCCESS;
}

bool snmp_keys_master(const struct snmp_passwords *p, struct snmp_keys *out)
{
    struct name hash = auth_name(p->auth);
    *out = (struct snmp_keys){.level = p->level, .auth = p->auth, .priv = p->priv};
    if (!snmp_keys_can(p->level, p->auth, p->priv))
        return false;
    if (p->level >= SNMP_AUTH_NO_PRIV &&
        !master_key(hash, p->auth_password, strlen(p->auth_password), &out->auth_key))
        return false;
    return p->level < SNMP_AUTH_PRIV ||
           master_key(hash, p->priv_password, strlen(p->priv_password), &out->priv_key);
}

struct engine {
    const uint8_t *id;
    size_t len;
};

static bool localize(struct name hash, const struct snmp_key *master, struct engine e,
                     struct snmp_key *out)
{
    out->len = sizeof out->bytes;
    return lib.generate_kul(hash.oid, (u_int)hash.len, e.id, e.len, master->bytes, master->len, out->bytes,
                            &out->len) == SNMPERR_SUCCESS;
}

/* draft-blumenthal-aes-usm-04 section 3.1.2.1: the key, then the digest of what is there. */
static bool extend_by_digest(struct name hash, struct snmp_key *k)
{
    size_t more = sizeof k->bytes - k->len;
    if (lib.sc_hash(hash.oid, hash.len, k->bytes, k->len, k->bytes + k->len, &more) != SNMPERR_SUCCESS)
        return false;
    k->len += more;
    return true;
}

/* draft-reeder-snmpv3-usm-3desede-00 section 2.1: the key, then what becomes of it taken as a
 * password. */
static bool extend_by_password(struct name hash, struct engine e, struct snmp_key *k)
{
    struct snmp_key master = {.len = 0}, next = {.len = 0};
    bool fine = master_key(hash, k->bytes, k->len, &master) && localize(hash, &master, e, &next) &&
                k->len + next.len <= sizeof k->bytes;
    if (fine) {
        memcpy(k->bytes + k->len, next.bytes, next.len);
        k->len += next.len;
    }
    explicit_bzero(&master, sizeof master);
    explicit_bzero(&next, sizeof next);
    return fine;
}

static bool localize_cipher_key(const struct snmp_keys *master, struct engine e,
                                struct snmp_key *out)
{
    struct name hash = auth_name(master->auth);
    bool cisco = master->priv == SNMP_AES192C || master->priv == SNMP_AES256C;
    size_t need = snmp_cipher_key_bytes(master->priv);
    bool fine = localize(hash, &master->priv_key, e, out);
    while (fine &&
           out->len < need) /* once, with what there is: no digest is shorter than half a key */
        fine = cisco ? extend_by_password(hash, e, out) : extend_by_digest(hash, out);
    out->len = need;
    return fine;
}

bool snmp_keys_localize(const struct snmp_keys *master, const uint8_t *engine_id, size_t len,
                        struct snmp_keys *out)
{
    struct engine e = {engine_id, len};
    struct name hash = auth_name(master->auth);
    *out = (struct snmp_keys){.level = master->level, .auth = master->auth, .priv = master->priv};
    if (master->level >= SNMP_AUTH_NO_PRIV &&
        (!library() || !localize(hash, &master->auth_key, e, &out->auth_key)))
        return false;
    return master->level < SNMP_AUTH_PRIV || localize_cipher_key(master, e, &out->priv_key);
}

bool snmp_keys_digest(const struct snmp_keys *k, const uint8_t *message, size_t len,
                      uint8_t digest[static SNMP_DIGEST_MAX])
{
    struct name hash = auth_name(k->auth);
    size_t wanted = snmp_digest_bytes(k->auth), got = wanted;
    return library() &&
           lib.sc_generate_keyed_hash(hash.oid, hash.len, k->auth_key.bytes, (u_int)k->auth_key.len, message,
                                      (u_int)len, digest, &got) == SNMPERR_SUCCESS &&
           got == wanted;
}

static void put_u32(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* RFC 3414 section 8.1.1.1, RFC 3826 section 3.1.2.1. Returns its length. */
static size_t make_iv(const struct snmp_keys *k, const struct snmp_salting *s,
                      uint8_t iv[static IV_MAX])
{
    if (k->priv == SNMP_DES) {
        for (size_t i = 0; i < DES_BLOCK; i++)
            iv[i] = k->priv_key.bytes[DES_BLOCK + i] ^ s->salt[i];
        return DES_BLOCK;
    }
    put_u32(iv, s->boots);
    put_u32(iv + 4, s->time_s);
    memcpy(iv + 8, s->salt, sizeof s->salt);
    return IV_MAX;
}

static bool has_cipher_key(const struct snmp_keys *k)
{
    return library() && k->priv_key.len == snmp_cipher_key_bytes(k->priv);
}

bool snmp_keys_encrypt(const struct snmp_keys *k, const struct snmp_salting *s, const uint8_t *text,
                       size_t len, uint8_t *out, size_t *out_len)
{
    uint8_t iv[IV_MAX];
    struct name cipher = priv_name(k->priv);
    if (!has_cipher_key(k))
        return false;
    size_t iv_len = make_iv(k, s, iv);
    *out_len = len + SNMP_CIPHER_SLACK;
    return lib.sc_encrypt(cipher.oid, cipher.len, (u_char *)(uintptr_t)k->priv_key.bytes,
                      (u_int)k->priv_key.len, iv, (u_int)iv_len, text, (u_int)len, out,
                      out_len) == SNMPERR_SUCCESS;
}

bool snmp_keys_decrypt(const struct snmp_keys *k, const struct snmp_salting *s, const uint8_t *text,
                       size_t len, uint8_t *out, size_t *out_len)
{
    uint8_t iv[IV_MAX];
    struct name cipher = priv_name(k->priv);
    if (!has_cipher_key(k) || !len || (k->priv == SNMP_DES && len % DES_BLOCK))
        return false;
    size_t iv_len = make_iv(k, s, iv);
    *out_len = len + SNMP_CIPHER_SLACK;
    return lib.sc_decrypt(cipher.oid, cipher.len, (u_char *)(uintptr_t)k->priv_key.bytes,
                      (u_int)k->priv_key.len, iv, (u_int)iv_len, (u_char *)(uintptr_t)text,
                      (u_int)len, out, out_len) == SNMPERR_SUCCESS;
}
