/* Everything below one OID, from an agent that may be broken or hostile. Pure: it says what to ask
 * next and takes what was answered.
 *
 * It ends by itself: at the first OID outside, and at the first that does not rise, so that a
 * repeating or falling agent is no endless one. One that rises for ever is the caller's to stop, by
 * what take returns. What an agent cannot tell (genErr) is asked for alone and then passed over,
 * first its column, then what holds that. */
#ifndef HAYLOFT_COMMAND_WALK_TREE_H
#define HAYLOFT_COMMAND_WALK_TREE_H

#include "collectors/protocol/snmp_agent.h"
#include "poller/command/walk/rows.h"

#define TREE_REPETITIONS_MAX   40 /* answers of some 1,200 bytes */
#define TREE_FULL_BEFORE_MORE  4  /* so many answers in a row held all that was asked */
#define TREE_PASSED_MAX        64 /* places passed over before the rest is given up */
#define TREE_SIBLINGS          4  /* columns tried before what holds them is left */
#define TREE_REQUEST_BYTES_MAX 2048

/* An OID of our own, of any legal length. */
struct tree_oid {
    size_t len;
    uint8_t bytes[WALK_OID_BYTES_MAX];
};

static inline struct snmp_oid_view tree_oid_view(const struct tree_oid *o)
{
    return (struct snmp_oid_view){o->bytes, o->len};
}

bool tree_oid_set(struct tree_oid *o, struct snmp_oid_view from); /* false: too long */

enum tree_end {
    TREE_GOING,
    TREE_DONE,
    TREE_STOPPED,    /* by the caller */
    TREE_NOT_RISING, /* after last came to */
    TREE_TOO_LONG,   /* an OID of more numbers than there may be */
    TREE_REFUSED     /* error_status, and nothing smaller to ask */
};

/* False: no more is wanted. The value points into the datagram. */
typedef bool (*tree_row_fn)(void *ctx, struct snmp_oid_view oid, const struct snmp_value *value);

struct tree {
    struct tree_oid root, last, to;
    struct tree_oid passed_after; /* of the first place passed over */
    enum tree_end end;
    bool bulk_allowed, bulk, itself; /* itself: nothing is below the root, is it an object? */
    unsigned repetitions, repetitions_most, full;
    unsigned passed, stuck; /* stuck: so many of them since the last object */
    size_t objects;
    int32_t error_status;
};

/* after: where to begin; the root itself, or an OID inside that was walked already. */
void tree_begin(struct tree *t, struct snmp_oid_view root, struct snmp_oid_view after, bool bulk);
/* Writes the next request. False when the walk is over: see end. */
bool tree_ask(struct tree *t, const struct snmp_agent *a, void *buffer, size_t capacity,
              struct snmp_written *out);
/* False: this does not answer what was asked, nothing was taken. */
bool tree_take(struct tree *t, const struct snmp_pdu *pdu, tree_row_fn row, void *ctx);
/* No answer came: true when there is less to ask for, which some agents answer. */
bool tree_ask_less(struct tree *t);

#endif
