/* The engine as a step function: values and the time go in, outputs come out; it owns no loop, no socket
 * and no clock, so a year is a for loop.
 *
 *   configuration --> rounds spread over their interval (schedule, round)
 *   reports, hints --> verdicts (judge) --> who is silent, behind what (conclude)
 *                  --> incidents (incidents, damping) --> messages (notify) --> commits
 *
 * Nothing is committed before store has told what it knows (INPUT_RESTORED, last part). */
#ifndef HAYLOFT_ENGINE_ENGINE_H
#define HAYLOFT_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/netinfo.h"
#include "poller/config/config.h"
#include "poller/message/engine_store.h"
#include "poller/message/web_engine.h"
#include "poller/model/report.h"

struct engine;

#define TROUBLE_PING "ping" /* what: this process may not ping */
#define TROUBLE_VANTAGE "vantage " /* with its name: it does not report, though its place answers */

enum input_kind {
    INPUT_TICK,      /* engine_due has come */
    INPUT_CONFIG,    /* stays readable until the next one was taken */
    INPUT_REPORT,
    INPUT_HINT,
    INPUT_RESTORED,
    INPUT_DELIVERY,  /* the fate of a message */
    INPUT_TROUBLE,   /* an own fault of store, or a role that crashes again and again; or its end */
    INPUT_OWN_FACT,  /* about this machine: own.carrier */
    INPUT_ACK,
    INPUT_PROBE,     /* a person asks for a node's checks now */
    INPUT_SEND_TEST, /* a test message to a receiver */
    INPUT_RESUMED,   /* the machine slept or we were starved: what was silent meanwhile proves nothing */
    INPUT_WATCHERS,  /* is somebody looking? only then SHOW outputs are made */
    INPUT_HEARD,     /* whom our kernel knows on its links */
    INPUT_VANTAGE,   /* another place reports, or what is stored of it */
};

struct own_fact {
    const char *name, *subject, *value;
};

struct heard_addresses {
    const struct netinfo_heard *list;
    size_t count;
};

struct input {
    enum input_kind kind;
    union {
        const struct config *config;
        const struct report *report;
        const struct hint *hint;
        const struct se_restored *restored;
        const struct se_delivery *delivery;
        const struct se_trouble *trouble;
        const struct own_fact *own_fact;
        const struct se_vantage *vantage;
        const struct we_ack *ack;
        const struct we_name *name; /* PROBE, SEND_TEST */
        bool watched;               /* WATCHERS */
        const struct heard_addresses *heard;
    };
};

/* A series-bearing object of a node with its latest values. Owned by the engine. */
struct object {
    uint32_t id;          /* dense, never used again for another object */
    const char *node, *name;
    enum layout layout;
    int64_t step_ns;
    bool alive;           /* had a value besides loss: worth a file */
    size_t source_count;
    char **sources;
    enum value_unit *units;
    double *values;
    struct mono at;
    struct mono from;     /* asked less often than step_ns: the values are of the time since then; ns 0: of a step */
};

enum output_kind {
    OUTPUT_ADOPT,       /* a check is new or has new settings */
    OUTPUT_DROP,
    OUTPUT_PACE,        /* a check is asked less often, or as configured again; behind its adoption */
    OUTPUT_START,
    OUTPUT_CANCEL,
    OUTPUT_COMMIT,
    OUTPUT_SAMPLE,
    OUTPUT_SHOW_STATUS,
    OUTPUT_SHOW_NODE,
    OUTPUT_NODE_GONE,
    OUTPUT_SHOW_NETWORK,
    OUTPUT_NETWORK_GONE,
    OUTPUT_SHOW_INCIDENT,
    OUTPUT_SHOW_VANTAGE,
    OUTPUT_RESULT,
    OUTPUT_PROBE_STEP,
    OUTPUT_KEEP,        /* to be told again after a restart */
    OUTPUT_RESTAMP,     /* what was stamped by a wrong clock; the commit beside it says so to store */
};

/* What an output points to lives until the outputs are cleared, except for OUTPUT_ADOPT (the
 * configuration) and OUTPUT_SAMPLE (the engine, until the next take). */
struct output {
    enum output_kind kind;
    union {
        struct {
            uint32_t check;
            const char *name;                        /* of what it asks; lives until the next take */
            const struct config_node *node;          /* NULL: it is no device */
            const struct config_check *check_config; /* NULL for the Internet's */
        } adopt;
        struct {
            uint32_t check, round;
            enum round_kind kind;
            struct mono deadline;
        } round;                              /* START CANCEL DROP */
        struct {
            uint32_t check;
            unsigned slower;                         /* so many times less often than configured; 1: not */
        } pace;
        struct es_commit commit;              /* sequence is the link's to give */
        const struct object *sample;
        const char *name;                     /* SHOW_* but SHOW_STATUS, NODE_GONE NETWORK_GONE */
        struct ew_result result;
        struct ew_probe_step step;
        struct {
            const char *key, *value; /* NULL: no more */
        } keep;
        struct restamp restamp;
    };
};

struct outputs {
    struct output *items;
    size_t count, capacity;
    struct arena *arena; /* made when first needed */
};

void outputs_clear(struct outputs *o);
void outputs_fini(struct outputs *o);

struct engine_setup {
    const char *origin;      /* first part of incident ids where the configuration names no vantage */
    uint64_t seed;           /* of the random part */
    int64_t machine_age_ns;  /* since this machine booted */
    const char *boot;        /* tells this boot of the machine from others; NULL: not known */
    struct wall built;       /* a clock before that is wrong; ns 0: any is believed */
    field_resolver resolve;  /* describes check options, to see whether they changed; may be NULL */
};

struct engine *engine_create(const struct engine_setup *setup, struct instant now);
void engine_destroy(struct engine *e);
/* Appends outputs. Never fails: what cannot be done is counted, and shown as an own fault. now: as the
 * system's clocks say; the engine judges whether the wall clock can be right. */
void engine_take(struct engine *e, struct instant now, const struct input *in, struct outputs *out);
struct mono engine_due(const struct engine *e); /* take a TICK then */
/* The best known time, of the last step. Not settled: it is a guess, or store has not told yet what it
 * must not be before; samples wait until it is. */
struct instant engine_now(const struct engine *e, bool *settled);
bool engine_clock_is_set(const struct engine *e); /* the system's clock is believed */

#endif
