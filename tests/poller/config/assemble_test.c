#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "poller/base/clock.h"

static struct arena *arena;
static struct readout reading;

static int begin(void **state)
{
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    arena_destroy(arena);
    return 0;
}

static struct config *good(const char *text)
{
    if (!memory_read(text, "pass: hidden\n", arena, &reading)) {
        struct buf said = {0};
        complaints_print(reading.complaints, &said);
        print_message("%s\n", buf_string(&said));
        fail();
    }
    return &reading.config;
}

static void assert_said(const char *text, size_t line, size_t column, const char *said)
{
    struct complaint_view v;
    memory_read(text, "pass: hidden\n", arena, &reading);
    for (size_t i = 0; complaints_at(reading.complaints, i, &v); i++)
        if (strcmp(v.text, said) == 0) {
            assert_int_equal(v.line, line);
            assert_int_equal(v.column, column);
            return;
        }
    struct buf all = {0};
    complaints_print(reading.complaints, &all);
    print_message("expected '%s', got:\n%s\n", said, buf_string(&all));
    buf_fini(&all);
    fail();
}

static const struct config_check *check(const struct config *c, const char *node, size_t i)
{
    const struct config_node *n = config_node_find(c, node);
    assert_non_null(n);
    assert_true(i < n->checks_count);
    return &n->checks[i];
}

static void a_file_with_only_a_node_is_enough(void **state)
{
    struct config *c = good("nodes: {router: 192.168.1.1}\n");
    assert_string_equal(c->title, "Home");
    assert_string_equal(c->state_dir, "/var/lib/hayloft");
    assert_int_equal(c->journal.sync_ns, SECONDS(10));
    assert_int_equal(c->internet.anchors_count, 3);
    assert_string_equal(c->internet.anchors[2], "9.9.9.9");
    assert_int_equal(c->nodes[0].addresses_count, 1);
    assert_string_equal(check(c, "router", 0)->kind.kind, "ping");
    assert_int_equal(check(c, "router", 0)->interval_ns, SECONDS(60));
}

static void addresses_may_be_several_and_one_a_name(void **state)
{
    struct config *c = good("nodes: {nas: {address: [192.168.1.5, nas.lan, 'fd00::5']}}\n");
    assert_int_equal(c->nodes[0].addresses_count, 2);
    assert_string_equal(c->nodes[0].hostname, "nas.lan");
    assert_string_equal(c->nodes[0].address_text, "192.168.1.5");
}

static void an_automatic_check_stays_away_where_it_is_off_or_nothing_answers(void **state)
{
    struct config *c = good("nodes: {a: {address: 10.0.0.1, ping: off}, b: {note: mute}}\n");
    assert_int_equal(c->nodes[0].checks_count, 0);
    assert_int_equal(c->nodes[1].checks_count, 0);
}

static void short_forms_and_lists_of_checks_are_read(void **state)
{
    struct config *c = good("nodes: {nas: {address: 10.0.0.1, ping: off, snmp: geheim,\n"
                            "  tcp: [22, {port: 445, label: files, interval: 5m}]}}\n");
    const struct tcp_options *first = check(c, "nas", 0)->kind.value;
    assert_int_equal(first->port, 22);
    assert_string_equal(check(c, "nas", 0)->label, "22");
    assert_string_equal(check(c, "nas", 1)->label, "files");
    assert_int_equal(check(c, "nas", 1)->interval_ns, MINUTES(5));
    assert_string_equal(((struct snmp_options *)check(c, "nas", 2)->kind.value)->community, "geheim");
}

static void two_checks_with_one_label_are_refused(void **state)
{
    assert_said("nodes: {n: {address: 10.0.0.1, tcp: [22, 22]}}\n", 1, 37,
                "two tcp checks are both labelled '22': give each a `label`");
}

