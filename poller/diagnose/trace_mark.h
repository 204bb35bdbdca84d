/* Did the frames of a probe come by a box? By its forwarding table, read twice while the probe repeats.
 *
 * That an address is in a table proves little when it may stand there from before the fault: tables forget after
 * minutes. That it is not there proves something only when the control's address, sent untagged from the same plug
 * at the same time, is there, in both readings, half a minute apart, and the table was read to its end. */
#ifndef HAYLOFT_DIAGNOSE_TRACE_MARK_H
#define HAYLOFT_DIAGNOSE_TRACE_MARK_H

#include "poller/diagnose/topology.h"

#define TRACE_APART_S 30        /* between the two readings, at least */
#define TRACE_REPEATS_S 120     /* the probe sent something so lately before the second */
#define TRACE_AGEING_S 300      /* of a table that does not tell (IEEE 802.1D, default) */
#define TRACE_AGEING_SLACK_S 30 /* agents show a copy of their table, and look through it in turns */

enum trace_mark {
    TRACE_UNKNOWN,
    TRACE_HEARD,     /* on the right VLAN */
    TRACE_SOMEHOW,   /* heard, on a VLAN the table does not tell */
    TRACE_ELSEWHERE, /* on another VLAN alone */
    TRACE_ABSENT
};
extern const char *const trace_mark_words[];

enum trace_doubt {  /* why it is unknown */
    TRACE_NO_DOUBT,
    TRACE_MUTE,     /* it tells no forwarding table, or none that is young enough */
    TRACE_EARLY,    /* it was not read since the probe began */
    TRACE_ONCE,     /* not in it, but only in one reading so far, or long after the probe */
    TRACE_NO_CONTROL, /* the control is not in it either */
    TRACE_CUT,      /* longer than what was read */
    TRACE_LEFT_OVER, /* it may stand there from before the fault */
    TRACE_MOVES     /* on two VLANs at one port */
};
extern const char *const trace_doubt_words[];

struct trace_look {
    const struct topology *topology;     /* made of the second readings */
    const struct wiring *const *first;   /* per node of the scene; NULL: it told nothing then */
    struct mac control;
    struct mono began, sent;             /* the first and the last frame of the probe since it fails */
    struct mono well;                    /* when guests came through last; ns 0: never */
    bool stripped;                       /* the probe was answered without its tag, or on another VLAN */
};

struct trace_sight {
    enum trace_mark mark;
    enum trace_doubt doubt;
    uint32_t vid;        /* it is heard on; 0: not told */
    struct plug plug;
    struct mono at;      /* of the second reading; ns 0: none */
    struct mono clear;   /* with LEFT_OVER: what stands there then is no older than the fault */
};

/* vid 0: any is right. */
struct trace_sight trace_mark(const struct trace_look *l, uint32_t box, const struct mac *mac, uint32_t vid);
/* The same of who is on the main network anyway: on other VLANs it counts as absent. */
struct trace_sight trace_mark_alone(const struct trace_look *l, uint32_t box, const struct mac *mac, uint32_t vid);

#endif
