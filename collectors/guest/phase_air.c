/* On the air: the card hears the network's name and joins it, as a guest's phone does, and leaves it at the end of the
 * probe. A name that was never heard here proves nothing: perhaps the card stands too far away. */
#include <stdio.h>

#include "collectors/guest/probe_internal.h"

#define PATIENCE_NS SECONDS(80)  /* whoever joins says sooner that it cannot be done, if there is somebody */
#define TO_CONCLUDE_NS SECONDS(1) /* before the deadline */

static void hear_it(struct probe *p, const struct wifi_state *s)
{
    if (p->steps[GUEST_SCAN].done)
        return;
    seat_arm(p->plan.seat);
    probe_step(p, GUEST_SCAN, VERDICT_OK, GUEST_NONE, s->scan_ns, "%s",
               *s->heard ? s->heard : "the system is in it already");
}

static void join_it(struct probe *p, const struct wifi_state *s)
{
    char mac[MAC_TEXT_MAX] = "";
    if (mac_is_set(&s->bssid))
        mac_text(&s->bssid, mac);
    probe_step(p, GUEST_JOIN, VERDICT_OK, GUEST_NONE, s->join_ns, "%s%s%s", *mac ? "by " : "", mac,
               s->as_found ? *mac ? ", as the system had joined it" : "as the system had joined it" : "");
    probe_next(p);
}

static void miss_it(struct probe *p, const struct wifi_state *s)
{
    bool known = p->plan.seat->armed;
    enum verdict verdict = known ? VERDICT_FAILING : VERDICT_UNKNOWN;
    probe_step(p, GUEST_SCAN, verdict, known ? GUEST_WIFI_ABSENT : GUEST_NOT_CARRIED, s->scan_ns,
               "'%s' is not on the air%s; %s", p->setting->ssid, known ? "" : " and never was", s->heard);
    probe_end(p);
}

static void be_refused(struct probe *p, const struct wifi_state *s)
{
    hear_it(p, s);
    probe_step(p, GUEST_JOIN, VERDICT_FAILING, GUEST_WIFI_REFUSED, s->join_ns, "%s", s->detail);
    probe_end(p);
}

static void look(struct probe *p)
{
    struct wifi_state s;
    wifi_state(p->env->wifi, p->join, &s);
    switch (s.stage) {
    case WIFI_SCANNING:
        break;
    case WIFI_JOINING:
        hear_it(p, &s);
        break;
    case WIFI_JOINED:
        hear_it(p, &s);
        join_it(p, &s);
        break;
    case WIFI_ABSENT:
        miss_it(p, &s);
        break;
    case WIFI_REFUSED:
        be_refused(p, &s);
        break;
    case WIFI_UNUSABLE:
        probe_cannot(p, p->steps[GUEST_SCAN].done ? GUEST_JOIN : GUEST_SCAN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE,
                     s.detail);
    }
}

/* Once in, and put out again: what comes after fails for that reason, and is not asked any more. */
static void look_again(struct probe *p)
{
    struct wifi_state s;
    wifi_state(p->env->wifi, p->join, &s);
    if (s.stage == WIFI_JOINED)
        return;
    p->result.own_fault |= s.stage != WIFI_REFUSED;
    if (s.stage == WIFI_REFUSED)
        probe_revise(p, GUEST_JOIN, VERDICT_FAILING, GUEST_WIFI_REFUSED, "%s", s.detail);
    else
        probe_revise(p, GUEST_JOIN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE, "%s",
                     *s.detail ? s.detail : "hayloft-wire, which had joined it for us, is gone");
    probe_end(p);
}

static void on_news(void *ctx, uint32_t join)
{
    struct probe *p = ctx;
    if (p->phase == &phase_air)
        look(p);
    else
        look_again(p);
}

static void cannot(struct probe *p, const char *why)
{
    probe_cannot(p, GUEST_SCAN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE, why);
}

static void join(struct probe *p)
{
    const struct guest_setting *s = p->setting;
    struct wifi_wish wish = {.interface = s->interface, .ssid = s->ssid, .password = s->password};
    int64_t left = mono_since(p->plan.deadline, probe_now(p)) - TO_CONCLUDE_NS;
    p->join = p->env->wifi ? wifi_join(p->env->wifi, &wish, on_news, p) : 0;
    if (p->join)
        probe_wait(p, left < PATIENCE_NS ? left : PATIENCE_NS);
    else
        cannot(p, "Wi-Fi cannot be joined here");
}

static void tick(struct probe *p)
{
    if (p->join)
        cannot(p, "hayloft-wire, which joins it for us, does not answer");
    else if (!probe_is_too_soon(p))
        join(p);
}

static void begin(struct probe *p)
{
    probe_wait(p, 0);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
}

void air_leave(struct probe *p)
{
    if (p->join)
        wifi_leave(p->env->wifi, p->join);
    p->join = 0;
}

const struct phase phase_air = {begin, tick, hear};
