/* The ports of one device: who they are (by name, never by index), what their counters were, what their
 * rates are now. Pure: rows and readings come in, rates come out.
 *
 * A port is known by ifName, else ifDescr, else its MAC, else its number. Two ports that claim the same
 * name get their MAC or number appended, and the table says so. When the table is read anew (port_table_
 * inherit) counters follow the name; a port whose index or MAC changed starts a new interval. */
#ifndef HAYLOFT_COLLECTORS_SNMP_PORT_H
#define HAYLOFT_COLLECTORS_SNMP_PORT_H

#include "collectors/snmp/counter_row.h"
#include "collectors/snmp/if_mib.h"
#include "poller/base/addr.h"

#define PORTS_MAX 1024     /* of one device; more are counted and left out */
#define PORT_NAME_MAX 64   /* bytes, with what makes it unique; file names are made of it */
#define PORT_TEXT_MAX 255
#define PORT_OBJECT "if-"

enum port_rate {
    PORT_IN_OCTETS,
    PORT_OUT_OCTETS,
    PORT_IN_ERRORS,
    PORT_OUT_ERRORS,
    PORT_IN_DISCARDS,
    PORT_OUT_DISCARDS,
    PORT_IN_PACKETS,
    PORT_OUT_PACKETS,
    PORT_RATES
};

struct port_rates {
    float of[PORT_RATES]; /* per second; NaN: unknown */
};

struct port {
    char *name;          /* key: unique in its table, UTF-8 without controls; see port_object, port_alias */
    uint64_t speed_bps;  /* 0: unknown */
    struct mono heard;   /* when it was read last; ns 0: never */
    uint32_t ticks;      /* the agent's sysUpTime then */
    uint32_t index;
    struct counter_row counters;
    struct mac mac;
    uint32_t present;    /* IF_BITs of columns the agent has for it */
    uint32_t discontinuity;
    uint16_t type;       /* above all that there are: 0 */
    uint16_t round;      /* of the table, when it was read last */
    uint8_t admin, oper;
    uint8_t over_speed;  /* rounds in a row above the speed it claims */
    bool typed : 1;      /* the agent has a type for it */
    bool alive : 1;      /* was up or moved something: deserves series */
    bool restart : 1;    /* the next reading starts its counters anew */
};

struct port_table {
    struct port *ports; /* by rising index */
    size_t count, capacity;
    char *texts;        /* names and aliases of all ports; NULL until it is settled: each port has its own */
    uint32_t *indexes;  /* of all ports once more: what a round asks is written without looking at ports. NULL too */
    uint16_t round;     /* which they are read in now; counts from 1, and starts anew when the table is read anew */
    uint32_t *refused;  /* by port: columns the agent answered with an error, not asked again. NULL: none, as mostly */
    size_t left_out;    /* over PORTS_MAX */
    unsigned doubled;   /* ports whose name another one had too */
    bool learned;       /* every port's `present` is known */
};

struct port_table *port_table_create(void);
void port_table_destroy(struct port_table *t); /* NULL is fine */

/* A cell of the static columns, in any order. Wrong types are left out. False: no memory. */
bool port_table_cell(struct port_table *t, enum if_static column, struct snmp_oid_view index,
                     const struct snmp_value *v);
/* After the last cell: chooses names, sorts. */
bool port_table_settle(struct port_table *t);
/* Takes over counters from the table read before, by name. True when ports came, went or moved. */
bool port_table_inherit(struct port_table *t, struct port_table *old);
const struct port *port_table_find(const struct port_table *t, const char *name);

/* One answer's values for one port. */
struct port_reading {
    uint32_t have;    /* IF_BITs with a usable value */
    uint32_t narrow;  /* those that came as Counter32 */
    uint64_t value[IF_POLLED_COUNT]; /* of the counters, 0 where there is none */
    uint32_t ticks;   /* sysUpTime beside them */
    struct mono at;
};

/* Several ports of one answer were read at one moment, and mostly at one moment before: what passed between the two
 * is worked out once. */
struct port_interval {
    struct agent_clock before, after;
    struct agent_step step;
};

/* interval: empty for the first port of an answer, for the next ones as it was left. */
void port_take(struct port *p, const struct port_reading *r, struct port_interval *interval, struct port_rates *rates);
static inline uint32_t port_refused(const struct port_table *t, size_t port)
{
    return t->refused ? t->refused[port] : 0;
}
bool port_refuse(struct port_table *t, size_t port, enum if_polled column); /* false: no memory */
/* The columns to ask next: all that may exist while it is being learned, then the best form of each. */
uint32_t port_columns(const struct port *p, uint32_t refused, bool learned, uint32_t candidates);
static inline struct agent_clock port_clock(const struct port *p)
{
    return (struct agent_clock){p->heard, p->ticks, p->heard.ns != 0};
}
/* Bit/s; 0: unknown, or its counters proved that the claim is false. */
uint64_t port_speed(const struct port *p);
static inline const char *port_alias(const struct port *p) /* stands behind its name; "": none */
{
    return p->name + strlen(p->name) + 1;
}
static inline uint32_t port_index(const struct port_table *t, size_t port)
{
    return t->indexes ? t->indexes[port] : t->ports[port].index;
}
static inline bool port_is_read(const struct port_table *t, const struct port *p) /* in the round under way */
{
    return t->round && p->round == t->round;
}
/* Deserves an object of its own? */
bool port_counted(const struct port *p);
/* What that is called: "if-" and its name, which stand so in the texts of a settled table. */
static inline const char *port_object(const struct port *p)
{
    return p->name - (sizeof PORT_OBJECT - 1);
}

/* Text from the network made fit for showing: UTF-8, controls and direction marks replaced, trailing NUL
 * and blanks cut, at most `most` bytes. Returns out (of most + 1 bytes). */
char *port_text(const void *bytes, size_t len, size_t most, char *out);

#endif