static void defaults_reach_nodes_by_class_family_and_site(void **state)
{
    struct config *c = good("defaults:\n  all: {ping: {count: 4}}\n"
                            "  class: {roaming: {ping: {interval: 5m}}}\n"
                            "  family: {airos: {snmp: {community: radio}}}\n"
                            "  site: {barn: {ping: {count: 7}}}\n"
                            "nodes:\n  phone: {address: 10.0.0.1, class: roaming}\n"
                            "  radio: {address: 10.0.0.2, family: airos, site: barn, snmp: on}\n"
                            "  plain: {address: 10.0.0.3, ping: {count: 9}}\n");
    assert_int_equal(check(c, "phone", 0)->interval_ns, MINUTES(5));
    assert_int_equal(((struct ping_options *)check(c, "phone", 0)->kind.value)->count, 4);
    assert_int_equal(((struct ping_options *)check(c, "radio", 0)->kind.value)->count, 7);
    assert_string_equal(((struct snmp_options *)check(c, "radio", 1)->kind.value)->community, "radio");
    assert_int_equal(((struct ping_options *)check(c, "plain", 0)->kind.value)->count, 9);
}

static void defaults_that_lack_a_required_option_add_no_check(void **state)
{
    struct config *c = good("defaults: {all: {tcp: {timeout: 1s}}}\n"
                            "nodes: {a: {address: 10.0.0.1, tcp: 80}, b: 10.0.0.2}\n");
    assert_int_equal(((struct tcp_options *)check(c, "a", 1)->kind.value)->timeout_ns, SECONDS(1));
    assert_int_equal(config_node_find(c, "b")->checks_count, 1);
}

static void defaults_nobody_inherits_are_checked(void **state)
{
    assert_said("defaults: {family: {x: {tcp: {timout: 3s}}}}\n", 1, 31,
                "unknown key 'timout'; did you mean 'timeout'?");
    assert_said("defaults: {family: {x: {ping: {cout: 3}, clas: fixed}}}\n", 1, 42,
                "unknown key 'clas'; did you mean 'class'?");
    assert_said("defaults: {class: {roming: {}}}\n", 1, 20,
                "no class is called 'roming'; did you mean 'roaming'?");
}

static void a_parent_that_is_no_node_is_told_with_the_nearest(void **state)
{
    assert_said("nodes:\n  router: 10.0.0.1\n  sw: {address: 10.0.0.2, parent: ruter}\n", 3, 35,
                "parent 'ruter' is no node; did you mean 'router'?");
}

static void a_circle_of_parents_is_printed(void **state)
{
    assert_said("nodes:\n  a: {parent: c}\n  b: {parent: a}\n  c: {parent: b}\n  d: {parent: a}\n", 2, 15,
                "parents go in a circle: a -> c -> b -> a");
    assert_said("nodes:\n  a: {parent: a}\n", 2, 15, "parents go in a circle: a -> a");
}

static void a_bridge_gives_its_far_end_a_parent(void **state)
{
    struct config *c = good("nodes:\n  near: 10.0.0.1\n  far: 10.0.0.2\nlinks:\n  b: {bridge: [near, far]}\n");
    assert_string_equal(config_node_find(c, "far")->parents[0], "near");
    c = good("nodes:\n  a: {address: 10.0.0.1, parent: b}\n  b: 10.0.0.2\nlinks:\n  l: {bridge: [a, b]}\n");
    assert_int_equal(config_node_find(c, "b")->parents_count, 0);
}

static void link_ends_must_exist_and_differ(void **state)
{
    assert_said("nodes: {a: 10.0.0.1}\nlinks: {l: {wire: [a, b]}}\n", 2, 19, "link end 'b' is no node");
    assert_said("nodes: {a: 10.0.0.1}\nlinks: {l: {wire: [a, a]}}\n", 2, 19, "both ends of this link are 'a'");
    assert_said("nodes: {a: 10.0.0.1}\nlinks: {l: {wire: [a]}}\n", 2, 19, "a link has two ends, as [A, B]");
    assert_said("nodes: {a: 10.0.0.1}\nlinks: {l: {}}\n", 2, 9,
                "this link has no ends: wire: [A, B] or bridge: [A, B]");
}

