#include "poller/model/guest_says.h"

const char *const guest_matter_words[] = {"service", "isolation", "dhcp", "ra", NULL};

static const struct guest_saying nothing = {.verdict = VERDICT_UNKNOWN};
static const struct guest_saying well = {.verdict = VERDICT_OK};

struct guest_step_result guest_step_of(const struct guest_result *r, enum guest_step step)
{
    return (size_t)step < r->steps_count ? r->steps[step] : (struct guest_step_result){0};
}

static bool is_ours(enum guest_reason reason)
{
    return reason == GUEST_NO_LINK || reason == GUEST_NO_RIGHT || reason == GUEST_NOT_HEARD;
}

enum guest_reason guest_says_nothing(const struct guest_result *r)
{
    for (size_t i = 0; i < r->steps_count; i++)
        if (r->steps[i].done && is_ours(r->steps[i].reason))
            return r->steps[i].reason;
    if (r->own_fault)
        return GUEST_NO_RIGHT;
    return r->armed ? GUEST_NONE : GUEST_NOT_CARRIED;
}

static bool is_strange(const struct guest_result *r, const struct guest_offer *o)
{
    return o->vid == r->vid && !o->expected;
}

static bool stranger_offers(const struct guest_result *r)
{
    for (size_t i = 0; i < r->offers_count; i++)
        if (is_strange(r, &r->offers[i]))
            return true;
    return false;
}

/* What is offered wrongly is the stranger's offer, as far as there is a stranger. */
static bool is_strangers_doing(const struct guest_result *r, enum guest_reason reason)
{
    switch (reason) {
    case GUEST_SEVERAL_SERVERS: case GUEST_STRANGE_SERVER: case GUEST_ROGUE_RA:
        return true;
    case GUEST_OTHER_SUBNET: case GUEST_NO_GATEWAY: case GUEST_BAD_OFFER: case GUEST_IN_USE:
        return stranger_offers(r);
    default:
        return false;
    }
}

static bool is_of_service(enum guest_step step)
{
    return step <= GUEST_FULLSIZE;
}

static struct guest_saying of_service(const struct guest_result *r)
{
    struct guest_saying said = nothing;
    for (enum guest_step s = 0; is_of_service(s) && (size_t)s < r->steps_count; s++) {
        const struct guest_step_result *step = &r->steps[s];
        if (!step->done || is_strangers_doing(r, step->reason))
            continue;
        if (step->verdict == VERDICT_FAILING)
            return (struct guest_saying){VERDICT_FAILING, s, step->reason};
        if (step->verdict == VERDICT_DEGRADED && said.verdict != VERDICT_DEGRADED)
            said = (struct guest_saying){VERDICT_DEGRADED, s, step->reason};
        if (step->verdict == VERDICT_OK && s >= GUEST_OFFER && said.verdict == VERDICT_UNKNOWN)
            said = well;
    }
    return said;
}

static struct guest_saying of_isolation(const struct guest_result *r)
{
    struct guest_step_result step = guest_step_of(r, GUEST_ISOLATION);
    if (!step.done || step.verdict == VERDICT_UNKNOWN)
        return nothing;
    return (struct guest_saying){step.verdict, GUEST_ISOLATION, step.reason};
}

/* Somebody answered the question for an address, so a stranger would have. */
static bool was_asked(const struct guest_result *r)
{
    return guest_step_of(r, GUEST_OFFER).done && r->offers_count > 0;
}

static struct guest_saying of_dhcp(const struct guest_result *r)
{
    enum guest_reason reason = guest_step_of(r, GUEST_OFFER).reason;
    if (stranger_offers(r) || reason == GUEST_STRANGE_SERVER || reason == GUEST_SEVERAL_SERVERS)
        return (struct guest_saying){VERDICT_FAILING, GUEST_OFFER, GUEST_STRANGE_SERVER};
    return was_asked(r) ? well : nothing;
}

static struct guest_saying of_ra(const struct guest_result *r)
{
    for (size_t i = 0; i < r->routers_count; i++)
        if (r->routers[i].vid == r->vid && !r->routers[i].expected)
            return (struct guest_saying){VERDICT_FAILING, GUEST_OFFER, GUEST_ROGUE_RA};
    return was_asked(r) ? well : nothing;
}

static struct guest_saying of(const struct guest_result *r, enum guest_matter m)
{
    switch (m) {
    case GUEST_MATTER_SERVICE:
        return of_service(r);
    case GUEST_MATTER_ISOLATION:
        return of_isolation(r);
    case GUEST_MATTER_DHCP:
        return of_dhcp(r);
    case GUEST_MATTER_RA:
        return of_ra(r);
    case GUEST_MATTERS:
        break;
    }
    return nothing;
}

/* A stranger that was heard is one, whatever else could not be told. */
struct guest_saying guest_says(const struct guest_result *r, enum guest_matter m)
{
    struct guest_saying said = of(r, m);
    bool heard = (m == GUEST_MATTER_DHCP || m == GUEST_MATTER_RA) && said.verdict == VERDICT_FAILING;
    return heard || guest_says_nothing(r) == GUEST_NONE ? said : nothing;
}
