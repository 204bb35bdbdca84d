/* Questions in flight. One client serves all agents of a process over the one UDP door: it gives request
 * ids, sends in batches, matches answers by address, port, id, version and community, tries again with the
 * same id (so a late answer to the first try is still used), and tells each question's fate exactly once.
 *
 * Of version 3 (agent->secure) what is queued is the PDU alone. What leaves is made from it when it leaves: the
 * discovery of the agent's engine in its stead at first, the sealed question then, and again when the engine
 * turns out to be another or its clock is not what we thought. A question that waits for keys is in flight,
 * though nothing was sent; nobody else waits for it.
 *
 * What an answer says is for the asker to check: every OID, before any value is used. An answer it refuses
 * is counted and the waiting goes on, because the right one may still come.
 *
 * It lives on the env of collector.h: anything with a clock, timers and packets can ask with it, also a
 * command that has one question ("does it speak SNMP, what is its name?") and a loop of its own. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_CLIENT_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_CLIENT_H

#include "collectors/collector.h"
#include "collectors/protocol/snmp_agent.h"

enum snmp_loss {
    SNMP_LOSS_SILENT,      /* all tries timed out */
    SNMP_LOSS_REFUSED,     /* ICMP port unreachable */
    SNMP_LOSS_UNREACHABLE, /* another ICMP error */
    SNMP_LOSS_DENIED,      /* version 3: it is there and refuses us: see its snmp_secure_refusal */
    SNMP_LOSS_OWN          /* we could not send, or (version 3) make no keys: see error, or 0 */
};

struct snmp_request;

/* True: this is the answer, and what it says was taken. The request is then out of flight, and `over`
 * is called: there the next question is asked, also with the same request. */
typedef bool (*snmp_answer_fn)(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at);
typedef void (*snmp_over_fn)(struct snmp_request *r);
typedef void (*snmp_lost_fn)(struct snmp_request *r, enum snmp_loss loss, int error);

/* Writes the request once more, the same each time, into at most SNMP_WRITE_MOST bytes of the buffer or anywhere
 * else. False: it cannot be asked any more. */
#define SNMP_WRITE_MOST 2048
typedef bool (*snmp_write_fn)(const struct snmp_request *r, void *buffer, size_t capacity, struct snmp_written *out);

struct snmp_request {
    struct snmp_agent *agent;
    snmp_answer_fn answered;
    snmp_over_fn over;
    snmp_lost_fn lost;
    void *ctx;
    snmp_write_fn write;  /* not of version 3; NULL: the bytes given when asking are kept while it is in flight */
    const void *near;     /* what its answer is taken into: is in the cache before that. May be gone by then */
    size_t near_bytes;    /* 0: nothing */
    /* the client's */
    uint8_t *bytes;
    uint32_t len, id_offset;
    uint32_t id;          /* 0: not in flight */
    uint16_t tries;
    bool queued;
    struct mono sent, first_sent, deadline;
    const uint8_t *out;   /* what leaves: bytes, or what was written or sealed just now */
    size_t out_len;
    /* of version 3 */
    uint8_t *sealed;      /* what left last, inside it */
    uint16_t message;     /* high bits of the first message id; every message that leaves has the next one */
    uint16_t messages, step_first; /* so many left; the first of the step we are at */
    unsigned rounds;      /* through discovery and resynchronization */
    bool waits_for_keys, keys_tried;
    bool discovers;       /* what left last asks who is there */
    unsigned engines;     /* ... of the engine that was known by then */
    bool examines;        /* fell silent: is it the cipher? */
};

struct snmp_client;

struct snmp_client_counts {
    uint64_t unknown;   /* SNMP, but of no question in flight: late, doubled or forged */
    uint64_t wrong_source;
    uint64_t malformed;
};

struct snmp_client *snmp_client_create(const struct env *env); /* env stays the caller's */
void snmp_client_destroy(struct snmp_client *c); /* NULL is fine; requests in flight are forgotten */

/* Queues it; the bytes are copied (NULL: it has `write`). Leaves at the next flush. False: no memory or too many in
 * flight. */
bool snmp_client_ask(struct snmp_client *c, struct snmp_request *r, const struct snmp_written *w);
void snmp_client_flush(struct snmp_client *c);
/* Forgets a request; its callbacks do not run. Fine when it is not in flight. */
void snmp_client_cancel(struct snmp_client *c, struct snmp_request *r);
/* Give this to the packets door, or call it from a receiver of your own. ctx is the client. */
void snmp_client_receive(void *ctx, const struct packet *batch, size_t count);
const struct snmp_client_counts *snmp_client_counts(const struct snmp_client *c);

#endif
