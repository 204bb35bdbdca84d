/* What tables say of the way of one VLAN: which box or stretch is at fault, the boxes on the way, and what that
 * proves at which site. Plain data that belongs to the guest's check of the VLAN. */
#ifndef HAYLOFT_ENGINE_NETWORK_LOOK_H
#define HAYLOFT_ENGINE_NETWORK_LOOK_H

#include "poller/base/arena.h"
#include "poller/base/clock.h"
#include "poller/diagnose/vlan_finding.h"
#include "poller/message/web_engine.h"
#include "poller/model/guest.h"

enum look_reach {
    LOOK_UNKNOWN,  /* nothing there can ask or tell */
    LOOK_HEARD,    /* a table there shows the guest: with what it found elsewhere that is as good */
    LOOK_CROSSED,  /* the guest itself goes through there: what it found holds */
    LOOK_BROKEN    /* what is set or heard on the way there says that guests get nothing */
};

struct look_site {
    const char *site;
    enum look_reach reach;
    const char *text;          /* why; NULL with CROSSED */
};

struct network_look {
    struct arena *arena;       /* of all that stands here */
    struct mono at;            /* when it was last made anew */
    struct vlan_finding finding; /* kind none, with a stretch: as likely as that a server is dead */
    struct view_hop *hops;     /* with verdicts: ok, failing where it stops, else unknown */
    size_t hop_count;
    struct look_site *sites;   /* those anything can be said of */
    size_t site_count;
    struct guest_step_result audit, trace; /* steps of ours beside the guest's */
    bool early;                /* some table was not read yet since guests find what they find */
    bool settings_untold;      /* no table tells of VLANs, or not yet: nothing was wrong there and is right now */
    bool settings_old;         /* some table did, but could not be read again: what it said stays */
};

void network_look_destroy(struct network_look *l); /* NULL is fine */

#endif
