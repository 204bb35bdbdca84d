/* engine <-> store. Records that must outlive a crash carry a sequence number within the engine's boot
 * id; store answers the highest one made durable, the engine keeps the rest and sends them again to a
 * store that comes back. A record seen twice is acknowledged and otherwise ignored. */
#ifndef HAYLOFT_MESSAGE_ENGINE_STORE_H
#define HAYLOFT_MESSAGE_ENGINE_STORE_H

#include "poller/base/cursor.h"
#include "poller/message/vantage.h"
#include "poller/model/incident.h"
#include "poller/model/report.h"

enum engine_to_store {
    ES_HELLO = 1,  /* boot id; asks for RESTORED */
    ES_OBJECT,     /* names an object id once per connection, before its first sample */
    ES_SAMPLES,    /* numbered */
    ES_COMMIT,     /* numbered: one SQLite transaction */
    ES_KEEP,       /* numbered: learned facts and counters, merged by key, written lazily */
    ES_CLOCK,      /* whether the system's clock is believed, also after each connection; see base/clock.h */
    ES_VIEW,       /* how everything is now, a vantage_view; the newest counts. Only where there is an upstream:
                      the first one of a boot begins a run */
};

enum store_to_engine {
    SE_RESTORED = 1, /* one part of what a restart needs; the last part says so */
    SE_DURABLE,      /* highest sequence number safe now */
    SE_DELIVERY,     /* a message's fate, for the incident's own view and undelivered alarms */
    SE_TROUBLE,      /* an own fault of store: full disk, read-only, damaged file; or its end */
    SE_VANTAGE,      /* what a vantage reported, or what is stored of it */
};

struct es_hello {
    char *boot_id;    /* random, made by the engine at its start */
    uint64_t sequence;/* the first number this engine will use */
};
extern const struct record es_hello_record;

struct es_object {
    uint32_t object;  /* id used in samples, dense, per connection */
    char *vantage, *node, *name; /* "here", node, object */
    enum layout layout;
    int64_t step_ns;
    char **sources;   /* data source names, in the order of the values */
    size_t sources_count;
    char **units;
    size_t units_count;
};
extern const struct record es_object_record;

/* rows: for each, u32 object, u64 wall ns, u16 count, then count reals as IEEE 754 bits (NaN: unknown),
 * all in network order. */
struct es_samples {
    uint64_t sequence;
    struct bytes rows;
};
extern const struct record es_samples_record;

struct sample_row {
    uint32_t object;
    int64_t at_ns;
    const uint8_t *values; /* count times 8 bytes, into what is read */
    uint16_t count;
};
bool sample_row_read(struct reader *in, struct sample_row *out); /* false: cut short */
double sample_row_value(const struct sample_row *r, size_t i);
bool sample_row_write(struct writer *out, const struct sample_row *r); /* false: no room */
#define SAMPLE_ROW_BYTES(count) (14 + 8 * (size_t)(count))

struct node_transition {
    char *node;
    enum node_state from, to;
    struct wall at;
    char *reason;   /* stable word or short text */
    char *behind;   /* with unreachable: what it hangs behind */
    char *incident; /* id or NULL */
};

/* Something that happened and is neither a state nor an incident: "rebooted", "power came back", ... */
struct plain_event {
    char *kind, *node, *text;
    struct wall at;
};

/* A message to be delivered. The document is made when it is handed out, from the incident then. */
struct outbox_entry {
    char *key;          /* stable: incident id, receiver, kind, number */
    char *incident;     /* NULL for tests and reports */
    char *receiver;
    enum message_kind kind;
    struct wall created;
    char *text;         /* body of reports and tests; NULL with an incident */
};

/* Times from `from` to `until` were a guess, because the clock was not set: the true ones are so much
 * later. ns 0: nothing to move. */
struct restamp {
    struct wall from, until;
    int64_t shift_ns;
};

struct es_commit {
    uint64_t sequence;
    struct wall at;
    struct restamp restamp;     /* of what is stored already; done before the rest of the record */
    struct node_transition *transitions;
    size_t transitions_count;
    struct incident *incidents; /* each replaces its row and details whole */
    size_t incidents_count;
    struct plain_event *events;
    size_t events_count;
    struct outbox_entry *outbox;
    size_t outbox_count;
    char **withdrawn;           /* outbox keys not to be sent after all (still unsent: dropped) */
    size_t withdrawn_count;
};
extern const struct record es_commit_record;

struct es_clock {
    bool set;       /* false: reckon from now on */
    struct mono mono;
    struct wall wall;
};
extern const struct record es_clock_record;

struct kept_item {
    char *node, *key; /* node may be "" */
    char *value;      /* NULL: forget */
};

struct es_keep {
    uint64_t sequence;
    struct kept_item *items;
    size_t items_count;
};
extern const struct record es_keep_record;

struct restored_node {
    char *node;
    enum node_state state;
    struct wall since;
    char *reason, *behind;
};

struct se_restored {
    bool last;
    struct restored_node *nodes;
    size_t nodes_count;
    struct incident *open;    /* whole: those open, and those resolved of which the last message does not say so */
    size_t open_count;
    struct outbox_entry *sent;/* what was queued or sent for them, so nothing is said twice */
    size_t sent_count;
    struct kept_item *kept;
    size_t kept_count;
    struct wall newest;       /* newest sample stored: the clock must not be before it */
    struct wall written;      /* newest time of anything, as far as it can be true: of a day after that */
};
extern const struct record se_restored_record;

struct se_durable {
    uint64_t sequence;
    uint64_t skipped; /* samples not stored so far, being not later than what their file holds */
};
extern const struct record se_durable_record;

struct se_delivery {
    char *key, *receiver;
    bool sent;      /* false: refused for good, or waiting (retry_at set) */
    uint32_t attempts;
    struct wall retry_at;
    char *error;
};
extern const struct record se_delivery_record;

struct se_trouble {
    char *what;   /* "disk-full", "read-only", "database", "rrd-file", "disk-low" */
    char *detail; /* file and errno text; empty detail: over */
    bool over;
};
extern const struct record se_trouble_record;

/* Of one report, or, after a hello, of what is stored: the same change may be told more than once. */
struct se_vantage {
    char *vantage;
    bool anew;          /* the first part of all that is stored: what was told before is void */
    bool reported;      /* it has just reported; else only of the past */
    struct wall heard;  /* when it reported last, by our clock; ns 0: never */
    int64_t skew_ns;    /* its clock less ours, then */
    bool clock_set;     /* its own */
    bool whole;         /* nothing that was decided there before waits to be told */
    struct wall behind; /* oldest sample we have not got; ns 0: we have all */
    int64_t every_ns;
    struct vantage_view *view; /* none or one */
    size_t view_count;
    struct vantage_run *runs;
    size_t runs_count;
    struct vantage_change *changes;
    size_t changes_count;
    struct vantage_lost *lost;
    size_t lost_count;
};
extern const struct record se_vantage_record;

#endif
