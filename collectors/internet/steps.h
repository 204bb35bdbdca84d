/* The way to the Internet as steps, and what their outcomes mean together. Pure. */
#ifndef HAYLOFT_COLLECTORS_INTERNET_STEPS_H
#define HAYLOFT_COLLECTORS_INTERNET_STEPS_H

#include "poller/model/report.h"

enum step {
    STEP_LINK,         /* our own carrier and a default route */
    STEP_GATEWAY_ARP,  /* the router answers on the link */
    STEP_GATEWAY_PING,
    STEP_MODEM,        /* or a second NAT, where configured */
    STEP_ANCHORS,      /* two of three well-known hosts, by ping or TCP */
    STEP_DNS_ROUTER,
    STEP_DNS_ANCHOR,
    STEP_PAGE,         /* plain HTTP with a known body */
    STEP_COUNT
};

enum step_state { STEP_UNKNOWN, STEP_OK, STEP_FAILING };

extern const char *const step_words[];       /* "link", "gateway-arp", ... */
extern const char *const step_state_words[]; /* unknown ok failing */

struct steps {
    enum step_state state[STEP_COUNT];
    bool portal;     /* the page came, and was another one */
    bool router_armed, anchor_armed; /* gave names before: only then does silence mean something */
    bool own_fault;  /* nothing could be sent, or there is no way out configured at all */
};

struct steps_verdict {
    enum outcome outcome;
    const char *reason; /* "", "link", "gateway", "modem", "isp", "dns", "portal", "own fault" */
};

struct steps_verdict steps_judge(const struct steps *s);

#endif
