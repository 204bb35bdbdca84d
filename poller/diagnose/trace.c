#include "poller/diagnose/trace.h"

#include "poller/diagnose/trace_internal.h"

/* --- the way to the router --- */

static void name(struct trace_draft *d, const struct trace_way *w, struct trace_break b, enum cause_kind kind,
                 enum confidence confidence)
{
    d->failed |= !trace_narrow(d->t, d->q, w, b, d->arena, &d->out->stretch);
    bool settings = d->out->stretch.decided && !(b.elsewhere && d->out->stretch.fault == AUDIT_UNTAGGED);
    d->out->kind = settings ? CAUSE_VLAN_NOT_MEMBER : kind;
    d->out->confidence = d->out->stretch.decided ? CONFIDENCE_CERTAIN : w->doubtful ? CONFIDENCE_POSSIBLE : confidence;
}

static enum cause_kind kind_of(const struct trace_draft *d, struct trace_break b)
{
    bool bare = b.elsewhere || d->q->symptom == TRACE_STRIPPED || d->q->symptom == TRACE_MOVED;
    return bare ? CAUSE_VLAN_TAG_STRIPPED : CAUSE_VLAN_TAG_EATEN;
}

static struct trace_break whole(const struct trace_way *w)
{
    return (struct trace_break){.found = true, .from = HOP_OWN, .to = (int)w->hop_count - 1};
}

/* Mute ones between the last that heard the probe and the router. */
static bool has_mute_between(const struct trace_way *w, int from)
{
    for (int i = from + 1; i + 1 < (int)w->hop_count; i++)
        if (w->hops[i].probe.mark == TRACE_UNKNOWN)
            return true;
    return false;
}

/* No table shows where. With the gateway silent too it is the way and no server; but which part of it is open, for
 * the answer may be lost where the question came through. Without having asked it, a server may as well be dead: that
 * is said, and no more. Only an answer that the box next to us has heard is lost between that and us. */
