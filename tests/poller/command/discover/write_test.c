#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/discover/write.h"

static struct household *home;
static struct own_place place;
static struct buf text;

static int set_up(void **state)
{
    home = calloc(1, sizeof *home);
    place = (struct own_place){.card_count = 1, .hostname = "pi"};
    prefix_parse("192.168.1.5/24", &place.cards[0].net);
    return home ? 0 : -1;
}

static int tear_down(void **state)
{
    free(home);
    buf_fini(&text);
    text = (struct buf){0};
    return 0;
}

static const char *written(struct write_plan plan)
{
    household_judge(home);
    write_configuration(&plan, &place, home, &text);
    return buf_string(&text);
}

static struct found *add(const char *address)
{
    struct addr a;
    addr_parse(address, &a);
    return household_entry(home, &a);
}

static void assert_holds(const char *whole, const char *part)
{
    if (strstr(whole, part))
        return;
    print_error("'%s' is missing in:\n", part);
    assert_string_equal(whole, part); /* shows the whole */
}

static void the_watched_hang_behind_the_gateway_and_the_seen_are_comments(void **state)
{
    addr_parse("192.168.1.1", &place.gateway);
    add("192.168.1.1")->gateway = true;
    struct found *sw = add("192.168.1.2");
    sw->snmp = true;
    snprintf(sw->sysname, sizeof sw->sysname, "lan-switch");
    snprintf(add("192.168.1.30")->host, FOUND_TEXT_MAX, "cam");
    const char *out = written((struct write_plan){.community = "public"});
    assert_holds(out, "\n  \"router\": {address: \"192.168.1.1\"}\n");
    assert_holds(out,
                 "\n  \"lan-switch\": {address: \"192.168.1.2\", class: fixed, parent: \"router\","
                 " snmp: {community: \"public\"}}\n");
    assert_holds(out, "\n  # \"cam\": {address: \"192.168.1.30\", class: fixed}\n");
    assert_null(strstr(out, "internet: no"));
}

static void on_a_card_it_is_written_seldom(void **state)
{
    assert_null(strstr(written((struct write_plan){.community = "public"}), "journal:"));
    buf_fini(&text);
    text = (struct buf){0};
    assert_holds(written((struct write_plan){.community = "public", .on_card = true}), "\njournal: {sync: 30s} #");
}

static void hostile_text_stays_inside_its_comment(void **state)
{
    struct found *sw = add("192.168.1.2");
    sw->gateway = true;
    snprintf(sw->sysdescr, sizeof sw->sysdescr, "x\nnodes: {}\n\x1b[2J\xff");
    assert_holds(written((struct write_plan){.community = "public"}), "  # x?nodes: {}??[2J?\n");
}

static void alone_it_watches_its_own_machine(void **state)
{
    place.card_count = 0;
    const char *out =
        written((struct write_plan){.community = "public", .state_dir = "/tmp/a \"b\""});
    assert_holds(out, "\n  \"pi\": {address: \"127.0.0.1\"}");
    assert_holds(out, "\ninternet: no\n");
    assert_holds(out, "web: {listen: \"127.0.0.1:8480\"}");
    assert_holds(out, "state: \"/tmp/a \\\"b\\\"\"\n");
}

static void a_public_address_keeps_the_pages_to_this_machine(void **state)
{
    char url[64];
    prefix_parse("203.0.113.9/24", &place.cards[0].net);
    assert_holds(written((struct write_plan){.community = "public"}), "listen: \"127.0.0.1:8480\"");
    write_page_address(&place, url, sizeof url);
    assert_string_equal(url, "http://127.0.0.1:8480/");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_watched_hang_behind_the_gateway_and_the_seen_are_comments),
        CASE(on_a_card_it_is_written_seldom),
        CASE(hostile_text_stays_inside_its_comment),
        CASE(alone_it_watches_its_own_machine),
        CASE(a_public_address_keeps_the_pages_to_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
