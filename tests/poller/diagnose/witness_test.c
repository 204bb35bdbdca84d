#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "poller/diagnose/witness.h"

#define AT(h, m) ((struct wall){SECONDS(INT64_C(1785024000) + (h) * 3600 + (m) * 60)}) /* 2026-07-26 UTC */

static void says(struct witness w, enum testimony expected, bool alone, const char *sentence)
{
    struct buf text = {0};
    w.vantage = "barn";
    if (!w.until.ns) {
        w.from = AT(3, 11);
        w.until = AT(3, 22);
    }
    assert_int_equal(witness_find(&w), expected);
    witness_render(&w, true, alone, &text);
    assert_string_equal(buf_string(&text), sentence);
    buf_fini(&text);
}

static void all_that_answered_throughout_means_the_link(void **state)
{
    const struct witness_node n[] = {{"bridge-barn", true, {0}, {0}}, {"barn-node", false, {0}, {0}}};
    struct witness w = {.nodes = n, .count = 2};
    says(w, TESTIMONY_FINE, true, "seen from barn, its LAN was fine throughout: it was the radio link");
    says(w, TESTIMONY_FINE, false, "seen from barn, its LAN was fine throughout");
}

static void a_machine_that_was_off_means_power(void **state)
{
    struct witness w = {.blind = AT(3, 12), .seeing = AT(3, 20), .restarted = true};
    says(w, TESTIMONY_POWER, true, "seen from barn, it was without power from 03:12 to 03:20");
    says(w, TESTIMONY_POWER, false, "barn itself was without power from 03:12 to 03:20");
}

static void a_time_of_another_day_has_its_date(void **state)
{
    struct witness w = {.from = AT(-170, 0), .until = AT(3, 22), .blind = AT(-24, 5), .seeing = AT(2, 0),
                        .restarted = true};
    says(w, TESTIMONY_POWER, true, "seen from barn, it was without power from 25 Jul 00:05 to 02:00");
}

static void only_the_radio_there_means_that_unit(void **state)
{
    const struct witness_node n[] = {{"bridge-barn", true, AT(3, 11), AT(3, 21)}, {"barn-node", false, {0}, {0}},
                                     {"barn-cam", false, {0}, {0}}};
    says((struct witness){.nodes = n, .count = 3}, TESTIMONY_UNIT, true,
         "seen from barn, bridge-barn was silent there too from 03:11 to 03:21, while barn-node, barn-cam answered: "
         "it was that unit or what feeds it, as its injector");
}

static void others_that_were_silent_are_named(void **state)
{
    const struct witness_node n[] = {{"bridge-barn", true, AT(3, 13), AT(3, 21)},
                                     {"barn-node", false, AT(3, 12), AT(3, 15)},
                                     {"barn-cam", false, {0}, {0}}};
    says((struct witness){.nodes = n, .count = 3}, TESTIMONY_SOME, true,
         "seen from barn, bridge-barn, barn-node were silent there too from 03:12 to 03:21, while barn-cam answered");
}

static void nothing_that_answered_may_be_its_own_plug(void **state)
{
    const struct witness_node n[] = {{"bridge-barn", true, AT(3, 12), AT(3, 20)},
                                     {"barn-cam", false, AT(3, 12), AT(3, 20)}};
    says((struct witness){.nodes = n, .count = 2}, TESTIMONY_ALL, true,
         "seen from barn, nothing there answered from 03:12 to 03:20 though barn itself ran: its network had no power, "
         "or barn was off it");
}

static void who_did_not_watch_says_when(void **state)
{
    says((struct witness){.blind = AT(3, 12), .seeing = AT(3, 14)}, TESTIMONY_BLIND, true,
         "barn did not watch from 03:12 to 03:14");
}

static void who_watches_nothing_there_says_nothing(void **state)
{
    says((struct witness){0}, TESTIMONY_NONE, true, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_answered_throughout_means_the_link),
        cmocka_unit_test(a_machine_that_was_off_means_power),
        cmocka_unit_test(a_time_of_another_day_has_its_date),
        cmocka_unit_test(only_the_radio_there_means_that_unit),
        cmocka_unit_test(others_that_were_silent_are_named),
        cmocka_unit_test(nothing_that_answered_may_be_its_own_plug),
        cmocka_unit_test(who_did_not_watch_says_when),
        cmocka_unit_test(who_watches_nothing_there_says_nothing),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
