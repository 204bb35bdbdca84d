/* Results of probes as a test would like them: one that is well in all, and what is different in it. */
#ifndef HAYLOFT_TESTS_SUPPORT_TOLD_GUEST_H
#define HAYLOFT_TESTS_SUPPORT_TOLD_GUEST_H

#include <string.h>

#include "poller/model/guest.h"

struct told_guest {
    struct guest_step_result steps[GUEST_STEPS];
    struct guest_offer offers[4];
    struct guest_router routers[4];
    struct guest_leak leaks[4];
    struct guest_result result;
};

static inline struct addr told_addr(const char *text)
{
    struct addr a = {0};
    addr_parse(text, &a);
    return a;
}

/* Every step from link to control done and ok; 192.168.50.1 serves 192.168.50.0/24. */
static inline struct guest_result *told_well(struct told_guest *t, int64_t vid)
{
    memset(t, 0, sizeof *t);
    for (int s = GUEST_LINK; s <= GUEST_CONTROL; s++)
        t->steps[s] = (struct guest_step_result){.done = true, .verdict = VERDICT_OK, .took_ns = MILLISECONDS(3)};
    t->offers[0] = (struct guest_offer){.mac = {{2, 0, 0, 0, 0, 1}}, .server = told_addr("192.168.50.1"),
                                        .address = told_addr("192.168.50.77"), .gateway = told_addr("192.168.50.1"),
                                        .mask = told_addr("255.255.255.0"), .lease_ns = MINUTES(60), .vid = vid,
                                        .expected = true};
    t->result = (struct guest_result){.vid = vid, .armed = true, .probe = {{2, 9, 9, 9, 5, 1}},
                                      .control = {{2, 9, 9, 9, 0, 1}}, .gateway = told_addr("192.168.50.1"),
                                      .lease = told_addr("192.168.50.77"), .steps = t->steps,
                                      .steps_count = GUEST_STEPS, .offers = t->offers, .offers_count = 1,
                                      .routers = t->routers, .leaks = t->leaks};
    return &t->result;
}

/* That step fails; those up to full-size frames that come after it are not done. */
static inline struct guest_result *told_failing(struct told_guest *t, int64_t vid, enum guest_step step,
                                                enum guest_reason reason)
{
    told_well(t, vid);
    for (int s = (int)step + 1; step <= GUEST_FULLSIZE && s <= GUEST_ISOLATION; s++)
        t->steps[s].done = false;
    t->steps[step].verdict = VERDICT_FAILING;
    t->steps[step].reason = reason;
    if (step == GUEST_OFFER && reason == GUEST_SILENCE)
        t->result.offers_count = 0;
    return &t->result;
}

static inline void told_stranger(struct told_guest *t, const char *server)
{
    struct guest_offer *o = &t->offers[t->result.offers_count++];
    *o = (struct guest_offer){.mac = {{0x3c, 0x84, 0x6a, 1, 2, 3}}, .server = told_addr(server),
                              .address = told_addr("10.9.9.9"), .gateway = told_addr(server),
                              .mask = told_addr("255.255.255.0"), .lease_ns = MINUTES(60), .vid = t->result.vid};
}

static inline void told_router(struct told_guest *t, const char *addr, bool expected)
{
    t->routers[t->result.routers_count++] = (struct guest_router){
        .mac = {{0x3c, 0x84, 0x6a, 1, 2, 4}}, .addr = told_addr(addr), .vid = t->result.vid, .expected = expected};
}

static inline void told_leak(struct told_guest *t, const char *addr, const char *node, const char *how)
{
    t->leaks[t->result.leaks_count++] =
        (struct guest_leak){told_addr(addr), (char *)(uintptr_t)node, (char *)(uintptr_t)how};
}

#endif
