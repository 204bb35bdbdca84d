/* What the rules look at: every node with what is known of its life, what hangs on what, and the facts.
 * Plain values; the engine keeps them up to date, tests write them down. */
#ifndef HAYLOFT_DIAGNOSE_SCENE_H
#define HAYLOFT_DIAGNOSE_SCENE_H

#include "poller/base/clock.h"
#include "poller/diagnose/fact.h"
#include "poller/model/dependency.h"
#include "poller/model/wiring.h"
#include "poller/model/words.h"

struct scene_node {
    const char *name;
    const char *site;         /* NULL: none */
    const char *port;         /* the plan: port of its first parent; NULL: not planned */
    enum node_class class;
    bool self;                /* an address of this machine: it answers whatever breaks outside */
    bool internet;            /* the Internet as a node */
    bool router;              /* what the Internet hangs on */
    bool network;             /* no device, but a network */
    bool watched;             /* some check tells whether it lives */
    bool silent;              /* confirmed, or without an answer for some seconds of asking */
    struct mono silent_since; /* the first loss, while silent */
    const char *reason;       /* of its life check: "timeout", "gateway", ... never NULL */
    const char *life;         /* kind of its life check: "ping"; never NULL */
    bool answers_neighbour;   /* silent to IP, but answers ARP or ND */
    const struct fact_table *facts; /* never NULL */
    const struct wiring *wiring; /* its tables as they were read last; NULL: none was */
};

struct scene_link {
    const char *name;
    bool bridge;              /* two radios */
    uint32_t near, far;       /* as seen from here */
};

struct scene {
    struct instant now;
    const struct scene_node *nodes;
    const struct dependency *hangs; /* per node */
    size_t node_count;
    const struct scene_link *links;
    size_t link_count;
    const struct fact_table *own;   /* facts about this machine */
};

#define SCENE_NONE UINT32_MAX

const struct scene_node *scene_parent(const struct scene *s, uint32_t node); /* first one, or NULL */
uint32_t scene_find(const struct scene *s, const char *name);
/* The link whose far or near end is node; NULL when none. */
const struct scene_link *scene_link_far(const struct scene *s, uint32_t node);
const struct scene_link *scene_link_any(const struct scene *s, uint32_t node);

#endif
