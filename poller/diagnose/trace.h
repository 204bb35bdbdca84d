/* Where do a guest's frames stop? From where the addresses of a probe stand in the forwarding tables of the boxes,
 * along the way from our plug to the router and to each box that serves guests: a DISCOVER floods, so each of those
 * ways is judged. What is named is a box where the VLAN tables decide, else the shortest stretch between two that
 * speak, with everything that may be at fault in it; its ends are a part of it. */
#ifndef HAYLOFT_DIAGNOSE_TRACE_H
#define HAYLOFT_DIAGNOSE_TRACE_H

#include "poller/diagnose/audit.h"
#include "poller/diagnose/rule.h"
#include "poller/diagnose/trace_mark.h"

enum trace_symptom {
    TRACE_WELL,     /* guests come through to the router */
    TRACE_SILENCE,  /* nobody answers them */
    TRACE_STRIPPED, /* the answer came without its tag */
    TRACE_MOVED,    /* the answer came on another VLAN, or from whom nobody expects there */
    TRACE_GIANTS    /* short frames come through, full ones do not */
};

enum trace_answer { TRACE_NOT_ASKED, TRACE_ANSWERS, TRACE_SILENT };

struct trace_question {
    const struct network_view *network;
    enum trace_symptom symptom;
    bool untagged;           /* played without a tag, on an access port */
    struct mac probe;        /* address the guest had; the control's is in the look */
    enum trace_answer gateway; /* does the guests' gateway answer their ARP on this VLAN? */
};

enum trace_part { TRACE_PART_UNKNOWN, TRACE_PART_OK, TRACE_PART_BROKEN };
extern const char *const trace_part_words[]; /* unknown ok broken */

struct trace_hop {
    struct way_hop at;
    enum trace_part part;
    struct trace_sight probe, gateway; /* where each is heard */
};

struct trace_way {
    uint32_t to;             /* box */
    const char *site;
    const struct trace_hop *hops;
    size_t hop_count;
    enum trace_part part;    /* ok: heard at its end, or crossed by the probe itself */
    bool doubtful;           /* an edge of it may be another one */
};

enum trace_why {
    TRACE_WHY_SETTINGS,      /* its VLAN tables do not let it pass */
    TRACE_WHY_MUTE,          /* it tells nothing */
    TRACE_WHY_MAYBE,         /* it tells nothing, and may stand elsewhere */
    TRACE_WHY_NO_VLANS,      /* it hears, but tells of no VLANs, or not about these ports */
    TRACE_WHY_SET_RIGHT      /* its tables let it pass */
};
extern const char *const trace_why_words[];

struct trace_suspect {
    uint32_t box;
    enum trace_why why;
};

struct trace_stretch {
    bool found;
    bool back;               /* on the way of the answers */
    uint32_t from, to;       /* boxes, or BOX_OWN: our own plug; in the direction of the probe */
    struct plug from_port, to_port;
    const struct trace_suspect *suspects; /* the likeliest first; ends included */
    size_t suspect_count;
    bool decided;            /* by settings: the first suspect, for that: */
    enum audit_fault fault;
    struct audit_port port;  /* to set */
};

enum trace_reach {
    TRACE_REACH_UNKNOWN,
    TRACE_REACH_CROSSED,     /* the probe itself went through there */
    TRACE_REACH_HEARD,       /* a box there has heard it */
    TRACE_REACH_BROKEN
};

struct trace_site {
    const char *site;
    enum trace_reach reach;
    uint32_t box;            /* that has heard it; BOX_NONE */
};

#define TRACE_EVIDENCE_MAX 10

struct trace {
    enum cause_kind kind;    /* CAUSE_NONE: tables name nothing */
    enum confidence confidence; /* possible: another cause fits as well */
    struct trace_stretch stretch;
    const char *site;        /* only guests there; NULL: all of them */
    struct translation translation; /* of mac-translating */
    const struct trace_way *ways; /* to the router first, then to each box that serves */
    size_t way_count;
    const struct trace_site *sites;
    size_t site_count;
    struct finding_evidence evidence[TRACE_EVIDENCE_MAX];
    size_t evidence_count;
    struct mono again;       /* tables read then say more; MONO_NEVER: they will not */
    bool once;               /* some table lacks the guest, and another reading would prove it */
};

/* False: no memory. */
bool trace_network(const struct trace_look *l, const struct trace_question *q, struct arena *arena, struct trace *out);

/* "between port 5 of lan-switch and barn-node: bridge-house or bridge-barn". Returns out. */
const char *trace_stretch_text(const struct topology *t, const struct trace_stretch *s, char *out, size_t size);

#endif
