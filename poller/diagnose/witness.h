/* What a second vantage saw of its place while that was cut off from us. It says more than uptimes do: whether all went
 * on there (then it was the link), what was silent there too, or that its own machine had no power. Times are ours. */
#ifndef HAYLOFT_DIAGNOSE_WITNESS_H
#define HAYLOFT_DIAGNOSE_WITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"
#include "poller/base/clock.h"

struct witness_node {
    const char *name;
    bool link_end;             /* the far end of the link that leads there */
    struct wall silent, until; /* there too, for the first time; silent ns 0: it answered throughout */
};

struct witness {
    const char *vantage;
    struct wall from, until;   /* the place was cut off */
    struct wall blind, seeing; /* within that nobody watched there; blind ns 0: somebody always did */
    bool restarted;            /* its machine did, at `seeing` */
    const struct witness_node *nodes; /* of the place, that it watched */
    size_t count;
};

enum testimony {
    TESTIMONY_NONE,  /* it watched nothing there */
    TESTIMONY_FINE,  /* all answered throughout: the link */
    TESTIMONY_UNIT,  /* only the link's end was silent */
    TESTIMONY_SOME,  /* others were */
    TESTIMONY_ALL,   /* everything was, but for itself */
    TESTIMONY_POWER, /* its machine was off */
    TESTIMONY_BLIND  /* it did not watch all the time */
};

enum testimony witness_find(const struct witness *w);
/* A sentence; nothing for TESTIMONY_NONE. bridge: the link is two radios. alone: nothing else tells what it was, so it
 * is named. */
void witness_render(const struct witness *w, bool bridge, bool alone, struct buf *out);

#endif
