/* Keys, digests and ciphers of SNMP version 3, by net-snmp's keytools and scapi. snmp_keys.c is the one file
 * of ours that knows that library, and these are all the calls we make of it: it is never initialised, so it
 * reads no configuration and no MIB. It is loaded with the first key that is made, in that thread: with libcrypto,
 * which it brings along, it takes 2 MiB of a process, and most ask nobody by version 3. snmp_keys_none.c stands in
 * for programs that only carry the options of checks about: there every call fails.
 *
 * A password becomes a master key by hashing one megabyte of it (RFC 3414 appendix A.2): milliseconds, so that
 * is a thing for a thread. The master is then localized to the engine that is asked; both are pure functions
 * and remember nothing, so one node's keys are never another's. All may run in any thread. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_KEYS_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "collectors/protocol/snmp_security.h"

#define SNMP_KEY_MAX 64      /* SHA-512 */
#define SNMP_CIPHER_SLACK 8  /* DES fills up the last block */

struct snmp_key {
    uint8_t bytes[SNMP_KEY_MAX];
    size_t len;
};

/* Masters, or localized keys. A level without privacy has no priv key, one without authentication none. */
struct snmp_keys {
    enum snmp_level level;
    enum snmp_auth auth;
    enum snmp_priv priv;
    struct snmp_key auth_key, priv_key;
};

struct snmp_passwords {
    enum snmp_level level;
    enum snmp_auth auth;
    enum snmp_priv priv;
    const char *auth_password, *priv_password;
};

/* What the cipher is mixed with, so that the same text is never the same ciphertext. */
struct snmp_salting {
    uint32_t boots, time_s;
    uint8_t salt[SNMP_SALT_BYTES];
};

/* Once, before any thread runs: keeps the cipher library from reading a configuration of its own. */
void snmp_keys_prepare(void);
/* Does the library here have these? */
bool snmp_keys_can(enum snmp_level level, enum snmp_auth auth, enum snmp_priv priv);
/* Slow. False: too short a password or no such protocol here. */
bool snmp_keys_master(const struct snmp_passwords *p, struct snmp_keys *out);
/* Slow too when a key is made longer in Cisco's way. */
bool snmp_keys_localize(const struct snmp_keys *master, const uint8_t *engine_id, size_t len,
                        struct snmp_keys *out);
void snmp_keys_forget(struct snmp_keys *k); /* overwrites them */

/* Writes snmp_digest_bytes(k->auth) bytes. */
bool snmp_keys_digest(const struct snmp_keys *k, const uint8_t *message, size_t len,
                      uint8_t digest[static SNMP_DIGEST_MAX]);
/* out has room for len + SNMP_CIPHER_SLACK bytes and is not text itself. */
bool snmp_keys_encrypt(const struct snmp_keys *k, const struct snmp_salting *s, const uint8_t *text,
                       size_t len, uint8_t *out, size_t *out_len);
bool snmp_keys_decrypt(const struct snmp_keys *k, const struct snmp_salting *s, const uint8_t *text,
                       size_t len, uint8_t *out, size_t *out_len);

#endif
