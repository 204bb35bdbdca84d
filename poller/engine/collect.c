/* Collectors and their checks: what the engine wants started is handed to the collector of its kind;
 * one that cannot be had answers by a report of its own fault. */
#include "poller/engine/collect.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

struct held_check {
    struct arena *arena; /* settings live here until the check is dropped or replaced */
    const struct collector *kind;
    struct collector_instance *instance; /* NULL: cannot be asked */
    struct check_setting setting;
    struct addr *addresses;
};

struct collector_slot {
    const struct collector *kind;
    struct collector_instance *instance;
    bool tried, started; /* started: something waits for flush */
};

struct collect {
    const struct env *env;
    struct collect_names names;
    const struct config *config;
    struct collector_slot *slots;
    size_t slot_count;
    struct held_check *checks; /* by id */
    size_t count;
};

struct collect *collect_create(const struct env *env, const struct collect_names *names)
{
    struct collect *c = calloc(1, sizeof *c);
    while (collectors[c->slot_count])
        c->slot_count++;
    c->slots = calloc(c->slot_count + 1, sizeof *c->slots);
    if (!c->slots)
        fatal("no memory for collectors");
    for (size_t i = 0; i < c->slot_count; i++)
        c->slots[i].kind = collectors[i];
    c->env = env;
    c->names = *names;
    return c;
}

void collect_configure(struct collect *c, const struct config *config)
{
    c->config = config;
}

bool collect_is(const struct collect *c, uint32_t check, const char *kind)
{
    return check < c->count && c->checks[check].kind && strcmp(c->checks[check].kind->name, kind) == 0;
}

bool collect_waits_for_address(const struct collect *c, uint32_t check)
{
    if (check >= c->count || !c->checks[check].instance || c->checks[check].setting.address_count)
        return false;
    return c->names.has && c->names.has(c->names.ctx, c->checks[check].setting.node);
}

static struct collector_slot *slot_of(struct collect *c, const char *kind)
{
    for (size_t i = 0; i < c->slot_count; i++) {
        struct collector_slot *slot = &c->slots[i];
        if (strcmp(slot->kind->name, kind) != 0)
            continue;
        if (!slot->tried && slot->kind->create) {
            slot->instance = slot->kind->create(c->env);
            if (!slot->instance)
                log_warnx("checks", "%s cannot be used; its checks stay unknown", kind);
        }
        slot->tried = true;
        return slot;
    }
    return NULL;
}

static struct held_check *held(struct collect *c, uint32_t id)
{
    if (id >= c->count) {
        size_t count = c->count ? c->count * 2 : 64;
        while (count <= id)
            count *= 2;
        struct held_check *checks = reallocarray(c->checks, count, sizeof *checks);
        if (!checks)
            fatal("no memory for %zu checks", count);
        memset(checks + c->count, 0, (count - c->count) * sizeof *checks);
        c->checks = checks;
        c->count = count;
    }
    return &c->checks[id];
}

static void *copy_options(struct collect *c, const struct output *o,
                          const struct collector *kind, struct arena *arena)
{
    if (!kind->options)
        return NULL;
    if (!o->adopt.check_config)
        return internet_options(c->config, kind->options, arena);
    void *options = arena_take(arena, kind->options->size);
    const void *from = o->adopt.check_config->kind.value;
    if (options && from && !field_copy(kind->options, from, collector_options, arena, options))
        options = NULL;
    return options;
}

static char *text(struct arena *a, const char *from)
{
    return arena_text(a, from ? from : "", from ? strlen(from) : 0);
}

static void set_addresses(struct collect *c, struct held_check *h, const char *node,
                          const struct addr *configured, size_t count)
{
    const struct addr *known;
    bool named = !count && c->names.find;
    size_t learned = named ? c->names.find(c->names.ctx, node, &known) : 0;
    h->addresses = arena_copy(h->arena, learned ? known : configured,
                              (learned ? learned : count) * sizeof *known);
    h->setting.addresses = h->addresses;
    h->setting.address_count = learned ? learned : count;
}

