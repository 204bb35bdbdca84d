/* Until the way is open and DISCOVERs are far enough apart. */
#include <stdio.h>

#include "collectors/guest/probe_internal.h"

#define OPENING_NS SECONDS(3)    /* for the wire role to start and the interface to be found */
#define LOOK_AGAIN_NS MILLISECONDS(200)
#define NEAR_ENOUGH_NS SECONDS(1) /* of a gap: rounds as far apart as their questions must not drift */
#define SPARING_GAP_NS MINUTES(60)
#define LEAST_NS SECONDS(5)      /* with less left before the deadline nothing is begun */

/* Where our asking uses up addresses it is done as seldom as can be. */
static int64_t wanted_gap_ns(const struct probe *p)
{
    int64_t gap = p->setting->discover_gap_ns;
    if (p->plan.urgent)
        return gap > PROBE_ASK_GAP_NS ? PROBE_ASK_GAP_NS : gap;
    return rising_is_too_many(&p->plan.seat->rising) && gap < SPARING_GAP_NS ? SPARING_GAP_NS : gap;
}

/* Too little time for what is to be waited for: another round will do it. */
static bool wait_for_gap(struct probe *p, int64_t left_ns)
{
    struct mono now = probe_now(p);
    if (mono_since(p->plan.deadline, now) - left_ns < LEAST_NS) {
        p->too_soon = true;
        probe_end(p);
    } else {
        probe_wait(p, left_ns);
    }
    return true;
}

bool probe_is_too_soon(struct probe *p)
{
    const struct seat *s = p->plan.seat;
    int64_t left = s->asked.ns ? wanted_gap_ns(p) - mono_since(probe_now(p), s->asked) : 0;
    return left > NEAR_ENOUGH_NS && wait_for_gap(p, left);
}

static void go(struct probe *p)
{
    struct seat *s = p->plan.seat;
    if (seat_is_by_card(s))
        s->probe = s->control = p->way.own;
    p->us.mac = p->offers.client = s->probe;
    p->asking.control.client = s->control;
    probe_step(p, GUEST_LINK, VERDICT_OK, GUEST_NONE, 0, "%s", p->way.interface);
    probe_next(p);
}

static void tick(struct probe *p)
{
    seat_state(p->plan.seat, &p->way);
    bool ready = p->way.open && (p->way.link || !p->join); /* the link of a card comes when it has joined */
    bool opening = p->plan.seat->way && !ready && mono_since(probe_now(p), p->begun) < OPENING_NS;
    char why[ETHER_TEXT_MAX + 64];
    if (opening) {
        probe_wait(p, LOOK_AGAIN_NS);
    } else if (!p->way.open) {
        probe_cannot(p, GUEST_LINK, VERDICT_UNKNOWN, GUEST_NO_RIGHT, p->way.reason);
    } else if (!p->way.link) {
        snprintf(why, sizeof why, "%s has no link", p->way.interface);
        probe_cannot(p, GUEST_LINK, VERDICT_FAILING, GUEST_NO_LINK, why);
    } else if (!probe_is_too_soon(p)) {
        go(p);
    }
}

static void begin(struct probe *p)
{
    probe_wait(p, 0);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    if (!h && mono_since(probe_now(p), p->begun) < OPENING_NS)
        probe_wait(p, 0);
}

const struct phase phase_waiting = {begin, tick, hear};
