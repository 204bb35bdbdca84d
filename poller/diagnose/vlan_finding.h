/* What tables say of a network's way in the end, whoever looked: the audit of settings, or the trace of a guest's
 * address. Plain data for the rule that turns it into a cause; texts and lists live as long as the look they are of. */
#ifndef HAYLOFT_DIAGNOSE_VLAN_FINDING_H
#define HAYLOFT_DIAGNOSE_VLAN_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/model/words.h"

struct finding_evidence;
struct scene_link;

struct vlan_finding {
    enum cause_kind kind;    /* CAUSE_NONE: nothing wrong is seen */
    const char *variant;     /* of its sentence: "vlan-unknown", "untagged"; NULL: the plain one */
    enum confidence confidence;
    bool in_settings;        /* it stands in the settings of a box: no probe need fail for it */
    uint32_t node;           /* the box; SCENE_NONE: only a stretch is known */
    const char *port;        /* of it: "port5", "port5 and port8"; NULL: none in particular */
    const char *site;        /* only guests there lack it; NULL: all do */
    const char *stretch;     /* "between port 5 of lan-switch and barn-node: bridge-house or bridge-barn"; NULL: none */
    const char *fix;         /* what to do, after "In BOX, ": "add VLAN 501 to port5, tagged"; NULL: not known */
    const struct scene_link *link; /* of mac-translating; or NULL */
    const struct finding_evidence *evidence;
    size_t evidence_count;
    const enum cause_kind *others; /* that fit as well */
    size_t other_count;
};

#endif
