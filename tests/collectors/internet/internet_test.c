#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dns_server.h"

struct options { /* as the collector's record lays them out */
    char *gateway, *modem;
    char **anchors;
    size_t anchors_count;
    char *page_url, *page_expect, *dns_name;
    bool metered;
};

static char *anchor_names[] = {"198.51.100.1", "198.51.100.2", "203.0.113.3"};
static const char *const page_body = "success\n";

struct bed {
    struct sim *sim;
    const struct collector *kind;
    struct collector_instance *internet;
    struct options options;
    struct fetch_answer page;
    struct dns_server dns;
    struct sim_host *router, *modem, *anchors[3];
    uint32_t round;
};

static int set_up(void **state)
{
    static struct bed bed;
    bed = (struct bed){.sim = sim_create(5), .kind = collector_find("internet")};
    assert_int_equal(bed.kind->options->size, sizeof bed.options);
    bed.options = (struct options){.modem = "192.168.100.1", .anchors = anchor_names,
                                   .anchors_count = 3, .page_url = "http://page.example/",
                                   .page_expect = "success", .dns_name = "example.com"};
    bed.page = (struct fetch_answer){.status = 200, .body = (const uint8_t *)page_body, .body_len = 8};
    sim_fetch(bed.sim, &bed.page);
    addr_parse("93.184.216.34", &bed.dns.answer);
    dns_server_start(&bed.dns, bed.sim);
    struct sim_place *place = sim_place(bed.sim);
    place->default_route[0].ifindex = 2;
    addr_parse("192.0.2.1", &place->default_route[0].gateway);
    prefix_parse("192.0.2.0/24", &place->on_link);
    place->link = (struct netinfo_link){.name = "eth0", .carrier = true};
    bed.router = sim_host(bed.sim, "192.0.2.1");
    bed.modem = sim_host(bed.sim, "192.168.100.1");
    for (int i = 0; i < 3; i++) {
        bed.anchors[i] = sim_host(bed.sim, anchor_names[i]);
        bed.anchors[i]->rtt_ns = MILLISECONDS(20 + i);
        bed.anchors[i]->open_ports[0] = 443;
    }
    bed.internet = bed.kind->create(sim_env(bed.sim));
    struct check_setting setting = {.check = 0, .node = "internet", .label = "",
                                    .options = &bed.options, .interval_ns = SECONDS(60)};
    assert_true(bed.kind->adopt(bed.internet, &setting));
    *state = &bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    bed->kind->destroy(bed->internet);
    sim_destroy(bed->sim);
    return 0;
}

static const struct report *ask(struct bed *bed, enum round_kind kind)
{
    size_t before = sim_reports(bed->sim);
    struct mono deadline = mono_after(sim_now(bed->sim).mono, SECONDS(20));
    bed->kind->start(bed->internet, 0, ++bed->round, kind, deadline);
    sim_run(bed->sim, SECONDS(20));
    assert_int_equal(sim_reports(bed->sim), before + 1);
    return sim_last_report(bed->sim);
}

static void expect(const struct report *r, enum outcome outcome, const char *reason)
{
    assert_int_equal(r->outcome, outcome);
    assert_string_equal(r->reason, reason);
}

static void silence(struct bed *bed)
{
    for (int i = 0; i < 3; i++)
        bed->anchors[i]->silent = true;
}

static void a_working_way_out_has_every_step_ok(void **state)
{
    struct bed *bed = *state;
    const struct report *r = ask(bed, ROUND_REGULAR);
    expect(r, OUTCOME_ANSWERED, "");
    static const char *const ok[] = {"link", "gateway-ping", "modem", "anchors", "dns-router",
                                     "dns-anchor", "page"};
    for (size_t i = 0; i < sizeof ok / sizeof *ok; i++) {
        char name[40];
        snprintf(name, sizeof name, "internet.%s", ok[i]);
        assert_string_equal(sim_fact(r, name, ""), "ok");
    }
    assert_string_equal(sim_fact(r, "own.carrier", "eth0"), "up");
    assert_true(sim_measure(r, "time") > 0.019 && sim_measure(r, "time") < 0.021);
    assert_true(sim_measure(r, "ok") == 1);
    assert_true(sim_hints(bed->sim, HINT_STEP) >= 7);
}