static void guess(struct trace_draft *d, const struct trace_way *w, struct trace_break forward, struct trace_break back)
{
    struct trace_break open = whole(w);
    bool silent = d->q->gateway == TRACE_SILENT;
    const struct trace_hop *first = &w->hops[0];
    open.back = back.to == 0 && first->gateway.mark == TRACE_HEARD && first->probe.mark == TRACE_HEARD;
    if (open.back)
        open.to = 0;
    name(d, w, open, kind_of(d, open), silent ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
    if (!silent && !open.back && !d->out->stretch.decided && !has_mute_between(w, forward.from))
        d->out->kind = CAUSE_NONE; /* the router itself, or its server */
}

/* Where frames change to another VLAN is known by tables alone: without, any switch on the way may do it. */
static void judge_stripped(struct trace_draft *d, const struct trace_way *w, struct trace_break back)
{
    struct trace_break all = whole(w);
    all.elsewhere = true;
    name(d, w, back.found ? back : all, CAUSE_VLAN_TAG_STRIPPED, CONFIDENCE_LIKELY);
    if (d->q->symptom == TRACE_MOVED && !back.found && !d->out->stretch.decided)
        d->out->kind = CAUSE_NONE;
}

static void judge_silence(struct trace_draft *d, const struct trace_way *w, struct trace_break forward,
                          struct trace_break back)
{
    if (d->q->gateway == TRACE_ANSWERS)
        return; /* nothing is lost; the server is silent */
    if (back.found)
        name(d, w, back, kind_of(d, back),
             d->q->gateway == TRACE_SILENT ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
    else
        guess(d, w, forward, back);
}

static bool judge_radios(struct trace_draft *d, const struct trace_way *w)
{
    struct way way = {.count = w->hop_count};
    struct way_hop *hops = arena_take(d->arena, w->hop_count * sizeof *hops + 1);
    for (size_t i = 0; hops && i < w->hop_count; i++)
        hops[i] = w->hops[i].at;
    way.hops = hops;
    d->failed |= !hops;
    if (!hops || !translation_find(d->t, &way, &d->out->translation))
        return false;
    d->out->kind = CAUSE_MAC_TRANSLATING;
    d->out->confidence = CONFIDENCE_LIKELY;
    return true;
}

/* A guest without tags that is heard on another VLAN: its port was moved, whatever it found before. */
static bool judge_own_port(struct trace_draft *d, const struct trace_way *w, struct trace_break forward)
{
    if (!d->q->untagged || !forward.found || !forward.elsewhere || forward.from != HOP_OWN)
        return false;
    name(d, w, forward, CAUSE_VLAN_NOT_MEMBER, CONFIDENCE_LIKELY);
    if (!d->out->stretch.decided)
        d->out->kind = CAUSE_NONE;
    return d->out->stretch.decided;
}

static void judge_router(struct trace_draft *d)
{
    const struct trace_way *w = &d->ways[0];
    struct trace_break forward = trace_forward(d, w), back = trace_back(w);
    if (!w->hop_count || judge_own_port(d, w, forward) || d->q->symptom == TRACE_WELL)
        return;
    if (d->q->symptom == TRACE_GIANTS) {
        name(d, w, whole(w), CAUSE_VLAN_GIANTS_DROPPED, CONFIDENCE_LIKELY);
        return;
    }
    if (judge_radios(d, w))
        return;
    if (forward.found && d->q->gateway != TRACE_ANSWERS)
        name(d, w, forward, kind_of(d, forward), CONFIDENCE_LIKELY);
    else if (d->q->symptom != TRACE_SILENCE)
        judge_stripped(d, w, back);
    else
        judge_silence(d, w, forward, back);
}

/* --- ways to the sites --- */

/* Lost on a way to those who serve, when the router is reached or the loss is not the same. */
static void judge_branch(struct trace_draft *d, const struct trace_way *w)
{
    struct trace_break b = trace_forward(d, w);
    bool first = d->out->kind == CAUSE_NONE && d->q->symptom <= TRACE_SILENCE;
    if (!b.found || !first || !w->hop_count)
        return;
    if (judge_radios(d, w)) {
        d->out->site = w->site;
        return;
    }
    name(d, w, b, b.elsewhere ? CAUSE_VLAN_TAG_STRIPPED : CAUSE_VLAN_TAG_EATEN, CONFIDENCE_LIKELY);
    d->out->site = w->site;
}

static bool follow_all(struct trace_draft *d)
{
    struct serving s;
    if (!serving_find(d->t, d->q->network, d->arena, &s))
        return false;
    d->ways = arena_take(d->arena, (s.count + 1) * sizeof *d->ways);
    d->out->ways = d->ways;
    if (!d->ways || !trace_follow(d->l, d->q, d->t->router, d->arena, &d->ways[d->out->way_count++]))
        return false;
    for (size_t i = 0; i < s.count; i++)
        if (!trace_follow(d->l, d->q, s.boxes[i].box, d->arena, &d->ways[d->out->way_count++]))
            return false;
    return true;
}

static bool note_passed(struct trace_draft *d)
{
    d->passed = arena_take(d->arena, d->t->box_count * sizeof *d->passed + 1);
    for (size_t i = 0; i < d->out->way_count && d->passed; i++) {
        const struct trace_way *w = &d->ways[i];
        bool passed = false;
        for (size_t k = w->hop_count; k-- > 0;) {
            passed |= w->hops[k].probe.mark == TRACE_HEARD;
            if (passed && !w->hops[k].at.maybe)
                d->passed[w->hops[k].at.box] = true;
        }
    }
    return d->passed != NULL;
}

bool trace_network(const struct trace_look *l, const struct trace_question *q, struct arena *arena, struct trace *out)
{
    struct trace_draft d = {.l = l, .q = q, .t = l->topology, .arena = arena, .out = out};
    *out = (struct trace){.again = MONO_NEVER};
    if (!follow_all(&d) || !note_passed(&d))
        return false;
    judge_router(&d);
    for (size_t i = 1; i < out->way_count && d.t->router != BOX_NONE; i++)
        judge_branch(&d, &d.ways[i]);
    for (size_t i = 0; i < out->way_count; i++)
        trace_mark_way(&d, &d.ways[i]);
    trace_judge_sites(&d);
    trace_tell(&d);
    trace_look_again(&d);
    return !d.failed;
}
