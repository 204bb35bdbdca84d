#include "collectors/protocol/snmp_security.h"

const char *const snmp_level_words[] = {"noAuthNoPriv", "authNoPriv", "authPriv", NULL};
const char *const snmp_auth_words[] = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", NULL};
const char *const snmp_priv_words[] = {"des",     "aes128",  "aes192", "aes256",
                                       "aes192c", "aes256c", NULL};

size_t snmp_digest_bytes(enum snmp_auth a)
{
    static const unsigned char bytes[] = {
        [SNMP_MD5] = 12,    [SNMP_SHA1] = 12,   [SNMP_SHA224] = 16,
        [SNMP_SHA256] = 24, [SNMP_SHA384] = 32, [SNMP_SHA512] = 48};
    return bytes[a];
}

size_t snmp_cipher_key_bytes(enum snmp_priv p)
{
    /* the second half of a DES key whitens the initialisation vector (RFC 3414 section 8.1.1.1) */
    static const unsigned char bytes[] = {
        [SNMP_DES] = 16,    [SNMP_AES128] = 16,  [SNMP_AES192] = 24,
        [SNMP_AES256] = 32, [SNMP_AES192C] = 24, [SNMP_AES256C] = 32};
    return bytes[p];
}
