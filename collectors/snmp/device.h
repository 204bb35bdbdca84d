/* One device asked by SNMP: which stage its round is in, what to ask next, what came of it.
 *
 *   identify  the system group, when the device is new, restarted, or not read for ten minutes
 *   walk      who the ports are (static columns), then too
 *   rows      counters and states of all ports, every round; several parts at once when the agent can
 *   recognise which profiles it has, when it is new or says it is another one
 *   columns   which cells its profiles' columns have, every ten minutes
 *   scalars   which of their scalars it has, then too
 *   cells     their values by name, in every other round
 *
 * What is read every ten minutes is read as much less often as the device is asked less often.
 *
 * A reboot or a moved table seen in any answer sends the round back to identify, once. Beside the regular
 * round a quick one may run (somebody wants a fact now): sysUpTime and ifOperStatus of all ports; before
 * any port is known the quick round is a whole one. A third kind reads the tables that show the wiring, one
 * question after the other, however long that takes: see device_wiring.c.
 * Every round ends in exactly one report: done, lost, cancelled or at its deadline. */
#ifndef HAYLOFT_COLLECTORS_SNMP_DEVICE_H
#define HAYLOFT_COLLECTORS_SNMP_DEVICE_H

#include "collectors/collector.h"
#include "collectors/protocol/snmp_client.h"
#include "collectors/protocol/snmp_secure.h"
#include "collectors/protocol/snmp_walk.h"
#include "collectors/snmp/figure.h"
#include "collectors/snmp/load.h"
#include "collectors/snmp/part.h"
#include "collectors/snmp/port.h"
#include "collectors/snmp/rates.h"
#include "collectors/snmp/recognise.h"
#include "collectors/snmp/wiring_tables.h"

enum snmp_option_version { OPTION_AUTO, OPTION_V1, OPTION_V2C, OPTION_V3 };
enum snmp_option_level { OPTION_LEVEL_AUTO, OPTION_NO_AUTH, OPTION_AUTH_NO_PRIV, OPTION_AUTH_PRIV };

struct snmp_options {
    char *community;
    enum snmp_option_version version;
    int64_t port;
    int64_t timeout_ns;
    int64_t retries;
    bool tell_loopback; /* as a port too; no key of the file: for people who look once */
    /* version 3 */
    char *user, *context; /* NULL: none */
    enum snmp_option_level level;
    enum snmp_auth auth;
    enum snmp_priv priv;
    char *auth_password, *priv_password;
};

/* The level asked for, or what the passwords allow. */
enum snmp_level snmp_options_level(const struct snmp_options *o);

enum device_stage { DEVICE_IDENTIFY, DEVICE_WALK, DEVICE_ROWS };

/* After the rows, or beside the last of them. */
enum figures_stage { FIGURES_RECOGNISE, FIGURES_COLUMNS, FIGURES_SCALARS, FIGURES_CELLS };

enum job_kind { JOB_IDENTIFY, JOB_WALK, JOB_ROWS, JOB_QUICK, JOB_RECOGNISE, JOB_COLUMNS, JOB_CELLS, JOB_TABLES };

struct device;

/* A question in flight, or about to be asked. A device has as many as it asks at one time while a round runs. */
struct job {
    struct job *next;
    struct device *device;
    struct snmp_request request;
    enum job_kind kind;
    union {
        struct part part;       /* JOB_ROWS, JOB_QUICK */
        struct cell_part cells; /* JOB_CELLS */
    };
};

struct device_round {
    struct mono started;
    struct mono deadline;            /* MONO_NEVER: none */
    struct snmp_agent_counts before; /* of the agent, when the round began */
    uint32_t number;
    uint32_t answered;               /* requests */
    uint16_t next_port;
    uint8_t kind;                    /* enum round_kind */
    bool running;
};

struct device_range {
    uint16_t first, count;
};

struct figure_walk {
    struct snmp_walk walk;
    uint16_t columns[SNMP_WALK_COLUMNS_MAX]; /* which they are in the table */
};

/* What the profiles want of a device, see device_figures.c. */
struct device_figures {
    enum figures_stage stage;
    uint32_t next_cell;
    struct catalogue *catalogue;     /* the collector's */
    struct cell_table *cells;        /* NULL: not read yet */
    struct cell_table *incoming;     /* being read, of the same columns */
    struct recognition *recognition; /* while it goes on */
    struct figure_walk *walk;        /* while a group of columns is walked */
    unsigned failures;               /* in a row, to read the tables */
    bool due;                        /* the tables are to be read in this round */
    bool incomplete;                 /* something was not answered in this round */
    char *known_as;                  /* sysDescr and sysObjectID when it was recognised; NULL: never */
    const struct profile *family;
    char *why;                       /* NULL: no family */
    struct figure_set set;
    size_t next_column;              /* to walk */
    unsigned cells_most;             /* at once, halved by tooBig */
    unsigned broken;                 /* groups of columns that go in circles or have no end */
};

/* While it is read how it is wired, see device_wiring.c. */
struct device_wiring {
    struct device_round round;  /* the first member */
    struct job job;
    struct timer *resume;
    struct wiring_draft *draft;
    struct snmp_walk *walk;     /* of the table under way */
    unsigned table;             /* which that is, or the next one */
    unsigned lost_in_row;       /* tables without an answer */
    const struct wiring *told;  /* for the report that is being made */
};

struct device_memory { /* as last written, see device_memory.c; window 0: never */
    uint8_t version;    /* enum snmp_version */
    uint8_t window, ports, repetitions;
    bool no_bulk;
    uint32_t rtt_us, spread_us;
};