static void one_dead_anchor_is_not_the_internet(void **state)
{
    struct bed *bed = *state;
    bed->anchors[1]->silent = true;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
}

static void anchors_that_refuse_echoes_still_answer_by_tcp(void **state)
{
    struct bed *bed = *state;
    sim_close_door(bed->sim, PACKETS_ICMP4);
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
}

static void the_provider_is_named_when_all_before_it_answers(void **state)
{
    struct bed *bed = *state;
    silence(bed);
    const struct report *r = ask(bed, ROUND_REGULAR);
    expect(r, OUTCOME_SILENT, "isp");
    assert_string_equal(r->detail, "0 of 3 hosts on the Internet answer");
    bed->modem->silent = true;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_SILENT, "modem");
    bed->router->silent = true;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_SILENT, "gateway");
}

static void an_ask_round_ends_within_four_seconds(void **state)
{
    struct bed *bed = *state;
    silence(bed);
    const struct report *r = ask(bed, ROUND_ASK);
    expect(r, OUTCOME_SILENT, "isp");
    assert_true(mono_since(r->ended, r->started) <= SECONDS(4));
    assert_null(sim_fact(r, "internet.page", ""));
    assert_null(sim_fetched(bed->sim));
}

static void an_ask_round_asks_again_for_names_that_failed(void **state)
{
    struct bed *bed = *state;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
    bed->dns.rcode = 2;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_WRONG, "dns");
    expect(ask(bed, ROUND_ASK), OUTCOME_WRONG, "dns");
    addr_parse("192.0.2.1", &bed->dns.silent);
    const struct report *r = ask(bed, ROUND_ASK);
    expect(r, OUTCOME_WRONG, "dns");
    assert_true(mono_since(r->ended, r->started) < SECONDS(4));
    bed->dns.rcode = 0;
    bed->dns.silent = (struct addr){0};
    unsigned asked = bed->dns.asked;
    expect(ask(bed, ROUND_ASK), OUTCOME_ANSWERED, "");
    assert_int_equal(bed->dns.asked, asked + 2);
    expect(ask(bed, ROUND_ASK), OUTCOME_ANSWERED, "");
    assert_int_equal(bed->dns.asked, asked + 2);
}

static void an_ask_round_does_not_call_well_what_it_did_not_ask(void **state)
{
    struct bed *bed = *state;
    bed->page.status = 302;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_WRONG, "portal");
    expect(ask(bed, ROUND_ASK), OUTCOME_WRONG, "portal");
    silence(bed);
    expect(ask(bed, ROUND_ASK), OUTCOME_SILENT, "isp");
    bed->page.status = 200;
    for (int i = 0; i < 3; i++)
        bed->anchors[i]->silent = false;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
    expect(ask(bed, ROUND_ASK), OUTCOME_ANSWERED, "");
}

static void another_page_is_a_portal(void **state)
{
    struct bed *bed = *state;
    bed->page.body = (const uint8_t *)"<html>log in";
    bed->page.body_len = 12;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_WRONG, "portal");
    bed->page.error = "timeout"; /* that server's own trouble */
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
    assert_string_equal(sim_fact(sim_last_report(bed->sim), "internet.page", ""), "failing");
}

static void names_that_fail_at_the_router_are_told_once_it_gave_some(void **state)
{
    struct bed *bed = *state;
    addr_parse("192.0.2.1", &bed->dns.silent);
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, ""); /* it may never have served names */
    bed->dns.silent = (struct addr){0};
    ask(bed, ROUND_REGULAR);
    addr_parse("192.0.2.1", &bed->dns.silent);
    expect(ask(bed, ROUND_REGULAR), OUTCOME_WRONG, "dns");
    assert_string_equal(sim_fact(sim_last_report(bed->sim), "internet.dns-anchor", ""), "ok");
}

