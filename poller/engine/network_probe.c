#include "poller/engine/network_probe.h"

#include "poller/engine/control.h"
#include "poller/engine/network_words.h"
#include "poller/engine/round.h"

bool network_probe(struct engine *e, struct node *n, uint32_t request)
{
    unsigned asked = 0;
    for (size_t i = 0; i < n->check_count; i++) {
        struct check *c = n->checks[i];
        if (!network_shows(n, c))
            continue;
        c->probe_request = request;
        c->told_steps = 0;
        round_ask(e, c); /* one already under way answers as well */
        asked++;
    }
    return asked;
}

static void tell(struct engine *e, struct check *c, enum guest_step step, const struct guest_step_result *r)
{
    const char *detail = r->detail && *r->detail ? r->detail : guest_reason_words[r->reason];
    c->told_steps |= 1u << step;
    control_tell_step(e, &(struct ew_probe_step){c->probe_request, (char *)(uintptr_t)guest_step_words[step],
                                                 (char *)(uintptr_t)detail, r->verdict, r->took_ns, c->label});
}

/* A regular probe that a person's waits for tells nothing: his is the next one. */
void network_probe_step(struct engine *e, struct check *c, const struct hint *h)
{
    int step = h->step ? field_word_index(guest_step_words, h->step) : -1;
    if (step < 0 || !c->ask.number)
        return;
    struct guest_step_result r = {true, h->verdict, GUEST_NONE, (char *)(uintptr_t)h->detail, h->took_ns};
    tell(e, c, (enum guest_step)step, &r);
}

static void tell_rest(struct engine *e, struct check *c, const struct guest_result *r)
{
    for (size_t s = 0; s < r->steps_count && s < GUEST_STEPS; s++)
        if (r->steps[s].done && !(c->told_steps & 1u << s))
            tell(e, c, (enum guest_step)s, &r->steps[s]);
}

static void tell_again(struct engine *e, struct check *c)
{
    c->told_steps = 0;
    control_tell_step(e, &(struct ew_probe_step){c->probe_request, (char *)(uintptr_t)PROBE_AGAIN,
                                                 (char *)(uintptr_t) "once more, to be sure", VERDICT_UNKNOWN, 0,
                                                 c->label});
}

void network_probe_report(struct engine *e, struct check *c, const struct report *r, bool again)
{
    if (!c->judge->network || !c->probe_request || (r && r->kind != ROUND_ASK))
        return;
    if (r && r->guest)
        tell_rest(e, c, r->guest);
    if (again) {
        tell_again(e, c);
        return;
    }
    c->probe_over = e->probes_over = true;
}

static uint32_t finished(const struct node *n)
{
    uint32_t request = 0;
    for (size_t i = 0; i < n->check_count; i++) {
        const struct check *c = n->checks[i];
        if (c->probe_request && !c->probe_over)
            return 0;
        request = c->probe_request ? c->probe_request : request;
    }
    return request;
}

static void answer(struct engine *e, const struct node *n, uint32_t request)
{
    char words[NETWORK_WORDS_MAX];
    network_words(e, n, words);
    control_answer(e, request, true, words);
    for (size_t i = 0; i < n->check_count; i++) {
        n->checks[i]->probe_request = 0;
        n->checks[i]->probe_over = false;
    }
}

void network_probe_answer(struct engine *e)
{
    for (size_t i = e->shown_count; i < e->node_count && e->probes_over; i++) {
        uint32_t request = finished(e->nodes[i]);
        if (request)
            answer(e, e->nodes[i], request);
    }
    e->probes_over = false;
}