static void the_same_address_twice_is_a_warning(void **state)
{
    good("nodes:\n  a: 10.0.0.1\n  b: 10.0.0.1\n");
    struct complaint_view v;
    assert_true(complaints_at(reading.complaints, 0, &v));
    assert_true(v.warning);
    assert_string_equal(v.text, "address 10.0.0.1 is given to a too");
}

static void names_that_hide_or_break_are_refused(void **state)
{
    assert_said("nodes: {'a/b': 10.0.0.1}\n", 1, 9, "a name may not hold '/'");
    assert_said("nodes: {\"a\\tb\": 10.0.0.1}\n", 1, 9, "a name may not hold control or invisible characters");
    assert_said("nodes: {\"a\\u202eb\": 10.0.0.1}\n", 1, 9,
                "a name may not hold control or invisible characters");
    assert_said("nodes: {..: 10.0.0.1}\n", 1, 9, "a name may not be a name of a folder");
    assert_said("nodes: {internet: 10.0.0.1}\n", 1, 9,
                "'internet' is what hayloft calls the Internet itself: give this node another name");
    assert_said("nodes: {lan: 10.0.0.1}\n", 1, 9,
                "'lan' is what hayloft calls the network this machine stands in: give this node another name");
    assert_said("nodes: {guest: 10.0.0.1}\nnetworks: {guest: {vlan: 5}}\n", 2, 12,
                "a node is called 'guest' too: give one of them another name");
}

static void secrets_come_by_name_and_a_wrong_name_is_told(void **state)
{
    struct config *c = good("nodes: {r: {address: 10.0.0.1, ping: off, snmp: {community: !secret pass}}}\n");
    assert_string_equal(((struct snmp_options *)check(c, "r", 0)->kind.value)->community, "hidden");
    assert_said("nodes: {r: {snmp: {community: !secret pas}}}\n", 1, 31,
                "no secret 'pas' in secrets.yaml; did you mean 'pass'?");
}

static void print_back_names_a_secret_and_does_not_show_it(void **state)
{
    struct buf text = {0};
    struct config *c = good("nodes: {r: {address: 10.0.0.1, snmp: {community: !secret pass}}}\n");
    config_print(c, &memory_kinds, reading.secrets, &text);
    assert_non_null(strstr(buf_string(&text), "community: !secret pass"));
    assert_null(strstr(buf_string(&text), "hidden"));
    buf_fini(&text);
}

static void receivers_have_one_kind_with_its_keys(void **state)
{
    struct config *c = good("receivers:\n  hook: {webhook: {url: 'http://x/', headers: {X-A: b}}, remind: 2h}\n"
                            "  run: {exec: {command: [/bin/true, a]}, least: wake, local: yes}\n"
                            "  push: {ntfy: {url: 'https://n/f', token: !secret pass}}\n"
                            "  post: {mail: {server: mx, from: a@b, to: c@d}}\n");
    assert_int_equal(c->receivers[0].remind_ns, MINUTES(120));
    assert_string_equal(c->receivers[0].headers[0].value, "b");
    assert_int_equal(c->receivers[1].command_count, 2);
    assert_int_equal(c->receivers[1].least, SEVERITY_WAKE);
    assert_string_equal(c->receivers[2].service, "ntfy");
    assert_string_equal(c->receivers[2].url, "{option.url|text}");
    assert_string_equal(c->receivers[2].options[1].value, "hidden");
    assert_string_equal(c->receivers[2].content_type, "text/plain");
    assert_string_equal(c->receivers[3].tls, "starttls");
    assert_said("receivers: {a: {remind: 1h}}\n", 1, 13,
                "this receiver has no kind: one of mail, webhook, exec, or a service as ntfy");
    assert_said("receivers: {a: {mail: {server: a, from: b, to: c}, exec: /x}}\n", 1, 52,
                "a receiver has one kind, and this one has 'mail' already");
    assert_said("receivers: {a: {ntfi: x}}\n", 1, 17, "unknown key 'ntfi'; did you mean 'ntfy'?");
    assert_said("receivers: {a: {ntfy: {token: x}}}\n", 1, 17, "'url' is missing: where");
    assert_said("receivers: {a: {webhook: {url: 'ftp://x'}}}\n", 1, 26,
                "url: expected an address that begins with http:// or https://");
    assert_said("receivers: {a: {mail: {server: s, from: f, to: []}}}\n", 1, 17,
                "'to' is missing: addresses it goes to");
}