struct engine_listener { /* told when the engine behind a device is known, or is another */
    void (*fn)(void *ctx, struct device *d);
    void *ctx;
};

/* Of version 3: device_secure.c. */
struct device_secure {
    struct snmp_secure *talk;
    struct snmp_engine engine;       /* as it was in the last answered round */
    bool engine_changed, clock_back; /* seen in this round */
    char *twin;                      /* another node with the same engine id; NULL: none known */
    bool worked;                     /* these credentials were good once */
    unsigned refusals;               /* in a row */
    struct mono tried, hold_until;   /* not asked before, so that the agent locks nobody out */
    int64_t hold_ns;                 /* so long that is */
};

#define DEVICE_LEFTOVERS_MAX 8
#define DEVICE_TEXT_MAX 255

struct device {
    /* what every round needs: it stands together, since thousands of devices share a cache */
    const struct env *env;
    struct snmp_client *client;
    struct device_means *means;
    uint32_t check;
    enum device_stage stage;
    struct snmp_agent agent;
    struct device_round regular;
    struct job *jobs;                /* of the regular round; up to as many as the window has */
    struct port_table *table;        /* NULL: never read */
    struct rates *rates;             /* of its ports, while the rows of a round are read; else NULL */
    struct device_secure *secure;    /* NULL: asked by another version */
    struct device_wiring *wiring;    /* NULL: it is not being read */
    struct job *quick_job;           /* from the first quick round on */
    struct snmp_walk *walk;          /* while walking */
    struct port_table *incoming;     /* being read */
    bool version_settled, auto_version, tell_loopback;
    bool identify_done, walking, moved, reread; /* of this round */
    bool rebooted;
    bool no_uptime;                  /* the agent has no sysUpTime: rates are over our own time */
    bool has_change;
    bool facts_due;                  /* say all of it in the next report */
    bool tables_outdated;            /* and that the ports are others than before */
    unsigned leftover_count;
    unsigned missed_ports;           /* of this round */
    unsigned wrong_types;
    uint32_t scalars;                /* bits of if_scalar still asked */
    uint32_t candidates;             /* columns worth asking while learning */
    uint32_t spared;                 /* columns its answers have no room for */
    uint32_t shared;                 /* columns all ports have when they are the same, else 0 */
    unsigned row_bytes;              /* of the largest row of these in an answer; 0: not known */
    unsigned part_ports_most;
    enum snmp_walk_end walk_end;
    unsigned slower;                 /* asked so many times less often; 1: not */
    int64_t interval_ns;             /* as configured */
    struct mono table_read;          /* when the round began that read it */
    struct agent_clock clock;        /* of the whole device */
    struct mono anchor;
    uint32_t anchor_ticks;           /* its clock beside ours */
    uint32_t change;                 /* ifTableLastChange of the table as we know it */
    struct device_memory memory;
    struct load load;
    int64_t busy_seen_ns;            /* the agent's, as far as it is in load */
    struct device_figures figures;

    /* what few need */
    struct device_round quick;
    struct device_range leftovers[DEVICE_LEFTOVERS_MAX];
    char *texts[IF_SCALAR_COUNT];    /* sysDescr and so on, fit for showing; NULL: none. All in one piece: */
    char *text_room;
    const char *wrong_type, *wanted_type;
    char *walk_trouble;              /* the OIDs that did not rise; NULL: all did */
    uint32_t tables_absent;          /* bits of its tables that were empty, and that do not fill by themselves */
    char node[];
};

/* What all devices of a collector share. */
struct device_means {
    const struct env *env;
    struct snmp_client *client;
    struct catalogue *catalogue; /* the device is one more user of it */
    struct arena *paper;         /* reports are made on it, one after the other; NULL until the first one */
    struct engine_listener listener;
    struct job *spare_jobs;      /* of rounds that are over */
    struct rates *spare_rates;   /* the same */
    struct part_sheet sheet;
    struct timer *watch;         /* one for the deadlines of all rounds: nearly none is ever reached */
    struct mono watch_at;        /* MONO_NEVER: it is not set */
    timer_fn on_watch;           /* by then the earliest deadline is reached, unless its round is over */
    void *watcher;
};

/* device_means.c */
void device_means_fini(struct device_means *m);                       /* ends the watch too */
void device_means_watch(struct device_means *m, struct mono deadline); /* sets it, if it is not set for earlier */
void device_means_watched(struct device_means *m);                    /* it rang */

struct device *device_create(struct device_means *m, const struct check_setting *s); /* m outlives it */
void device_destroy(struct device *d); /* NULL is fine; cancels without reports */
void device_start(struct device *d, uint32_t round, enum round_kind kind, struct mono deadline);
void device_cancel(struct device *d, uint32_t round);
void device_pace(struct device *d, unsigned slower); /* its tables are read as much less often as its rows */
struct mono device_deadline(const struct device *d); /* of its rounds the earliest; MONO_NEVER: none */
/* Ends a round that has reached its deadline. False: none has. Afterwards the device may be gone. */
bool device_expire(struct device *d, struct mono now);
/* Tells both when they have one engine id. */
void device_compare_engines(struct device *a, struct device *b);
void device_forget_twin(struct device *d, const char *node); /* that node is gone */

/* device_report.c: makes and hands over the report of a round that ends now. */
void device_report(struct device *d, struct device_round *r, enum outcome outcome,
                   const char *reason, const char *detail);
struct mono device_moment(struct device *d, uint32_t ticks, struct mono heard);

extern const struct collector snmp_collector;

#endif
