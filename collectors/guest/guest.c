/* guest: what a guest of one VLAN would find, step by step, without an address of this machine.
 *
 * A check is a seat (seat.h) that stays, and a probe (probe.h) while a round is under way. Rounds that begin while
 * one is under way join it, and end with the same findings: the network is not asked twice. */
#include <stdlib.h>
#include <sys/random.h>

#include "collectors/collector.h"
#include "collectors/guest/conclude.h"
#include "collectors/guest/object.h"
#include "collectors/guest/probe.h"
#include "collectors/protocol/joined_rounds.h"
#include "poller/base/log.h"

struct place {
    struct place *next;
    struct collector_instance *owner;
    struct joined_rounds rounds;
    struct seat seat;
    struct probe *probe;   /* NULL: no round is under way */
};

struct collector_instance {
    const struct env *env;
    struct echoes *echoes;
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

static void report_findings(struct place *p, struct probe *probe)
{
    struct probe_outcome o;
    struct guest_object object;
    struct report r = {.objects = &object.object};
    probe_outcome(probe, &o);
    if (o.too_soon) {
        joined_rounds_end_cancelled(&p->rounds);
        return;
    }
    guest_object_fill(o.result, &object);
    r.outcome = conclude_outcome(o.result, &r.reason, &r.detail);
    r.guest = o.result;
    r.object_count = !o.result->own_fault && o.result->armed;
    joined_rounds_end(&p->rounds, &r);
}

static void on_done(void *ctx, struct probe *probe)
{
    struct place *p = ctx;
    p->probe = NULL; /* a report may start the next round */
    report_findings(p, probe);
    probe_free(probe);
}

/* ---- the contract ---- */

static struct collector_instance *guest_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    struct hash_key key;
    if (!c)
        return NULL;
    c->env = env;
    if (getrandom(&key, sizeof key, 0) == sizeof key)
        c->echoes = echoes_create(&key);
    if (c->echoes)
        return c;
    log_warnx("guest", "no memory or no random bytes, no network will be visited as a guest");
    free(c);
    return NULL;
}

static void stop(struct place *p)
{
    probe_free(p->probe);
    p->probe = NULL;
    joined_rounds_end_cancelled(&p->rounds);
}

static bool guest_adopt(struct collector_instance *c, const struct check_setting *s)
{
    struct place *p = place_of(c, s->check);
    if (!s->options)
        return false;
    if (!p) {
        p = calloc(1, sizeof *p);
        if (!p)
            return false;
        *p = (struct place){.next = c->places, .owner = c, .rounds = {.env = c->env, .check = s->check}};
        c->places = p;
    }
    stop(p);
    return seat_take(&p->seat, c->env, s->node, s->options);
}

static void guest_drop(struct collector_instance *c, uint32_t check)
{
    for (struct place **link = &c->places; *link; link = &(*link)->next)
        if ((*link)->rounds.check == check) {
            struct place *p = *link;
            stop(p);
            seat_leave(&p->seat);
            *link = p->next;
            free(p);
            return;
        }
}

static bool begin_probe(struct place *p, enum round_kind kind, struct mono deadline)
{
    struct probe_plan plan = {.seat = &p->seat, .echoes = p->owner->echoes, .check = p->rounds.check,
                              .urgent = kind != ROUND_REGULAR, .deadline = deadline, .done = on_done, .ctx = p};
    p->probe = probe_start(&plan);
    return p->probe != NULL;
}

static void guest_start(struct collector_instance *c, uint32_t check, uint32_t number, enum round_kind kind,
                        struct mono deadline)
{
    static const struct report busy = {.outcome = OUTCOME_OWN_FAULT, .reason = "busy"};
    struct place *p = place_of(c, check);
    if (p && joined_rounds_add(&p->rounds, number, kind) && !p->probe && !begin_probe(p, kind, deadline))
        joined_rounds_end(&p->rounds, &busy);
}

static void guest_cancel(struct collector_instance *c, uint32_t check, uint32_t number)
{
    struct place *p = place_of(c, check);
    if (!p || !joined_rounds_cancel(&p->rounds, number))
        return;
    probe_free(p->probe); /* nobody waits for it any more */
    p->probe = NULL;
}

static void guest_destroy(struct collector_instance *c)
{
    if (!c)
        return;
    while (c->places)
        guest_drop(c, c->places->rounds.check);
    echoes_destroy(c->echoes);
    free(c);
}

extern const struct collector guest_collector;
const struct collector guest_collector = {
    .name = "guest",
    .summary = "what a guest of a VLAN finds: address, gateway, names, pages, and what it must not reach",
    .options = &guest_setting_record,
    .interval_ns = MINUTES(5),
    .by_engine = true,
    .create = guest_create,
    .adopt = guest_adopt,
    .drop = guest_drop,
    .start = guest_start,
    .cancel = guest_cancel,
    .destroy = guest_destroy,
};
