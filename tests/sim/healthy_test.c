/* A day in which nothing happens but 1 % of loss, at random and in bursts: nobody hears of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tests/sim/day.h"

struct seen {
    uint64_t pings, ports;
    double sent, lost;
    unsigned above_speed;
};

static double value_of(const struct object *o, const char *source)
{
    for (size_t i = 0; i < o->source_count; i++)
        if (strcmp(o->sources[i], source) == 0)
            return o->values[i];
    return NAN;
}

static void see(void *ctx, const struct object *o)
{
    struct seen *s = ctx;
    if (o->layout == LAYOUT_PING) {
        s->pings++;
        s->sent += value_of(o, "sent");
        s->lost += value_of(o, "sent") * value_of(o, "loss");
    }
    if (o->layout == LAYOUT_PORT) {
        double most = value_of(o, "speed") / 8;
        s->ports++;
        s->above_speed += value_of(o, "in_octets") > most || value_of(o, "out_octets") > most;
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void assert_nothing_was_said(const struct keeper *k)
{
    static const enum node_state wrong[] = {STATE_DEGRADED, STATE_DOWN, STATE_UNREACHABLE};
    assert_int_equal(day_compare(k, NULL, 0), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(keeper_transitions(k, wrong[i]), 0);
    assert_int_equal(keeper_messages(k, MESSAGE_OPENED), 0);
    assert_int_equal(keeper_events(k, "node-rebooted"), 0);
}

static void a_healthy_day_with_loss_says_nothing(void **state)
{
    struct seen seen = {0};
    double began_s = seconds();
    struct network *n = network_create(1);
    day_farm_of_packets(n);
    network_on_sample(n, see, &seen);
    network_begin(n);
    network_run(n, DAY_S);
    print_message("# a healthy day of packets in %.1f s: %llu echoes, %.2f %% lost\n",
                  seconds() - began_s, (unsigned long long)network_echoes(n),
                  100 * seen.lost / seen.sent);
    assert_nothing_was_said(network_keeper(n));
    assert_true(seen.lost / seen.sent > 0.01 && seen.lost / seen.sent < 0.02);
    assert_true(seen.pings > 60 * 1430);
    assert_true(seen.ports > 60 * 1430);
    assert_int_equal(seen.above_speed, 0);
    network_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_day_with_loss_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
