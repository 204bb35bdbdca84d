/* One request for the polled columns of some ports in a row, and its answer. Every part asks sysUpTime
 * beside the counters, so each answer has its own time base and parts may come in any order. Pure.
 *
 * Where all ports have the same columns a part is a GETBULK from the port before; else, and for version 1,
 * a GET of exactly the cells that exist. Either way each OID of the answer must be the expected one. */
#ifndef HAYLOFT_COLLECTORS_SNMP_PART_H
#define HAYLOFT_COLLECTORS_SNMP_PART_H

#include "collectors/protocol/snmp_agent.h"
#include "collectors/snmp/known_row.h"
#include "collectors/snmp/port.h"

#define PART_PORTS_MAX 40
#define PART_REQUEST_MAX 8192
#define PART_ANSWER_BYTES 1390 /* of an answer's bindings: one datagram of 1472 without fragments, with its wrapping */
#define PART_SECURE_BYTES 1310 /* ... and the wrapping of version 3 */

struct part {
    uint16_t first, count;  /* of the table's ports, at least one */
    bool bulk;
    bool with_change;       /* ask ifTableLastChange too */
    bool no_uptime;         /* the agent has none, and version 1 would answer nothing else beside it */
    bool learned;           /* see port_columns */
    uint32_t columns;       /* bulk: of every port; else: candidates, or the only ones wanted */
};

struct part_answer {
    bool has_ticks;
    uint32_t ticks;         /* sysUpTime; of our own clock when the agent has none */
    bool has_change;
    uint32_t change;        /* ifTableLastChange */
    unsigned ports;         /* how many of the part's ports were answered in full */
    unsigned wrong_types;   /* values of a type the column cannot have */
    const char *wrong_type; /* the last such */
    const char *wanted_type; /* what it should have been */
    struct port_reading readings[PART_PORTS_MAX];
};

enum part_fate {
    PART_TAKEN,  /* readings of the first `ports` ports are there; fewer than asked: ask the rest again */
    PART_MOVED,  /* rows are not where they were: the table must be read anew */
    PART_TROUBLE,/* the agent answered with an error: see the PDU */
    PART_WRONG   /* not an answer to this question */
};

/* How many ports of this table, from the first on, fit one answer with room for so many bytes of bindings. */
unsigned part_ports(const struct port_table *t, size_t first, bool learned, uint32_t candidates, unsigned room);
/* The same where all have the same columns, of which the largest row takes so many bytes. */
unsigned part_ports_alike(unsigned row, unsigned room);
unsigned part_largest_row(const struct port_table *t, uint32_t columns); /* with the numbers that were read last */

#define PART_SHEET_BYTES 512
#define PART_SHEET_REQUESTS 4 /* the first parts of a table, each where it stood before */

struct part_request {
    struct part part;
    struct row_index begin;
    enum snmp_version version;
    size_t len, id_offset;  /* len 0: none */
    size_t community_len;
    char community[SNMP_COMMUNITY_MAX];
    uint8_t bytes[PART_SHEET_BYTES];
};

/* What parts leave for the next ones, of whatever device: of most GETBULKs nothing differs, or no more than the port
 * they begin at, and rows of most answers look alike. Zeroed at first; holds a community: forget it at the end. */
struct part_sheet {
    struct known_row row;
    struct part_request requests[PART_SHEET_REQUESTS];
};

void part_sheet_forget(struct part_sheet *s);

/* *out is in the buffer or in the sheet, until either is used again. False: the buffer is too small. */
bool part_write(const struct part *p, const struct port_table *t, const struct snmp_agent *a, struct part_sheet *s,
                void *buffer, size_t capacity, struct snmp_written *out);
enum part_fate part_read(const struct part *p, const struct port_table *t, const struct snmp_pdu *pdu,
                         struct mono at, struct part_sheet *s, struct part_answer *out);
/* The port and column an error index names; false when it names none. */
bool part_blame(const struct part *p, const struct port_table *t, int32_t error_index, size_t *port,
                enum if_polled *column);

#endif
