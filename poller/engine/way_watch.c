#include "poller/engine/way_watch.h"

#include "poller/model/guest_says.h"

/* A wrong answer is an answer: frames come through. */
static enum trace_symptom symptom_of(const struct guest_saying *s)
{
    if (s->verdict != VERDICT_FAILING)
        return TRACE_WELL;
    if (s->step == GUEST_OFFER && s->reason == GUEST_SILENCE)
        return TRACE_SILENCE;
    if (s->reason == GUEST_STRIPPED)
        return TRACE_STRIPPED;
    if (s->reason == GUEST_OTHER_VLAN)
        return TRACE_MOVED;
    if (s->reason == GUEST_OTHER_SUBNET)
        return TRACE_MOVED;
    return s->reason == GUEST_GIANTS_DROPPED ? TRACE_GIANTS : TRACE_WELL;
}

/* Served by strangers alone. */
static bool is_astray(const struct guest_result *r, const struct guest_saying *service)
{
    return service->verdict == VERDICT_UNKNOWN && guest_says(r, GUEST_MATTER_DHCP).verdict == VERDICT_FAILING;
}

static enum trace_answer answer_of(const struct guest_result *r)
{
    struct guest_step_result gateway = guest_step_of(r, GUEST_GATEWAY);
    if (!gateway.done)
        return TRACE_NOT_ASKED;
    return gateway.reason == GUEST_SILENCE && gateway.verdict == VERDICT_FAILING ? TRACE_SILENT : TRACE_ANSWERS;
}

static void take(struct way_watch *w, const struct guest_result *r, enum trace_symptom symptom, const struct report *of)
{
    if (!w->told || symptom != w->symptom) {
        w->began = of->started;
        w->asks = 0;
    }
    w->told = true;
    w->symptom = symptom;
    w->gateway = answer_of(r);
    w->probe = r->probe;
    w->control = r->control;
    w->sent = of->ended;
    if (mac_is_set(&r->gateway_mac))
        w->gateway_mac = r->gateway_mac;
    if (symptom == TRACE_WELL || symptom == TRACE_GIANTS)
        w->well = of->ended;
}

bool way_watch_take(struct way_watch *w, const struct report *r)
{
    w->current = false;
    if (r->outcome == OUTCOME_CANCELLED || !r->guest || guest_says_nothing(r->guest) != GUEST_NONE)
        return false;
    struct guest_saying said = guest_says(r->guest, GUEST_MATTER_SERVICE);
    bool astray = is_astray(r->guest, &said);
    if (!astray && said.verdict != VERDICT_OK && said.verdict != VERDICT_FAILING)
        return false; /* lost too much to tell */
    take(w, r->guest, astray ? TRACE_MOVED : symptom_of(&said), r);
    w->current = true;
    return true;
}

static struct mono later(struct mono a, struct mono b)
{
    return mono_before(a, b) ? b : a;
}

static struct mono while_failing(const struct way_watch *w, const struct trace *t, struct mono now)
{
    struct mono apart = mono_after(w->asked, SECONDS(WAY_APART_S));
    if (!w->asks)
        return now;
    if (w->asks == 1)
        return apart;
    return t && w->asks < WAY_ASKS_MAX && t->again.ns != MONO_NEVER.ns ? later(apart, t->again) : MONO_NEVER;
}

/* Guests come through to the router, but a box on the way to some site seems to hear nothing of them. */
static struct mono while_well(const struct way_watch *w, const struct trace *t, struct mono now)
{
    if (w->asks == 1)
        return mono_after(w->asked, SECONDS(WAY_APART_S));
    int64_t rest_s = w->site_broken ? WAY_WRONG_S : WAY_REST_S;
    bool rested = !w->asked.ns || mono_since(now, w->asked) >= SECONDS(rest_s);
    bool fresh = mono_since(now, w->sent) <= SECONDS(WAY_AFTER_PROBE_S);
    return rested && fresh && (w->site_broken || (t && t->once)) ? now : MONO_NEVER;
}

struct mono way_watch_wants(const struct way_watch *w, const struct trace *t, struct mono now)
{
    if (!w->told || w->symptom == TRACE_GIANTS)
        return MONO_NEVER;
    return w->symptom == TRACE_WELL ? while_well(w, t, now) : while_failing(w, t, now);
}

void way_watch_seen_in(struct way_watch *w, uint32_t vid)
{
    if (!w->current || w->symptom != TRACE_WELL || vid == w->home_vid)
        return;
    if (vid == w->next_home && w->next_home_sent.ns != w->sent.ns)
        w->home_vid = vid;
    else if (vid != w->next_home)
        w->next_home_sent = w->sent;
    w->next_home = vid;
}

int64_t way_watch_reread_ns(const struct way_watch *w, struct mono now)
{
    return SECONDS(mono_since(now, w->wrong) < SECONDS(WAY_SOON_S) ? WAY_WRONG_S : WAY_LONG_WRONG_S);
}

void way_watch_asked(struct way_watch *w, struct mono now)
{
    bool anew = w->symptom == TRACE_WELL && w->asks >= 2;
    w->asks = anew ? 1 : w->asks + (w->asks < UINT8_MAX);
    w->asked = now;
}
