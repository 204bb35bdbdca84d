/* The authoritative engine behind an agent: its id and its clock as we know them (RFC 3414 sections 2.2, 2.3
 * and 3.2.7). Pure arithmetic.
 *
 * A clock told in the clear (by discovery), or remembered from before a restart, is only a guess: good enough
 * to ask with, because an engine that thinks otherwise says so under its digest. Only what came under a digest
 * is proven, and only against a proven clock is an answer judged too old. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_ENGINE_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_ENGINE_H

#include <stdbool.h>

#include "collectors/protocol/snmp_oid.h"
#include "collectors/protocol/snmp_security.h"
#include "poller/base/clock.h"

#define SNMP_ENGINE_WINDOW_S 150

struct snmp_engine {
    uint8_t id[SNMP_ENGINE_ID_MAX];
    size_t id_len;    /* 0: not known */
    bool proven;      /* the clock came under a digest */
    uint32_t boots;
    uint32_t time_s;  /* at `at` */
    struct mono at;
};

#define SNMP_ENGINE_TEXT_MAX (2 * SNMP_ENGINE_ID_MAX + 1)
char *snmp_engine_text(const struct snmp_engine *e, char out[static SNMP_ENGINE_TEXT_MAX]); /* hexadecimal */
struct snmp_oid_view snmp_engine_id(const struct snmp_engine *e); /* bytes, not an OID */
/* Another id than before: true, and what was known of the clock is gone. False: the same, or none at all. */
bool snmp_engine_rename(struct snmp_engine *e, struct snmp_oid_view id);
/* What its clock should show. */
uint32_t snmp_engine_time(const struct snmp_engine *e, struct mono now);
/* May an authentic answer carry this clock, or is it an old one played again? */
bool snmp_engine_accepts(const struct snmp_engine *e, uint32_t boots, uint32_t time_s, struct mono now);
/* An authentic answer, accepted: the clock only goes forward. */
void snmp_engine_hear(struct snmp_engine *e, uint32_t boots, uint32_t time_s, struct mono now);
/* The engine says that ours is wrong: taken as it is, backwards too. */
void snmp_engine_set(struct snmp_engine *e, uint32_t boots, uint32_t time_s, struct mono now, bool proven);

#endif
