/* A rule turns what is silent or failing, and facts around it, into a cause. Each is a const struct in
 * one list (rule.c). It names the facts it would like and how old they may be; the engine asks for what
 * is older at once. The strongest finding wins; the others are "also possible". */
#ifndef HAYLOFT_DIAGNOSE_RULE_H
#define HAYLOFT_DIAGNOSE_RULE_H

#include "poller/diagnose/scene.h"
#include "poller/diagnose/vlan_finding.h"
#include "poller/model/guest_says.h"

enum suspect_kind {
    SUSPECT_SILENCE, /* node is silent and nothing it hangs on is; group: all silent ones with it */
    SUSPECT_ALL,     /* nothing answers: group is everything that was watched */
    SUSPECT_CHECK,   /* one check of a living node fails */
    SUSPECT_EXPIRY,  /* a certificate ends soon */
    SUSPECT_READING, /* a figure or state of a living node is bad */
    SUSPECT_OWN,     /* a fault of ours */
    SUSPECT_NETWORK, /* a network does not serve guests, does not keep them apart, or a stranger is in it */
};

struct bad_reading {
    const char *meaning, *class_, *label, *unit; /* as in struct reading */
    const char *state;       /* its word; NULL: value says it */
    double value, limit;     /* limit: NaN when none is known */
    bool below;              /* value is under the limit, not over it */
    struct mono at;
};

/* One VLAN of a network on which a matter fails. */
struct network_trouble {
    const char *network;
    int64_t vid;                       /* GUEST_UNTAGGED: no tag */
    struct guest_saying failure;
    const struct guest_result *result; /* the last one that says so; never NULL */
    bool control_was_well;             /* the untagged control was answered, ever */
    struct mono since, at;             /* it fails; that result is from */
};

struct network_suspect {
    const char *const *names;          /* of the networks that have it; the first one is what it is called by */
    size_t name_count;
    bool lan;                          /* the network this machine stands in */
    enum guest_matter matter;
    const struct network_trouble *troubles; /* by step; none: settings alone are wrong */
    size_t count;
    const struct vlan_finding *tables; /* what they say of its way; NULL: nothing */
    const char *stretch;               /* where frames may get lost as well, as far as it is known; NULL */
    int64_t vid;                       /* that they say it of */
};

struct suspect {
    enum suspect_kind kind;
    uint32_t node;           /* SCENE_NONE with OWN */
    const uint32_t *group;
    size_t group_count;
    const char *check_kind, *label; /* CHECK, EXPIRY */
    const char *reason;      /* stable word, or what of ours is at fault; never NULL */
    const char *detail;      /* for people, may be NULL */
    const struct bad_reading *reading; /* READING */
    const struct network_suspect *network; /* NETWORK */
};

#define ARGUMENT_VIDS "vids" /* of a network: on which VLANs, numbers; the engine wants it after a restart */

#define FINDING_ARGUMENTS_MAX 16
#define FINDING_EVIDENCE_MAX 12
#define FINDING_OTHERS_MAX 4
#define ARGUMENT_NAME_MAX 24
#define ARGUMENT_VALUE_MAX 256
#define EVIDENCE_FACT_MAX 240
#define EVIDENCE_SOURCE_MAX 96

struct finding_argument {
    char name[ARGUMENT_NAME_MAX], value[ARGUMENT_VALUE_MAX];
};

struct finding_evidence {
    char fact[EVIDENCE_FACT_MAX], source[EVIDENCE_SOURCE_MAX];
    struct mono at;
};

struct finding {
    enum cause_kind kind;
    int strength;            /* see the named grades below */
    enum confidence confidence;
    const char *variant;     /* of the sentence: "injector"; NULL: the plain one */
    uint32_t node;           /* SCENE_NONE: none */
    char port[ARGUMENT_VALUE_MAX];
    const struct scene_link *link;
    const char *site, *network;
    const char *behind;      /* everything in the group hangs behind this; NULL: node itself is down */
    struct finding_argument arguments[FINDING_ARGUMENTS_MAX];
    size_t argument_count;
    struct finding_evidence evidence[FINDING_EVIDENCE_MAX];
    size_t evidence_count;
    enum cause_kind others[FINDING_OTHERS_MAX];
    size_t other_count;
    int64_t again_ns;        /* time alone may change it: worth another look then; 0: it does not */
};

/* How much a finding explains. */
enum strength {
    STRENGTH_FALLBACK = 10, /* says only what is seen */
    STRENGTH_CHECK = 30,    /* one service, one agent */
    STRENGTH_DEVICE = 50,   /* a device of known role */
    STRENGTH_SITE = 60,     /* a whole place */
    STRENGTH_PHYSICAL = 70, /* a port or cable says so itself */
    STRENGTH_SELF = 90      /* it is us */
};

enum fact_place { FACT_OF_NODE, FACT_OF_PARENT, FACT_OF_INTERNET };

struct rule_need {
    enum fact_place place;
    const char *fact;
    int64_t max_age_ns;
};

struct rule {
    const char *name;
    const struct rule_need *needs; /* ends with fact NULL; the pointer may be NULL */
    /* False when it does not apply. *out is zeroed, node set to SCENE_NONE. */
    bool (*judge)(const struct scene *s, const struct suspect *x, struct finding *out);
};

extern const struct rule *const rules[]; /* ends with NULL */

/* For rules. Over their ceilings they do nothing. */
void finding_argument(struct finding *f, const char *name, const char *value);
void finding_evidence(struct finding *f, struct mono at, const char *source, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
