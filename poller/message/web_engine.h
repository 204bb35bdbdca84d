/* web or command line <-> engine: what is now, and what people ask for. After WE_SUBSCRIBE the engine
 * sends everything once, EW_SNAPSHOT_END, then each change. The command line reaches the engine by the
 * listening socket <state>/control/engine, which speaks the same. */
#ifndef HAYLOFT_MESSAGE_WEB_ENGINE_H
#define HAYLOFT_MESSAGE_WEB_ENGINE_H

#include "poller/base/addr.h"
#include "poller/model/incident.h"
#include "poller/model/report.h"

enum web_to_engine {
    WE_SUBSCRIBE = 1, /* no payload */
    WE_DETAIL,        /* one node with its ports and latest values; answered by EW_DETAIL */
    WE_ACK,
    WE_PROBE,         /* run a node's or network's checks now */
    WE_RELOAD,        /* the whole way through parent and configuration */
    WE_SEND_TEST,     /* a test message to a receiver */
    WE_TABLES,        /* how a node is wired; answered by EW_TABLES, in pieces */
};

enum engine_to_web {
    EW_STATUS = 1, /* also each time it changes */
    EW_NODE,
    EW_NODE_GONE,
    EW_LINK,
    EW_NETWORK,
    EW_SEEN,         /* a device seen, not watched */
    EW_INCIDENT,     /* an incident was opened, changed or resolved: read it from the database */
    EW_SNAPSHOT_END,
    EW_DETAIL,
    EW_RESULT,       /* answers a command */
    EW_PROBE_STEP,
    EW_SEEN_GONE,    /* by address and MAC: watched now, or not heard for long */
    EW_TABLES,       /* a piece of a packed ew_tables, see pieces.h */
    EW_NETWORK_GONE, /* by name */
    EW_VANTAGE,      /* another place that reports to us */
};

struct ew_status {
    char *site;             /* title */
    char *version;
    uint64_t generation;
    struct wall started, now;
    uint32_t nodes_up, nodes_total, open_incidents;
    enum verdict verdict;   /* of everything */
    enum verdict internet;
    char *internet_reason;
    bool restoring;         /* store has not answered yet */
    uint64_t slow_rounds;   /* loop rounds over 5 ms */
    uint64_t queue_bytes, queue_dropped;
    uint64_t echoes_sent, snmp_requests, samples;
    uint32_t checks;
    struct wall last_durable;
    char **own_faults;      /* sentences */
    size_t own_faults_count;
    bool clock_unset;       /* the system's clock is not believed: times are guesses */
    uint64_t samples_skipped; /* not later than what their file holds */
    uint64_t seen_left_out; /* devices heard for which the list of seen ones has no room */
};
extern const struct record ew_status_record;

struct view_check {
    char *kind, *label;
    enum verdict verdict;
    char *reason;
    struct wall last_round;
    int64_t interval_ns, configured_ns; /* between rounds: now, and as configured */
    int64_t takes_ns;                   /* its answers in a round, on average; 0: not known */
};

struct ew_node {
    char *name;
    struct addr address;
    char *hostname;     /* when configured by name */
    enum node_class class;
    char *site;
    enum node_state state;
    struct wall since;
    char *reason, *behind;
    char *parent;       /* nearest thing it hangs on, NULL at the top */
    char *role;         /* "router", "switch", "radio", "internet", "" */
    double rtt_s, loss; /* latest ping round; NaN unknown */
    struct view_check *checks;
    size_t checks_count;
};
extern const struct record ew_node_record;

struct ew_name {
    char *name;
};
extern const struct record ew_name_record; /* NODE_GONE, NETWORK_GONE, INCIDENT */

struct ew_link {
    char *name, *kind;  /* wire or bridge */
    char *a, *b;
    enum verdict verdict;
    char *reason;
};
extern const struct record ew_link_record;

struct site_verdict {
    char *site;
    enum verdict verdict;
    char *proved_by;    /* or why unknown */
};

/* One VLAN of a network as it is now. */
struct view_vlan {
    int64_t vid;        /* GUEST_UNTAGGED: no tag */
    enum verdict verdict;
    char *reason;       /* stable word, "" */
    char *detail;       /* for people; hostile text */
    bool armed;         /* it reaches our port */
    struct wall at;     /* it was probed last; ns 0: never */
    char *object;       /* its series: "guest-501"; NULL: none */
};

/* A step of the last probe of a VLAN; only those that were done. */
struct view_network_step {
    int64_t vid;
    char *step;         /* guest_step_words */
    enum verdict verdict;
    char *reason, *detail;
    int64_t took_ns;
};

/* A box on the way of a network, from our port to the router and on to each site. */
struct view_hop {
    char *node;         /* or the stretch where nobody tells: "bridge-house or bridge-barn" */
    char *in, *out;     /* its ports, toward the router and away from it; NULL: not known */
    char *site;         /* it stands at, or NULL */
    enum verdict verdict;
    char *detail;       /* what it says, or why nothing is known */
};