static void adopt(struct collect *c, const struct output *o)
{
    const struct config_node *n = o->adopt.node;
    const struct config_check *cc = o->adopt.check_config;
    struct held_check *h = held(c, o->adopt.check), before = *h;
    struct collector_slot *slot = slot_of(c, cc ? cc->kind.kind : "internet");
    *h = (struct held_check){.arena = arena_create(0), .kind = slot ? slot->kind : NULL,
                             .instance = slot ? slot->instance : NULL};
    if (!h->arena)
        fatal("no memory for a check");
    int64_t interval = cc ? cc->interval_ns : c->config->internet.interval_ns;
    h->setting = (struct check_setting){.check = o->adopt.check,
                                        .node = text(h->arena, o->adopt.name),
                                        .label = text(h->arena, cc ? cc->label : NULL),
                                        .interval_ns = interval > 0 ? interval : MINUTES(1),
                                        .watched_hard = !n || n->class != CLASS_ROAMING};
    set_addresses(c, h, h->setting.node, n ? n->addresses : NULL, n ? n->addresses_count : 0);
    if (slot)
        h->setting.options = copy_options(c, o, slot->kind, h->arena);
    if (h->instance && !h->kind->adopt(h->instance, &h->setting)) {
        log_warnx("checks", "%s of %s cannot be set up", h->kind->name, h->setting.node);
        h->instance = NULL;
    }
    arena_destroy(before.arena);
}

void collect_readdress(struct collect *c, const char *node, const struct addr *addresses,
                            size_t count)
{
    for (size_t i = 0; i < c->count; i++) {
        struct held_check *h = &c->checks[i];
        if (!h->arena || !h->instance || strcmp(h->setting.node, node) != 0)
            continue;
        set_addresses(c, h, node, addresses, count);
        h->kind->adopt(h->instance, &h->setting);
    }
}

void collect_reprofile(struct collect *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->checks[i].instance && c->checks[i].kind->profiles)
            c->checks[i].kind->adopt(c->checks[i].instance, &c->checks[i].setting);
}

static void drop(struct collect *c, uint32_t id)
{
    struct held_check *h = held(c, id);
    if (h->instance)
        h->kind->drop(h->instance, id);
    arena_destroy(h->arena);
    *h = (struct held_check){0};
}

static void cannot_ask(struct collect *c, const struct output *o)
{
    struct mono now = c->env->now(c->env->ctx).mono;
    struct report r = {.check = o->round.check, .round = o->round.round, .kind = o->round.kind,
                       .outcome = OUTCOME_OWN_FAULT, .reason = "own fault",
                       .detail = "this kind of check cannot be used here", .started = now,
                       .ended = now};
    c->env->report(c->env->ctx, &r);
}

static void start(struct collect *c, const struct output *o)
{
    struct held_check *h = held(c, o->round.check);
    if (!h->instance) {
        cannot_ask(c, o);
        return;
    }
    for (size_t i = 0; i < c->slot_count; i++)
        c->slots[i].started = c->slots[i].started || c->slots[i].kind == h->kind;
    h->kind->start(h->instance, o->round.check, o->round.round, o->round.kind, o->round.deadline);
}

static void pace(struct collect *c, const struct output *o)
{
    struct held_check *h = held(c, o->pace.check);
    h->setting.slower = o->pace.slower;
    if (h->instance && h->kind->pace)
        h->kind->pace(h->instance, o->pace.check, o->pace.slower);
}

void collect_perform(struct collect *c, const struct output *o)
{
    struct held_check *h;
    switch (o->kind) {
    case OUTPUT_ADOPT:
        adopt(c, o);
        break;
    case OUTPUT_DROP:
        drop(c, o->round.check);
        break;
    case OUTPUT_PACE:
        pace(c, o);
        break;
    case OUTPUT_START:
        start(c, o);
        break;
    case OUTPUT_CANCEL:
        h = held(c, o->round.check);
        if (h->instance)
            h->kind->cancel(h->instance, o->round.check, o->round.round);
        break;
    default:
        break;
    }
}

void collect_flush(struct collect *c)
{
    for (size_t i = 0; i < c->slot_count; i++) {
        struct collector_slot *slot = &c->slots[i];
        if (slot->instance && slot->kind->flush)
            slot->kind->flush(slot->instance);
        slot->started = false;
    }
}

void collect_destroy(struct collect *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->slot_count; i++)
        if (c->slots[i].instance)
            c->slots[i].kind->destroy(c->slots[i].instance);
    for (size_t i = 0; i < c->count; i++)
        arena_destroy(c->checks[i].arena);
    free(c->checks);
    free(c->slots);
    free(c);
}
