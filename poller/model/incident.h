/* One problem as a person sees it, as plain data with its description for messages. */
#ifndef HAYLOFT_MODEL_INCIDENT_H
#define HAYLOFT_MODEL_INCIDENT_H

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/words.h"

struct evidence {
    char *fact;   /* a sentence: "port 5 of lan-switch is down" */
    char *source; /* check or node it came from: "snmp lan-switch" */
    struct wall at;
};

/* A typed argument of the cause beyond the fixed ones, for sentences: {"port_state", "down"}. */
struct cause_argument {
    char *name, *value;
};

struct cause {
    enum cause_kind kind;
    enum confidence confidence;
    char *node, *port, *link, *network, *site; /* NULL where it does not apply */
    struct cause_argument *arguments;
    size_t arguments_count;
    char *sentence;    /* rendered from etc/texts at commit time */
    char *check_first; /* the first thing to touch */
};

struct other_cause {
    enum cause_kind kind;
    char *sentence;
};

struct timeline_entry {
    struct wall at;
    char *text;
};

struct incident {
    char *id;                 /* origin-time-random, sorts by time */
    struct wall opened;
    struct wall resolved;     /* ns 0: still open */
    struct wall acknowledged; /* ns 0: not */
    char *acknowledged_by;
    enum severity severity;
    struct cause cause;
    struct other_cause *also_possible;
    size_t also_possible_count;
    char **affected;          /* node names */
    size_t affected_count;
    struct evidence *evidence;
    size_t evidence_count;
    struct timeline_entry *timeline;
    size_t timeline_count;
    uint32_t revision;        /* grows with each change */
};

extern const struct record cause_record;
extern const struct record incident_record;

#endif
