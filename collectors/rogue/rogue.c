/* rogue: who hands out addresses on a network, or says that it is a router there, and does not belong there.
 *
 * A check is a watch (watch.h) that listens all the time; a round asks when it is time, and says what is known. Rounds
 * that begin while one is under way end with the same findings. */
#include <stdlib.h>

#include "collectors/collector.h"
#include "collectors/protocol/joined_rounds.h"
#include "collectors/rogue/watch.h"

struct place {
    struct place *next;
    struct joined_rounds rounds;
    struct watch *watch;
};

struct collector_instance {
    const struct env *env;
    struct place *places;
};

static struct place *place_of(struct collector_instance *c, uint32_t check)
{
    struct place *p = c->places;
    while (p && p->rounds.check != check)
        p = p->next;
    return p;
}

/* ---- reports ---- */

static enum outcome outcome_of(const struct watch_findings *f, const char **reason, const char **detail)
{
    const struct guest_step_result *link = &f->result->steps[GUEST_LINK];
    bool found = f->strangers.verdict == VERDICT_FAILING;
    *reason = guest_reason_words[found ? f->strangers.reason : link->reason];
    *detail = found ? f->strangers.detail : link->detail;
    return found ? OUTCOME_WRONG : f->result->own_fault ? OUTCOME_OWN_FAULT : OUTCOME_ANSWERED;
}

static void on_done(void *ctx, struct watch *w)
{
    struct place *p = ctx;
    struct watch_findings f;
    struct report r = {0};
    watch_findings(w, &f);
    r.outcome = outcome_of(&f, &r.reason, &r.detail);
    r.guest = f.result;
    joined_rounds_end(&p->rounds, &r);
}

/* ---- the contract ---- */

static struct collector_instance *rogue_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (c)
        c->env = env;
    return c;
}

static struct place *add_place(struct collector_instance *c, uint32_t check)
{
    struct place *p = calloc(1, sizeof *p);
    struct watch *w = p ? watch_create(c->env, on_done, p) : NULL;
    if (!w) {
        free(p);
        return NULL;
    }
    *p = (struct place){.next = c->places, .rounds = {.env = c->env, .check = check}, .watch = w};
    return c->places = p;
}

static bool rogue_adopt(struct collector_instance *c, const struct check_setting *s)
{
    struct place *p = place_of(c, s->check);
    if (!s->options || (!p && !(p = add_place(c, s->check))))
        return false;
    watch_stop(p->watch);
    joined_rounds_end_cancelled(&p->rounds);
    return watch_take(p->watch, s->node, s->options);
}

static void rogue_drop(struct collector_instance *c, uint32_t check)
{
    for (struct place **link = &c->places; *link; link = &(*link)->next)
        if ((*link)->rounds.check == check) {
            struct place *p = *link;
            watch_destroy(p->watch);
            joined_rounds_end_cancelled(&p->rounds);
            *link = p->next;
            free(p);
            return;
        }
}

static void rogue_start(struct collector_instance *c, uint32_t check, uint32_t number, enum round_kind kind,
                        struct mono deadline)
{
    struct place *p = place_of(c, check);
    if (p && joined_rounds_add(&p->rounds, number, kind))
        watch_start(p->watch, kind != ROUND_REGULAR, deadline);
}

static void rogue_cancel(struct collector_instance *c, uint32_t check, uint32_t number)
{
    struct place *p = place_of(c, check);
    if (p && joined_rounds_cancel(&p->rounds, number))
        watch_stop(p->watch); /* nobody waits for it any more */
}

static void rogue_destroy(struct collector_instance *c)
{
    while (c && c->places)
        rogue_drop(c, c->places->rounds.check);
    free(c);
}

extern const struct collector rogue_collector;
const struct collector rogue_collector = {
    .name = "rogue",
    .summary = "who hands out addresses on a network, or plays router there, and does not belong there",
    .options = &guest_setting_record,
    .interval_ns = SECONDS(60),
    .by_engine = true,
    .create = rogue_create,
    .adopt = rogue_adopt,
    .drop = rogue_drop,
    .start = rogue_start,
    .cancel = rogue_cancel,
    .destroy = rogue_destroy,
};
