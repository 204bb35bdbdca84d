#include "tests/support/sim_guest.h"

#include <assert.h>
#include <stdio.h>

#define SILENT_S 12.5 /* three tries of 4 s */
#define WELL_S 1.5

void sim_guests_add(struct sim_guests *s, const char *name, int64_t *vlans, size_t count, double every_s)
{
    assert(s->network_count < SIM_NETWORKS_MAX);
    s->networks[s->network_count++] = (struct config_network){
        .name = (char *)(uintptr_t)name, .vlans = vlans, .vlans_count = count, .depth = GUEST_DEPTH_INTERNET,
        .every_ns = (int64_t)(every_s * 1e9), .discover_gap_ns = MINUTES(5)};
}

void sim_guests_tell(struct sim_guests *s, const char *network, const char *kind, int64_t vid, double from, double to,
                     sim_tell_fn tell)
{
    assert(s->span_count < sizeof s->spans / sizeof *s->spans);
    struct sim_guest_span *span = &s->spans[s->span_count++];
    *span = (struct sim_guest_span){.vid = vid, .from = from, .to = to, .tell = tell};
    snprintf(span->network, sizeof span->network, "%s", network);
    snprintf(span->kind, sizeof span->kind, "%s", kind);
}

static const struct sim_guest_span *span_at(const struct sim_guests *s, const char *network, const char *kind,
                                            int64_t vid, double now)
{
    for (size_t i = 0; i < s->span_count; i++) {
        const struct sim_guest_span *p = &s->spans[i];
        if (p->vid == vid && now >= p->from && now < p->to && strcmp(p->network, network) == 0 &&
            strcmp(p->kind, kind) == 0)
            return p;
    }
    return NULL;
}

/* A step of those that may fail, picked by a draw. */
static enum guest_step pick(double draw)
{
    return GUEST_OFFER + (enum guest_step)(draw * (GUEST_ISOLATION - GUEST_OFFER));
}

static void befall(struct told_guest *t, int64_t vid, const struct sim_guests *s, const double draws[static 2])
{
    if (draws[0] < s->bad) {
        told_failing(t, vid, pick(draws[1]), GUEST_SILENCE);
    } else if (draws[0] < s->bad + s->lossy) {
        enum guest_step lost = pick(draws[1]);
        t->steps[lost].verdict = VERDICT_DEGRADED;
        t->steps[lost].reason = GUEST_LOSSY;
    }
}

double sim_guests_probe(const struct sim_guests *s, const char *network, const char *kind, int64_t vid, double now,
                        const double draws[static 2], struct told_guest *t)
{
    const struct sim_guest_span *span = span_at(s, network, kind, vid, now);
    told_well(t, vid);
    if (span)
        span->tell(t, vid);
    else if (strcmp(kind, "guest") == 0)
        befall(t, vid, s, draws);
    return t->steps[GUEST_OFFER].reason == GUEST_SILENCE ? SILENT_S : WELL_S;
}

enum outcome sim_guest_outcome(const struct guest_result *r)
{
    if (r->own_fault)
        return OUTCOME_OWN_FAULT;
    for (size_t i = 0; i < r->steps_count; i++)
        if (r->steps[i].done && r->steps[i].verdict == VERDICT_FAILING)
            return OUTCOME_WRONG;
    return OUTCOME_ANSWERED;
}
