#include "collectors/guest/probe_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "collectors/guest/conclude.h"
#include "collectors/protocol/ethernet.h"
#include "poller/base/utf8.h"

#define PORT_FIRST 32768 /* and 16384 above it */
#define PORT_COUNT 16384

/* ---- time ---- */

struct mono probe_now(const struct probe *p)
{
    return p->env->now(p->env->ctx).mono;
}

static void on_timer(void *arg)
{
    struct probe *p = arg;
    p->timer = NULL;
    p->phase->tick(p);
}

void probe_wait(struct probe *p, int64_t span_ns)
{
    p->env->timer_stop(p->env->ctx, p->timer);
    p->timer = p->env->timer_start(p->env->ctx, mono_after(probe_now(p), span_ns), on_timer, p);
}

static void stop_timers(struct probe *p)
{
    p->env->timer_stop(p->env->ctx, p->timer);
    p->env->timer_stop(p->env->ctx, p->deadline);
    p->timer = p->deadline = NULL;
}

/* ---- phases ---- */

bool probe_is_tagged(const struct probe *p)
{
    return seat_is_tagged(p->plan.seat);
}

bool probe_step_is(const struct probe *p, enum guest_step step, enum verdict verdict)
{
    return p->steps[step].done && p->steps[step].verdict == verdict;
}

static bool can_go_on(const struct probe *p)
{
    return addr_is_set(&p->us.addr) && probe_step_is(p, GUEST_GATEWAY, VERDICT_OK);
}

static bool isolation_is_due(const struct probe *p)
{
    const struct seat *s = p->plan.seat;
    return p->plan.urgent || s->isolation_failed || !s->isolation_tried.ns ||
           mono_since(p->started, s->isolation_tried) >= ISOLATION_EVERY_NS;
}

static bool has_its_turn(const struct probe *p, const struct phase *phase)
{
    const struct guest_setting *s = p->setting;
    bool chosen = addr_is_set(&p->chosen.is.address);
    bool leases = s->depth != GUEST_DEPTH_OFFER && (p->way.own_free || !seat_is_by_card(p->plan.seat));
    if (phase == &phase_waiting || phase == &phase_offers)
        return true;
    if (phase == &phase_lease)
        return chosen && leases;
    if (phase == &phase_gateway)
        return chosen && (!leases || addr_is_set(&p->us.addr));
    if (phase == &phase_routers)
        return chosen && s->ipv6 && p->plan.seat->adverts.count;
    if (phase == &phase_isolation)
        return can_go_on(p) && isolation_is_due(p);
    if (phase == &phase_names || phase == &phase_page)
        return can_go_on(p) && s->depth == GUEST_DEPTH_INTERNET && (phase == &phase_names || s->page_url);
    return can_go_on(p); /* full-size frames */
}

void probe_next(struct probe *p)
{
    static const struct phase *const order[] = {&phase_air,       &phase_waiting, &phase_offers,   &phase_lease,
                                                &phase_gateway,   &phase_routers, &phase_fullsize, &phase_names,
                                                &phase_page,      &phase_isolation, NULL};
    const struct phase *const *next = order;
    while (*next != p->phase)
        next++;
    do
        next++;
    while (*next && !has_its_turn(p, *next));
    p->env->timer_stop(p->env->ctx, p->timer);
    p->timer = NULL;
    if (!*next) {
        probe_end(p);
        return;
    }
    p->phase = *next;
    p->begun = probe_now(p);
    p->phase->begin(p);
}

/* ---- steps ---- */

static void tell(const struct probe *p, enum guest_step step)
{
    const struct guest_step_result *r = &p->steps[step];
    struct hint h = {.check = p->plan.check, .kind = HINT_STEP, .at = probe_now(p), .step = guest_step_words[step],
                     .detail = r->detail, .verdict = r->verdict, .took_ns = r->took_ns};
    p->env->hint(p->env->ctx, &h);
}

/* A text that was cut ends with a whole character all the same. */
static void end_whole(char *text)
{
    size_t len = strlen(text), whole = 0;
    for (size_t n; whole < len && (n = utf8_length(text + whole, len - whole)) > 0;)
        whole += n;
    text[whole] = '\0';
}

