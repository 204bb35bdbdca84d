/* Reading columns of a table from an agent that may be broken or hostile. Pure: it says what to ask next
 * and takes what was answered.
 *
 * Several columns go on side by side, each from its own last OID; with every request go the scalars the
 * caller wants beside the rows. It ends by itself: a column that leaves its subtree is done, one whose OIDs
 * do not rise is broken (what came before is kept), and rows, requests and bytes have ceilings. tooBig is
 * answered by asking less, genErr by leaving that column out. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_WALK_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_WALK_H

#include "collectors/protocol/snmp_agent.h"

#define SNMP_WALK_COLUMNS_MAX 16
#define SNMP_WALK_ROWS_MAX 4096
#define SNMP_WALK_REQUESTS_MAX 2048
#define SNMP_WALK_BYTES_MAX (2u << 20)

enum snmp_walk_end {
    SNMP_WALK_GOING,
    SNMP_WALK_DONE,       /* every column came to its end */
    SNMP_WALK_NOT_RISING, /* some column repeated or fell: see from and to */
    SNMP_WALK_CEILING     /* rows, requests or bytes */
};

enum snmp_column_state { SNMP_COLUMN_GOING, SNMP_COLUMN_ENDED, SNMP_COLUMN_BROKEN };

struct snmp_walk_column {
    struct snmp_oid root, last;
    enum snmp_column_state state;
    unsigned cells;
};

/* A cell: column as given to start, index is what follows its root; value points into the datagram. */
typedef void (*snmp_cell_fn)(void *ctx, unsigned column, struct snmp_oid_view index,
                             const struct snmp_value *value);

struct snmp_walk {
    struct snmp_walk_column columns[SNMP_WALK_COLUMNS_MAX];
    unsigned column_count;
    unsigned at_once;            /* columns per request */
    unsigned repetitions;
    unsigned asked[SNMP_WALK_COLUMNS_MAX], asked_count; /* columns of the request under way */
    unsigned rows_max, requests; /* ceiling, and what was used */
    size_t bytes;
    bool bulk;
    enum snmp_walk_end end;
    struct snmp_oid from, to;    /* the first pair that did not rise */
};

void snmp_walk_start(struct snmp_walk *w, const struct snmp_oid_view *roots, unsigned count,
                     const struct snmp_agent *a);
/* Writes the next request. False when the walk is over: see end. */
bool snmp_walk_ask(struct snmp_walk *w, const struct snmp_agent *a, void *buffer, size_t capacity,
                   struct snmp_written *out);
/* False: this does not answer what was asked, nothing was taken. Lowers a->repetitions on tooBig. */
bool snmp_walk_take(struct snmp_walk *w, struct snmp_agent *a, const struct snmp_pdu *pdu,
                    snmp_cell_fn cell, void *ctx);

#endif
