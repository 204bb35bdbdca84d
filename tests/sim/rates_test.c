/* No stored rate is above the speed of its link, whatever wraps, restarts or is renumbered (fault
 * 22, promise 12); and what is stored adds up to what passed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/network.h"
#include "tests/support/switch_agent.h"

#define SWITCHES     4
#define PORTS        8
#define HOURS        8.0
#define EVERY_S      1500.0 /* something befalls each switch but the steady one */
#define OFF_S        70.0
#define ANSWER_AGE_S 6.0 /* a reading may be so old when its round, with all its tries, is told */

static const char *const names[SWITCHES] = {"steady", "reboots", "renumbers", "both"};

struct tally {
    double before_s, stored; /* of the last reading, and octets since the first */
    double from_s;           /* of the first */
    double passed;           /* truly, up to the last reading */
};

struct rates {
    struct network *network;
    struct tally tally[SWITCHES][PORTS];
    unsigned known, unknown, above, false_ones;
};

static double value_of(const struct object *o, const char *source)
{
    for (size_t i = 0; i < o->source_count; i++)
        if (strcmp(o->sources[i], source) == 0)
            return o->values[i];
    return NAN;
}

static size_t switch_of(const char *node)
{
    size_t i = 0;
    while (i < SWITCHES && strcmp(names[i], node) != 0)
        i++;
    return i;
}

/* A rate is over the time since the reading before: after a reset that one is only a beginning. */
static void add_up(struct tally *t, double rate, double at_s)
{
    if (!t->from_s)
        t->from_s = at_s;
    else if (!isnan(rate))
        t->stored += rate * (at_s - t->before_s);
    t->before_s = at_s;
}

static double clock_s(struct network *n) /* by which agents count */
{
    return (double)sim_now(network_sim(n)).mono.ns * 1e-9;
}

/* More than came through since the reading before. */
static bool is_false(const struct tally *t, double passed, double rate, double most, double at_s)
{
    double span_s = at_s - t->before_s, truly = passed - t->passed;
    return t->from_s && !isnan(rate) && rate * span_s > truly + most * ANSWER_AGE_S;
}

static void see(void *ctx, const struct object *o)
{
    struct rates *r = ctx;
    unsigned port;
    size_t at = switch_of(o->node);
    if (o->layout != LAYOUT_PORT || at == SWITCHES || sscanf(o->name, "if-p%u", &port) != 1)
        return;
    double in = value_of(o, "in_octets"), out = value_of(o, "out_octets");
    double most = value_of(o, "speed") / 8;
    r->known += !isnan(in);
    r->unknown += isnan(in);
    r->above += in > most || out > most;
    double at_s = (double)o->at.ns * 1e-9;
    struct tally *t = &r->tally[at][port - 1];
    double passed = switch_agent_passed(network_agent(r->network, o->node), port - 1, SWITCH_IN,
                                        clock_s(r->network));
    r->false_ones += is_false(t, passed, in, most, at_s);
    add_up(t, in, at_s);
    t->passed = passed;
}

/* 100 Mbit/s and 1 Gbit/s with narrow counters, 1 and 10 Gbit/s with wide ones; half of all lines
 * full. */
static struct switch_agent *add_switch(struct network *n, const char *name, const char *parent)
{
    network_node(n, name, parent, NULL, NULL);
    struct switch_agent *a = network_switch(n, name, PORTS);
    switch_agent_speed(a, 0, 1, 1e8, true);
    switch_agent_speed(a, 2, 3, 1e9, true);
    switch_agent_speed(a, 4, 5, 1e9, false);
    switch_agent_speed(a, 6, 7, 1e10, false);
    a->full = 0.5;
    return a;
}

static void befall(struct network *n)
{
    for (double at_s = EVERY_S; at_s < HOURS * 3600 - 600; at_s += EVERY_S) {
        network_fault(n, FAULT_REBOOT, "reboots", at_s, at_s + OFF_S);
        network_fault(n, FAULT_RENUMBERED, "renumbers", at_s + 333, at_s + 333 + OFF_S);
        bool odd = (int)(at_s / EVERY_S) % 2;
        network_fault(n, odd ? FAULT_REBOOT : FAULT_RENUMBERED, "both", at_s + 700, at_s + 705);
    }
}

static struct network *run(struct rates *r, const struct line *each)
{
    struct network *n = network_create(6);
    for (size_t i = 0; i < SWITCHES; i++)
        add_switch(n, names[i], i ? names[0] : NULL);
    network_lines(n, each);
    befall(n);
    r->network = n;
    network_on_sample(n, see, r);
    network_begin(n);
    network_run(n, HOURS * 3600);
    print_message("# %u rates known, %u unknown, %u above the link's speed\n", r->known, r->unknown,
                  r->above);
    return n;
}

static void no_rate_is_above_the_speed_of_its_link_or_the_truth(void **state)
{
    static const struct line lines[] = {
        {.jitter_ns = MILLISECONDS(30)},
        {.loss = 0.05, .jitter_ns = MILLISECONDS(200)},
        {.loss = 0.01, .duplicate = 0.1, .late = 0.03, .late_ns = MILLISECONDS(2200)}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct rates r = {0};
        struct network *n = run(&r, &lines[i]);
        assert_int_equal(r.above, 0);
        assert_int_equal(r.false_ones, 0);
        assert_true(r.known > 3 * r.unknown);
        network_destroy(n);
    }
}

/* Octets that passed while they were counted, to the part of a tick that a reading may be off. */
static void what_is_stored_is_what_passed(void **state)
{
    struct rates r = {0};
    struct network *n = run(&r, &(struct line){.loss = 0.02, .jitter_ns = MILLISECONDS(20)});
    for (unsigned port = 4; port < PORTS; port++) {
        const struct tally *t = &r.tally[0][port];
        struct switch_agent *a = network_agent(n, names[0]);
        double passed = switch_agent_passed(a, port, SWITCH_IN, clock_s(n));
        double share = (t->before_s - t->from_s) / (HOURS * 3600);
        assert_true(share > 0.98);
        print_message("# port %u: %.4f of what passed\n", port + 1, t->stored / passed);
        assert_true(t->stored <= passed);
        assert_true(t->stored >= passed * 0.98);
    }
    network_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_rate_is_above_the_speed_of_its_link_or_the_truth),
        cmocka_unit_test(what_is_stored_is_what_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
