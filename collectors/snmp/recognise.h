/* Which profiles a device has: its family by sysObjectID, sysDescr and what it answers, and the standard
 * ones by what it answers. Pure: says which subtrees to look into, takes what was found there.
 *
 * Only probes of matches whose sysObjectID and sysDescr already fit are asked; each subtree is asked once,
 * by GETNEXT, several in a request. */
#ifndef HAYLOFT_COLLECTORS_SNMP_RECOGNISE_H
#define HAYLOFT_COLLECTORS_SNMP_RECOGNISE_H

#include "collectors/protocol/snmp_agent.h"
#include "poller/model/profile.h"

#define RECOGNISE_PROBES_MAX 256
#define RECOGNISE_AT_ONCE 16
#define RECOGNISE_TEXT_MAX 256

struct recognise_probe {
    const char *oid;       /* of the first profile that asks */
    struct snmp_oid below; /* where GETNEXT starts */
    struct snmp_oid wanted;/* what the answer must be at or below */
    bool asked, found;
    char text[RECOGNISE_TEXT_MAX]; /* what was found there */
};

struct recognition {
    const struct profile_set *set;
    char *descr, *object_id; /* never NULL */
    struct recognise_probe *probes;
    size_t probe_count;
    size_t asked_first, asked_count; /* of the request under way */
    size_t at_once;                  /* halved when the answer would be too big */
    const struct profile *family;    /* NULL: none; valid when over */
    const struct profile **standards;
    size_t standard_count;
    char why[RECOGNISE_TEXT_MAX];    /* of the family, for people */
};

/* descr and object_id as the agent said, NULL where it said nothing. NULL: no memory. */
struct recognition *recognise_start(const struct profile_set *set, const char *descr, const char *object_id);
void recognise_destroy(struct recognition *r); /* NULL is fine */

/* Writes the next request. False: nothing is left to ask, and recognise_conclude tells. */
bool recognise_ask(struct recognition *r, const struct snmp_agent *a, void *buffer, size_t capacity,
                   struct snmp_written *out);
/* False: this does not answer what was asked. */
bool recognise_take(struct recognition *r, const struct snmp_pdu *pdu);
/* Chooses family and standards by what was found. */
void recognise_conclude(struct recognition *r);

#endif