static void keep(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                 const char *format, va_list args)
{
    struct guest_step_result *r = &p->steps[step];
    vsnprintf(p->details[step], sizeof p->details[step], format, args);
    end_whole(p->details[step]);
    *r = (struct guest_step_result){.done = true, .verdict = verdict, .reason = reason, .took_ns = r->took_ns,
                                    .detail = p->details[step][0] ? p->details[step] : NULL};
}

void probe_step(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                int64_t took_ns, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep(p, step, verdict, reason, format, args);
    va_end(args);
    p->steps[step].took_ns = took_ns;
    tell(p, step);
}

void probe_revise(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep(p, step, verdict, reason, format, args);
    va_end(args);
    tell(p, step);
}

/* ---- beginning and end ---- */

static void hear(void *ctx, const struct heard_frame *h)
{
    struct probe *p = ctx;
    if (h && h->vid == p->setting->vid)
        duties_hear(p, h);
    p->phase->hear(p, h);
}

/* What was requested is given back: once, however the probe ends. */
static void release(struct probe *p)
{
    struct host_end server = {p->chosen.is.mac, p->chosen.is.server};
    struct dhcp_question q = {.type = DHCP_RELEASE, .xid = p->offers.xid, .client = p->us.mac,
                              .address = p->chosen.is.address, .server = p->chosen.is.server};
    uint8_t frame[ETHER_BYTES_MAX];
    if (!p->leasing.requested)
        return;
    p->leasing.requested = false;
    post_frame(p, (int32_t)p->setting->vid, frame, host_frame_dhcp(&q, &server, frame));
}

static void wind_up(struct probe *p)
{
    if (p->over)
        return;
    p->over = true;
    if (p->paging && p->paging->talking) {
        struct tcp_segment s;
        tcp_dialogue_stop(&p->paging->talk);
        while (tcp_dialogue_next(&p->paging->talk, &s))
            post_tcp(p, &p->paging->at, &s);
    }
    release(p);
    air_leave(p);
    p->plan.seat->hear = NULL;
    stop_timers(p);
    conclude_result(p);
}

void probe_end(struct probe *p)
{
    if (p->over)
        return;
    wind_up(p);
    p->plan.done(p->plan.ctx, p);
}

void probe_cannot(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                  const char *why)
{
    p->result.own_fault = true;
    probe_step(p, step, verdict, reason, 0, "%s", why);
    probe_end(p);
}

static void on_deadline(void *arg)
{
    struct probe *p = arg;
    p->deadline = NULL;
    probe_end(p);
}

void probe_stop(struct probe *p)
{
    wind_up(p);
}

static bool choose_numbers(struct probe *p)
{
    uint32_t xids[3]; /* the last for all other numbers */
    if (getrandom(xids, sizeof xids, 0) != sizeof xids)
        return false;
    p->random = xids[2];
    offers_begin(&p->offers, &p->us.mac, xids[0], p->started);
    offers_begin(&p->asking.control, &p->plan.seat->control, xids[1], p->started);
    return true;
}

/* Steps of a full-period generator, so that no number comes twice in a probe. */
uint32_t probe_random(struct probe *p)
{
    return p->random = p->random * 1664525u + 1013904223u;
}

uint16_t probe_port(struct probe *p)
{
    return (uint16_t)(PORT_FIRST + (probe_random(p) >> 16) % PORT_COUNT);
}

struct probe *probe_start(const struct probe_plan *plan)
{
    struct probe *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->plan = *plan;
    p->env = plan->seat->env;
    p->setting = plan->seat->setting;
    p->started = p->begun = probe_now(p);
    p->us.mac = plan->seat->probe;
    if (!choose_numbers(p)) {
        free(p);
        return NULL;
    }
    plan->seat->hear = hear;
    plan->seat->hear_ctx = p;
    p->deadline = p->env->timer_start(p->env->ctx, plan->deadline, on_deadline, p);
    p->phase = p->setting->ssid ? &phase_air : &phase_waiting;
    p->phase->begin(p);
    return p;
}

void probe_outcome(struct probe *p, struct probe_outcome *out)
{
    *out = (struct probe_outcome){&p->result, p->too_soon};
}

void probe_free(struct probe *p)
{
    if (!p)
        return;
    wind_up(p);
    free(p->paging);
    free(p);
}