static void a_pulled_cable_is_the_link(void **state)
{
    struct bed *bed = *state;
    ask(bed, ROUND_REGULAR);
    struct sim_place *place = sim_place(bed->sim);
    place->link.carrier = false;
    place->default_route[0].ifindex = 0;
    silence(bed);
    const struct report *r = ask(bed, ROUND_REGULAR);
    expect(r, OUTCOME_SILENT, "link");
    assert_string_equal(sim_fact(r, "own.carrier", "eth0"), "down");
}

static void a_machine_without_a_way_out_says_so_and_blames_nobody(void **state)
{
    struct bed *bed = *state;
    sim_place(bed->sim)->default_route[0].ifindex = 0;
    const struct report *r = ask(bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_non_null(strstr(r->detail, "no default route"));
}

static void metered_asks_neither_tcp_nor_the_page(void **state)
{
    struct bed *bed = *state;
    bed->options.metered = true;
    struct check_setting setting = {.node = "internet", .label = "", .options = &bed->options,
                                    .interval_ns = SECONDS(60)};
    bed->kind->adopt(bed->internet, &setting);
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
    assert_int_equal(bed->anchors[0]->asked, 1);
    assert_null(sim_fetched(bed->sim));
}

static void ipv6_is_told_apart(void **state)
{
    struct bed *bed = *state;
    struct sim_place *place = sim_place(bed->sim);
    place->default_route[1].ifindex = 2;
    const struct report *r = ask(bed, ROUND_REGULAR);
    expect(r, OUTCOME_ANSWERED, "");
    assert_string_equal(sim_fact(r, "internet.anchors", ""), "ok");
    assert_string_equal(sim_fact(r, "internet.anchors", "ipv6"), "failing");
}

static void anchors_may_be_names(void **state)
{
    struct bed *bed = *state;
    static char *names[] = {"one.example", "two.example", "203.0.113.3"};
    bed->options.anchors = names;
    sim_name(bed->sim, "one.example", "198.51.100.1");
    sim_name(bed->sim, "two.example", "198.51.100.2");
    struct check_setting setting = {.node = "internet", .label = "", .options = &bed->options,
                                    .interval_ns = SECONDS(60)};
    bed->kind->adopt(bed->internet, &setting);
    sim_run(bed->sim, SECONDS(1));
    bed->anchors[2]->silent = true;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_ANSWERED, "");
    bed->anchors[1]->silent = true;
    expect(ask(bed, ROUND_REGULAR), OUTCOME_SILENT, "isp");
}

static void a_cancelled_round_reports_once_and_forgets_its_page(void **state)
{
    struct bed *bed = *state;
    bed->kind->start(bed->internet, 0, 77, ROUND_REGULAR, MONO_NEVER);
    sim_run(bed->sim, MILLISECONDS(27)); /* the page is under way */
    bed->kind->cancel(bed->internet, 0, 77);
    assert_int_equal(sim_reports(bed->sim), 1);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_CANCELLED);
    sim_run(bed->sim, SECONDS(20));
    assert_int_equal(sim_reports(bed->sim), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_working_way_out_has_every_step_ok),
        T(one_dead_anchor_is_not_the_internet),
        T(anchors_that_refuse_echoes_still_answer_by_tcp),
        T(the_provider_is_named_when_all_before_it_answers),
        T(an_ask_round_ends_within_four_seconds),
        T(an_ask_round_asks_again_for_names_that_failed),
        T(an_ask_round_does_not_call_well_what_it_did_not_ask),
        T(another_page_is_a_portal),
        T(names_that_fail_at_the_router_are_told_once_it_gave_some),
        T(a_pulled_cable_is_the_link),
        T(a_machine_without_a_way_out_says_so_and_blames_nobody),
        T(metered_asks_neither_tcp_nor_the_page),
        T(ipv6_is_told_apart),
        T(anchors_may_be_names),
        T(a_cancelled_round_reports_once_and_forgets_its_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
