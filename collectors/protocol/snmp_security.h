/* The words of the User-based Security Model: levels, and the protocols for authentication and privacy with
 * their sizes (RFC 3414, 3826, 7860). Plain values; what computes with them is snmp_keys. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_SECURITY_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_SECURITY_H

#include <stddef.h>

#define SNMP_USER_MAX 32          /* RFC 3414, usmUserName */
#define SNMP_CONTEXT_MAX 255      /* RFC 3411, SnmpAdminString */
#define SNMP_ENGINE_ID_MAX 32     /* RFC 3411, SnmpEngineID; the shortest legal one has 5, we take any */
#define SNMP_PASSWORD_LEAST 8     /* RFC 3414 section 11.2; shorter ones are refused by nearly every agent */
#define SNMP_DIGEST_MAX 48        /* of SHA-512 */
#define SNMP_SALT_BYTES 8

enum snmp_level { SNMP_NO_AUTH, SNMP_AUTH_NO_PRIV, SNMP_AUTH_PRIV };
extern const char *const snmp_level_words[]; /* noAuthNoPriv authNoPriv authPriv; NULL at the end */

enum snmp_auth {
    SNMP_MD5,
    SNMP_SHA1,
    SNMP_SHA224,
    SNMP_SHA256,
    SNMP_SHA384,
    SNMP_SHA512
};
extern const char *const snmp_auth_words[];

/* No standard says how a key is made longer than the digest it comes from. Two ways are in use: that of
 * draft-blumenthal-aes-usm-04, and that of draft-reeder-snmpv3-usm-3desede-00, which Cisco took for AES:
 * the words ending in c. They differ only where the digest is shorter than the key. */
enum snmp_priv {
    SNMP_DES,
    SNMP_AES128,
    SNMP_AES192,
    SNMP_AES256,
    SNMP_AES192C,
    SNMP_AES256C
};
extern const char *const snmp_priv_words[];

size_t snmp_digest_bytes(enum snmp_auth a); /* as sent: cut to these many */
size_t snmp_cipher_key_bytes(enum snmp_priv p);

#endif