static void reports_go_to_receivers_at_a_time_of_day(void **state)
{
    assert_said("reports: {m: {at: '24:00', to: [me]}}\n", 1, 19,
                "at: expected a time of day as \"07:00\", not '24:00'");
    assert_said("receivers: {me: {exec: /x}}\nreports: {m: {to: [mee]}}\n", 2, 19,
                "'mee' is no receiver; did you mean 'me'?");
}

static void a_vlan_is_short_for_vlans(void **state)
{
    struct config *c = good("networks: {guest: {vlan: 501}}\n");
    assert_int_equal(c->networks[0].vlans_count, 1);
    assert_int_equal(c->networks[0].vlans[0], 501);
    assert_said("networks: {guest: {vlan: 4095}}\n", 1, 26,
                "vlans: expected a whole number from 1 to 4094, not '4095'");
}

static void the_web_is_not_opened_to_others_by_mistake(void **state)
{
    assert_said("web: {listen: '192.168.1.5:8480'}\n", 1, 15,
                "others could read along: give `certificate` and `key`, or say `trusted_network: yes`");
    good("web: {listen: '192.168.1.5:8480', trusted_network: yes}\n");
    good("web: {listen: '[::1]:8480'}\n");
    good("web: off\n");
}

static void severities_are_of_known_causes(void **state)
{
    good("notify: {severities: {radio-silent: wake}}\n");
    assert_said("notify: {severities: {radio-silnt: wake}}\n", 1, 23,
                "'radio-silnt' is no cause; did you mean 'radio-silent'?");
    assert_said("notify: {severities: {radio-silent: loud}}\n", 1, 37,
                "expected report, day or wake, not 'loud'");
}

static void every_default_in_the_tables_fits_its_own_field(void **state)
{
    good("site: x\n"); /* a default that did not fit would be a complaint */
    assert_int_equal(complaints_warnings(reading.complaints), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(a_file_with_only_a_node_is_enough),
        T(addresses_may_be_several_and_one_a_name),
        T(an_automatic_check_stays_away_where_it_is_off_or_nothing_answers),
        T(short_forms_and_lists_of_checks_are_read),
        T(two_checks_with_one_label_are_refused),
        T(defaults_reach_nodes_by_class_family_and_site),
        T(defaults_that_lack_a_required_option_add_no_check),
        T(defaults_nobody_inherits_are_checked),
        T(a_parent_that_is_no_node_is_told_with_the_nearest),
        T(a_circle_of_parents_is_printed),
        T(a_bridge_gives_its_far_end_a_parent),
        T(link_ends_must_exist_and_differ),
        T(the_same_address_twice_is_a_warning),
        T(names_that_hide_or_break_are_refused),
        T(secrets_come_by_name_and_a_wrong_name_is_told),
        T(print_back_names_a_secret_and_does_not_show_it),
        T(receivers_have_one_kind_with_its_keys),
        T(reports_go_to_receivers_at_a_time_of_day),
        T(a_vlan_is_short_for_vlans),
        T(the_web_is_not_opened_to_others_by_mistake),
        T(severities_are_of_known_causes),
        T(every_default_in_the_tables_fits_its_own_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
