#include "collectors/protocol/snmp_engine.h"

#include <stdio.h>

#include "collectors/protocol/snmp_usm.h"

char *snmp_engine_text(const struct snmp_engine *e, char out[static SNMP_ENGINE_TEXT_MAX])
{
    for (size_t i = 0; i < e->id_len; i++)
        snprintf(out + 2 * i, 3, "%02x", e->id[i]);
    out[2 * e->id_len] = '\0';
    return out;
}

struct snmp_oid_view snmp_engine_id(const struct snmp_engine *e)
{
    return (struct snmp_oid_view){e->id, e->id_len};
}

bool snmp_engine_rename(struct snmp_engine *e, struct snmp_oid_view id)
{
    if (!id.len || id.len > sizeof e->id || snmp_oid_equal(id, snmp_engine_id(e)))
        return false;
    *e = (struct snmp_engine){.id_len = id.len};
    memcpy(e->id, id.bytes, id.len);
    return true;
}

uint32_t snmp_engine_time(const struct snmp_engine *e, struct mono now)
{
    int64_t since_s = e->at.ns ? mono_since(now, e->at) / NS_PER_S : 0;
    int64_t time_s = (int64_t)e->time_s + (since_s > 0 ? since_s : 0);
    return time_s < SNMP_USM_NUMBER_MAX ? (uint32_t)time_s : SNMP_USM_NUMBER_MAX;
}

bool snmp_engine_accepts(const struct snmp_engine *e, uint32_t boots, uint32_t time_s,
                         struct mono now)
{
    if (boots == SNMP_USM_NUMBER_MAX)
        return false; /* it stopped counting: nothing of it can be told from a repetition */
    if (!e->proven || boots > e->boots)
        return true;
    return boots == e->boots &&
           (int64_t)time_s >= (int64_t)snmp_engine_time(e, now) - SNMP_ENGINE_WINDOW_S;
}

void snmp_engine_hear(struct snmp_engine *e, uint32_t boots, uint32_t time_s, struct mono now)
{
    if (!e->proven || boots > e->boots || (boots == e->boots && time_s > snmp_engine_time(e, now)))
        snmp_engine_set(e, boots, time_s, now, true);
}

void snmp_engine_set(struct snmp_engine *e, uint32_t boots, uint32_t time_s, struct mono now,
                     bool proven)
{
    e->boots = boots;
    e->time_s = time_s;
    e->at = now;
    e->proven = proven;
}
