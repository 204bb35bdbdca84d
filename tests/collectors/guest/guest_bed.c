#include "tests/collectors/guest/guest_bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define INTERVAL_NS MINUTES(5)
#define ROUND_NS SECONDS(90)

static const char page[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
                           "<html><body>All is well: success\n</body></html>\n";

static void make_world(struct guest_bed *b)
{
    struct sim_ether *w = b->world;
    b->gateway = sim_ether_host(w, GUEST_VID, "3c:84:6a:00:51:01", "10.51.0.1");
    b->gateway->gateway = b->gateway->resolver = true;
    addr_parse("93.184.216.34", &b->gateway->name);
    b->router = sim_ether_host(w, ETHER_UNTAGGED, "3c:84:6a:00:01:01", "192.168.1.1");
    b->router->face = b->router->closed_quietly = true;
    b->nas = sim_ether_host(w, ETHER_UNTAGGED, "3c:84:6a:00:01:20", "192.168.1.20");
    b->nas->ports[0] = 443;
    b->page = sim_ether_host(w, SIM_FAR, "3c:84:6a:00:99:99", "93.184.216.34");
    b->page->ports[0] = 80;
    b->page->page = page;
    b->dhcp = sim_ether_dhcp(w, b->gateway, "10.51.0.50");
    b->lan_dhcp = sim_ether_dhcp(w, b->router, "192.168.1.100");
    w->targets[0] = (struct guest_target){b->nas->addr, "nas", false};
    w->targets[1] = (struct guest_target){b->router->addr, "router", true};
    w->target_count = 2;
}

void guest_bed_open(struct guest_bed *b, uint64_t seed)
{
    *b = (struct guest_bed){.sim = sim_create(seed), .kind = collector_find("guest")};
    assert_non_null(b->kind);
    b->world = sim_ether_create(b->sim);
    make_world(b);
    b->setting = (struct guest_setting){.network = "guest", .vid = GUEST_VID, .depth = GUEST_DEPTH_INTERNET,
                                        .discover_gap_ns = INTERVAL_NS, .page_url = "http://example.com/",
                                        .page_expect = "success"};
    b->instance = b->kind->create(sim_env(b->sim));
    assert_non_null(b->instance);
    guest_bed_adopt(b);
}

void guest_bed_adopt(struct guest_bed *b)
{
    b->check = (struct check_setting){.check = 3, .node = "guest", .label = "501", .options = &b->setting,
                                      .interval_ns = INTERVAL_NS};
    assert_true(b->kind->adopt(b->instance, &b->check));
}

void guest_bed_close(struct guest_bed *b)
{
    b->kind->destroy(b->instance);
    sim_ether_destroy(b->world);
    sim_destroy(b->sim);
}

const struct report *guest_bed_ask(struct guest_bed *b, enum round_kind kind)
{
    size_t before = sim_reports(b->sim);
    b->kind->start(b->instance, 3, ++b->round, kind, mono_after(sim_now(b->sim).mono, ROUND_NS));
    sim_run(b->sim, ROUND_NS);
    assert_int_equal(sim_reports(b->sim), before + 1);
    assert_int_equal(sim_last_report(b->sim)->round, b->round);
    return sim_last_report(b->sim);
}

const struct report *guest_bed_next(struct guest_bed *b)
{
    const struct report *r = guest_bed_ask(b, ROUND_REGULAR);
    sim_run(b->sim, INTERVAL_NS - ROUND_NS);
    return r;
}

const struct guest_step_result *guest_bed_step(const struct report *r, enum guest_step step)
{
    assert_non_null(r->guest);
    assert_int_equal(r->guest->steps_count, GUEST_STEPS);
    return &r->guest->steps[step];
}

void guest_bed_expect(const struct report *r, enum guest_step step, enum verdict verdict, enum guest_reason reason)
{
    const struct guest_step_result *s = guest_bed_step(r, step);
    if (s->done && s->verdict == verdict && s->reason == reason)
        return;
    fail_msg("step %s: %s %s %s (%s)", guest_step_words[step], s->done ? "done" : "not done", verdict_words[s->verdict],
             guest_reason_words[s->reason], s->detail ? s->detail : "");
}

void guest_bed_expect_well(const struct report *r)
{
    static const enum guest_step steps[] = {GUEST_LINK, GUEST_OFFER,    GUEST_LEASE,  GUEST_GATEWAY, GUEST_DNS,
                                            GUEST_HTTP, GUEST_FULLSIZE, GUEST_CONTROL};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        guest_bed_expect(r, steps[i], VERDICT_OK, GUEST_NONE);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->reason, "");
}