struct ew_network {
    char *name;
    int64_t *vlans;
    size_t vlans_count;
    enum verdict verdict;
    char *sentence;
    struct site_verdict *sites;
    size_t sites_count;
    char *kind;         /* guest, or lan: where this machine stands, and only strangers are looked for */
    struct view_vlan *states; /* one per VLAN */
    size_t states_count;
    struct view_network_step *steps;
    size_t steps_count;
    struct view_hop *hops;
    size_t hops_count;
    struct wall at;     /* it was probed last; ns 0: never */
};
extern const struct record ew_network_record;

/* A node as a vantage sees it. */
struct view_sight {
    char *node;
    enum node_state state;
    struct wall since;
};

struct ew_vantage {
    char *name, *site;
    bool reports;       /* since the engine runs; else the rest but heard is not known */
    bool missed;        /* it should have reported by now, and nothing explains why it did not */
    struct wall heard;  /* its latest report; ns 0: none ever came */
    int64_t skew_ns;    /* its clock less ours */
    bool clock_set;     /* which it believes */
    bool whole;         /* nothing of it waits to be told */
    struct wall behind; /* oldest measurement we have not got; ns 0: we have all */
    struct wall started;
    int64_t every_ns;
    struct view_sight *nodes;
    size_t nodes_count;
};
extern const struct record ew_vantage_record;

struct ew_seen {
    struct addr address;
    struct mac mac;
    char *name, *vendor, *class;
    struct wall first, last;
};
extern const struct record ew_seen_record; /* SEEN, SEEN_GONE */

struct view_port {
    uint32_t index;
    char *name, *alias;
    uint32_t type;       /* IANAifType */
    uint64_t speed_bps;
    char *admin, *oper;  /* up down testing ... */
    double in_bps, out_bps;       /* latest rates, bit/s; NaN unknown */
    double in_errors, out_errors; /* per second */
};

struct view_series {
    char *vantage, *object, *name, *unit;
    double value;
    struct wall at;
};

/* As in struct reading, and how it is judged. */
struct view_reading {
    char *meaning, *class_, *label, *index, *unit;
    char *mac;                    /* NULL: it tells of nobody else */
    char *state, *level;          /* state NULL: value says it; level: reading_level_words, confirmed */
    double value;                 /* NaN without state: unavailable */
    double warn_low, bad_low, warn_high, bad_high; /* NaN: no such limit */
    struct wall at, since;        /* last told; of the level */
};

/* How a vantage sees it: the state is its own judgement. */
struct view_elsewhere {
    char *vantage;
    enum node_state state;
    struct wall since, heard; /* heard: when it said so last */
};

struct ew_detail {
    struct ew_node node;
    char *description, *location; /* sysDescr, sysLocation */
    int64_t uptime_ns;            /* -1 unknown */
    struct view_port *ports;
    size_t ports_count;
    struct view_series *series;
    size_t series_count;
    struct view_reading *readings;
    size_t readings_count;
    bool found;
    uint32_t request;             /* of the WE_DETAIL this answers */
    struct view_elsewhere *elsewhere;
    size_t elsewhere_count;
};
extern const struct record ew_detail_record;

struct view_owner {
    struct mac mac;
    char *node;
};

/* The wiring tables of a node as they were read last. */
struct ew_tables {
    struct wiring wiring;
    struct wall *at;    /* when each list was, in order of enum wiring_list; ns 0: never. None: no list was */
    size_t at_count;    /* WIRING_LISTS or 0 */
    char **neighbour_nodes; /* which node of ours each neighbour is; NULL: none */
    size_t neighbour_nodes_count;
    struct view_owner *owners; /* of the addresses in them that are known, by rising MAC */
    size_t owners_count;
    bool found;         /* there is such a node */
};
extern const struct record ew_tables_record; /* longer than a message may be */

struct ew_piece {
    uint32_t request;   /* of the question it answers */
    uint32_t total;     /* bytes of the whole */
    uint32_t offset;    /* where this piece begins; they come in order */
    struct bytes bytes;
};
extern const struct record ew_piece_record; /* TABLES */

struct we_ack {
    uint32_t request;
    char *incident, *by;
};
extern const struct record we_ack_record;

struct we_name {
    uint32_t request;
    char *name;     /* node for DETAIL, TABLES and PROBE, receiver for SEND_TEST, unused for RELOAD */
};
extern const struct record we_name_record; /* DETAIL, TABLES, PROBE, RELOAD, SEND_TEST */

struct ew_result {
    uint32_t request;
    bool ok;
    char *text;     /* what happened, or why not: may be many lines (reload) */
};
extern const struct record ew_result_record;

struct ew_probe_step {
    uint32_t request;
    char *step, *detail;
    enum verdict verdict;
    int64_t took_ns;
    char *vlan;         /* of a network: "501", "" without a tag; NULL: of a node */
};
extern const struct record ew_probe_step_record;

#endif
