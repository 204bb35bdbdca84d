/* What one round of a check found. A collector makes it, the engine judges it. */
#ifndef HAYLOFT_MODEL_REPORT_H
#define HAYLOFT_MODEL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"
#include "poller/model/guest.h"
#include "poller/model/reading.h"
#include "poller/model/wiring.h"
#include "poller/model/words.h"

/* What kind of round was asked for. */
enum round_kind {
    ROUND_REGULAR, /* the one every interval; only these enter the series */
    ROUND_CONFIRM, /* after a first loss: ends at the first answer, or when enough in a row were lost */
    ROUND_RECOVER, /* after the first answer of a failing check */
    ROUND_ASK,     /* a fact is wanted at once: the cheapest complete answer */
    ROUND_TABLES,  /* what is read seldom, beside the other rounds; only checks that have such get it */
    ROUND_ALL_TABLES /* the same, and none is spared because it was empty before */
};

enum outcome {
    OUTCOME_ANSWERED,  /* the thing asked answered and is well */
    OUTCOME_WRONG,     /* it answered, and the answer says it is not well (see reason) */
    OUTCOME_SILENT,    /* nothing came back */
    OUTCOME_OWN_FAULT, /* we could not ask: never the device's fault */
    OUTCOME_CANCELLED
};

enum value_unit { UNIT_NONE, UNIT_SECONDS, UNIT_RATIO, UNIT_OCTETS_PER_S, UNIT_PER_S, UNIT_BIT_PER_S,
                  UNIT_DBM, UNIT_CELSIUS, UNIT_VOLT, UNIT_STATE, UNIT_DAYS, UNIT_PERCENT, UNIT_DB,
                  UNIT_AMPERE, UNIT_WATT, UNIT_HERTZ, UNIT_MEGAHERTZ, UNIT_MINUTES, UNIT_KILOMETRES,
                  UNIT_RPM };
extern const char *const value_unit_words[]; /* "" s "" B/s /s bit/s dBm ... */

/* Which archives and data sources an object's file has: graphs/layout knows each. */
enum layout { LAYOUT_PING, LAYOUT_PORT, LAYOUT_TIMES, LAYOUT_READINGS, LAYOUT_STEPS };
extern const char *const layout_words[]; /* ping port times readings steps */

/* One data source of an object at the report's time. NaN: unknown. */
struct measure {
    const char *source; /* data source name, at most 19 characters [a-zA-Z0-9_] (RRDtool) */
    double value;
    enum value_unit unit;
};

/* All data sources of one object at one time: they are written together. */
struct object_measures {
    const char *object; /* "ping", "if-eth0", ... unique within the node */
    enum layout layout;
    struct measure *measures;
    size_t measure_count;
    bool has_at;        /* the agent's own moment (sysUpTime based), else when the round ended */
    struct mono at;     /* no wall time: that is known to the engine only */
};

/* Something learned that rules, pages or later rounds use: keyed text. Facts of one node replace each
 * other by (name, subject). Names are listed in poller/diagnose/fact.h. */
struct fact {
    const char *name;    /* "port.oper", "sys.uptime", "gateway.arp", ... */
    const char *subject; /* port name, neighbour, "" */
    const char *value;   /* "up", "down", "1000000000" ... */
};

struct report {
    uint32_t check, round;
    enum round_kind kind;
    enum outcome outcome;
    const char *reason;  /* a stable word: "timeout", "unreachable", "prohibited", "refused", ... or "" */
    const char *detail;  /* for people, may come from the network: hostile text; or NULL */
    struct mono started, ended; /* samples are of when it ended */
    int64_t busy_ns;     /* so long the device was busy answering (of what is not asked in each round, a part);
                            0: not told */
    uint32_t sent, lost; /* ping-like checks: echoes of this round */
    struct object_measures *objects;
    size_t object_count;
    struct fact *facts;
    size_t fact_count;
    struct reading *readings; /* all that the profiles tell, when has_readings */
    size_t reading_count;
    bool has_readings;
    const struct wiring *wiring; /* of a round for tables: what they say; NULL: they could not be read */
    const struct guest_result *guest; /* of a check that plays guest; NULL: it is none, or could not begin */
    bool tables_outdated;        /* its ports are others or have other numbers than before: they want reading */
    bool resolved_by_neighbour; /* silent to IP, but answered ARP/ND */
};

enum hint_kind {
    HINT_FIRST_LOSS,   /* an echo of a regular round timed out */
    HINT_FIRST_ANSWER, /* an echo was answered after silence */
    HINT_STEP          /* a step of a many-step check is done (see step, verdict, detail) */
};

struct hint {
    uint32_t check;
    enum hint_kind kind;
    struct mono at;
    const char *step, *detail;
    enum verdict verdict;
    int64_t took_ns;
};

#endif
