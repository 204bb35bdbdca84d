/* For programs that know the checks but never ask. */
#include "collectors/protocol/snmp_keys.h"

void snmp_keys_prepare(void)
{
}

bool snmp_keys_can(enum snmp_level level, enum snmp_auth auth, enum snmp_priv priv)
{
    return false;
}

bool snmp_keys_master(const struct snmp_passwords *p, struct snmp_keys *out)
{
    return false;
}

bool snmp_keys_localize(const struct snmp_keys *master, const uint8_t *engine_id, size_t len,
                        struct snmp_keys *out)
{
    return false;
}

void snmp_keys_forget(struct snmp_keys *k)
{
}

bool snmp_keys_digest(const struct snmp_keys *k, const uint8_t *message, size_t len,
                      uint8_t digest[static SNMP_DIGEST_MAX])
{
    return false;
}

bool snmp_keys_encrypt(const struct snmp_keys *k, const struct snmp_salting *s, const uint8_t *text,
                       size_t len, uint8_t *out, size_t *out_len)
{
    return false;
}

bool snmp_keys_decrypt(const struct snmp_keys *k, const struct snmp_salting *s, const uint8_t *text,
                       size_t len, uint8_t *out, size_t *out_len)
{
    return false;
}
