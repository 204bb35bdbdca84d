#include "poller/model/guest_says.h"

#include <string.h>

const char *const guest_matter_words[] = {"service", "isolation", "dhcp", "ra", NULL};

static const struct guest_saying nothing = {.verdict = VERDICT_UNKNOWN};
static const struct guest_saying well = {.verdict = VERDICT_OK};

struct guest_step_result guest_step_of(const struct guest_result *r, enum guest_step step)
{
    return (size_t)step < r->steps_count ? r->steps[step] : (struct guest_step_result){0};
}

static bool is_ours(enum guest_reason reason)
{
    return reason == GUEST_NO_LINK || reason == GUEST_NO_RIGHT || reason == GUEST_NOT_HEARD ||
           reason == GUEST_WIFI_UNUSABLE;
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

static bool is_strange(const struct guest_result *r, const struct guest_offer *o, const struct mac *usual)
{
    return o->vid == r->vid && !o->expected && !(mac_is_set(usual) && memcmp(&o->mac, usual, sizeof *usual) == 0);
}

static bool stranger_offers(const struct guest_result *r, const struct mac *usual)
{
    for (size_t i = 0; i < r->offers_count; i++)
        if (is_strange(r, &r->offers[i], usual))
            return true;
    return false;
}

/* What is offered wrongly is the stranger's offer, as far as there is a stranger. */
static bool is_strangers_doing(const struct guest_result *r, enum guest_reason reason, const struct mac *usual)
{
    switch (reason) {
    case GUEST_ROGUE_RA:
        return true;
    case GUEST_SEVERAL_SERVERS: case GUEST_STRANGE_SERVER:
        return !r->offers_count || stranger_offers(r, usual);
    case GUEST_OTHER_SUBNET: case GUEST_NO_GATEWAY: case GUEST_BAD_OFFER: case GUEST_IN_USE:
        return stranger_offers(r, usual);
    default:
        return false;
    }
}

/* The usual server by another name: its settings are others. */
static enum guest_reason reason_of(const struct guest_step_result *step)
{
    bool other = step->reason == GUEST_SEVERAL_SERVERS || step->reason == GUEST_STRANGE_SERVER;
    return other ? GUEST_OTHER_SUBNET : step->reason;
}

static bool is_of_service(enum guest_step step)
{
    return step <= GUEST_FULLSIZE;
}

static struct guest_saying of_service(const struct guest_result *r, const struct mac *usual)
{
    struct guest_saying said = nothing;
    for (enum guest_step s = 0; is_of_service(s) && (size_t)s < r->steps_count; s++) {
        const struct guest_step_result *step = &r->steps[s];
        if (!step->done || is_strangers_doing(r, step->reason, usual))
            continue;
        if (step->verdict == VERDICT_FAILING)
            return (struct guest_saying){VERDICT_FAILING, s, reason_of(step)};
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

static struct guest_saying of_dhcp(const struct guest_result *r, const struct mac *usual)
{
    enum guest_reason reason = guest_step_of(r, GUEST_OFFER).reason;
    bool said = reason == GUEST_STRANGE_SERVER || reason == GUEST_SEVERAL_SERVERS;
    if (stranger_offers(r, usual) || (said && !r->offers_count))
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

static struct guest_saying of(const struct guest_result *r, enum guest_matter m, const struct mac *usual)
{
    switch (m) {
    case GUEST_MATTER_SERVICE:
        return of_service(r, usual);
    case GUEST_MATTER_ISOLATION:
        return of_isolation(r);
    case GUEST_MATTER_DHCP:
        return of_dhcp(r, usual);
    case GUEST_MATTER_RA:
        return of_ra(r);
    case GUEST_MATTERS:
        break;
    }
    return nothing;
}

/* A stranger that was heard is one, whatever else could not be told. */
struct guest_saying guest_says_beside(const struct guest_result *r, enum guest_matter m, const struct mac *usual)
{
    struct guest_saying said = of(r, m, usual);
    bool heard = (m == GUEST_MATTER_DHCP || m == GUEST_MATTER_RA) && said.verdict == VERDICT_FAILING;
    return heard || guest_says_nothing(r) == GUEST_NONE ? said : nothing;
}

struct guest_saying guest_says(const struct guest_result *r, enum guest_matter m)
{
    return guest_says_beside(r, m, &(struct mac){{0}});
}

struct mac guest_server_mac(const struct guest_result *r)
{
    for (size_t i = 0; i < r->offers_count; i++)
        if (r->offers[i].expected && r->offers[i].vid == r->vid)
            return r->offers[i].mac;
    return (struct mac){{0}};
}
