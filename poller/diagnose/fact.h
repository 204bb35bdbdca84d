/* What was learned about one node, with its age. Facts replace each other by name and subject; values
 * are short texts. The names, and which check brings them:
 *   snmp      port.oper port.admin port.speed port.alias port.type port.mac port.index port.in_bps
 *             port.out_bps (subject: ifName, IF-MIB) sys.name sys.descr sys.objectid sys.location
 *             sys.uptime (ns) sys.rebooted (seconds since boot) sys.engine_id (version 3, hexadecimal)
 *   internet  internet.link internet.gateway-arp internet.gateway-ping internet.modem internet.anchors
 *             internet.dns-router internet.dns-anchor internet.page (ok failing unknown)
 *   engine    own.carrier (subject: our interface; up down) vantage.lan (subject: site; as the vantage there
 *             reported: fine trouble)
 *   arp       arp.conflict (subject: address; value: the MACs)
 *   http tls  tls.expires (subject: label; second of 1970) http.status service.error */
#ifndef HAYLOFT_DIAGNOSE_FACT_H
#define HAYLOFT_DIAGNOSE_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"

#define FACTS_PER_NODE_MAX 16384 /* a switch of 1,000 ports has some 12,000; what is over is not kept */
#define FACT_VALUE_MAX_BYTES 255

struct known_fact {
    char *name, *subject, *value;
    struct mono at;         /* last confirmed */
    struct mono changed_at; /* when the value became this one; at its first sight: the same as at */
    bool changed;           /* it had another value before */
    struct mono before_at;  /* when that one had become the value; ns 0: at its first sight */
};

struct fact_table {
    struct known_fact *facts;
    size_t count, capacity;
    size_t next;      /* where the next put will most likely land: reports keep their order */
    uint64_t refused; /* over the ceiling or out of memory */
};

void facts_fini(struct fact_table *t);
/* True when the value is new or another than before. */
bool facts_put(struct fact_table *t, const char *name, const char *subject, const char *value,
               struct mono now);
const struct known_fact *facts_find(const struct fact_table *t, const char *name,
                                    const char *subject);
/* Its value, NULL when unknown or older than max_age_ns. */
const char *facts_value(const struct fact_table *t, const char *name, const char *subject,
                        struct mono now, int64_t max_age_ns);
/* The check kind that brings a fact: "snmp" for "port.oper"; NULL when nobody asks for it. */
const char *fact_provider(const char *name);

#endif
