/* Agents whose answers take long are asked less often; nothing is lost by it and nobody is blamed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "graphs/layout.h"
#include "poller/base/cursor.h"
#include "poller/engine/sample_rows.h"
#include "poller/engine/shedding.h"
#include "tests/sim/farm.h"
#include "tests/support/network.h"

#define EVER      1e9
#define AGENTS    12
#define PORTS     24
#define SLOWEST   "n11"
#define SETTLED_S 7200.0 /* by then each is asked at its pace */
#define UNTIL_S   43200.0
#define ROUND_S   60.0

struct watch {
    struct sample_rows *rows;
    double at_s[64 * AGENTS], gap_s; /* of each series; the longest once settled */
    double last_asked_s[AGENTS];
    unsigned rounds[AGENTS];         /* once settled */
    struct network *network;
};

static unsigned number_of(const char *node)
{
    return (unsigned)strtoul(node + 1, NULL, 10);
}

/* What store would be told, one row after the other. */
static void look_at_rows(struct watch *w)
{
    struct buf out = {0};
    struct instant now = sim_now(network_sim(w->network));
    uint32_t id;
    uint64_t stamp, value;
    uint16_t count;
    while (sample_rows_take(w->rows, now, &(struct sample_slice){0}, &out)) {
        struct reader r = reader_over(out.data, out.len);
        while (rd_u32(&r, &id) && rd_u64(&r, &stamp) && rd_u16(&r, &count)) {
            double at_s = network_now(w->network) - (double)(now.wall.ns - (int64_t)stamp) * 1e-9;
            for (uint16_t i = 0; i < count; i++)
                assert_true(rd_u64(&r, &value));
            assert_true(id < sizeof w->at_s / sizeof w->at_s[0]);
            if (w->at_s[id] > 0)
                assert_true(at_s > w->at_s[id]); /* or it would be skipped */
            if (w->at_s[id] > SETTLED_S && at_s - w->at_s[id] > w->gap_s)
                w->gap_s = at_s - w->at_s[id];
            w->at_s[id] = at_s;
        }
        buf_clear(&out);
    }
    buf_fini(&out);
}

static void on_sample(void *ctx, const struct object *o)
{
    struct watch *w = ctx;
    if (o->layout != LAYOUT_PORT)
        return;
    sample_rows_add(w->rows, o);
    look_at_rows(w);
}

static void on_request(void *ctx, const char *node, double at_s)
{
    struct watch *w = ctx;
    unsigned i = number_of(node);
    if (at_s > SETTLED_S && at_s - w->last_asked_s[i] > ROUND_S / 2)
        w->rounds[i]++;
    w->last_asked_s[i] = at_s;
}

/* From one that answers at once to one that works for nearly our timeout of 2 s on each of its answers. */
static double takes_s(unsigned i)
{
    return i ? 0.005 * pow(1.72, i) : 0;
}

static struct network *make(struct watch *w)
{
    struct network *n = network_create(11);
    char name[8];
    for (unsigned i = 0; i < AGENTS; i++) {
        snprintf(name, sizeof name, "n%u", i);
        network_node(n, name, i ? "n0" : NULL, NULL, NULL);
        network_switch(n, name, PORTS);
        network_agent_takes(n, name, takes_s(i));
    }
    *w = (struct watch){.rows = sample_rows_create(SIZE_MAX), .network = n};
    network_on_sample(n, on_sample, w);
    network_on_request(n, on_request, w);
    network_begin(n);
    return n;
}

static void slow_agents_have_their_time_and_nobody_is_blamed(void **state)
{
    struct watch w;
    struct network *n = make(&w);
    char name[8];
    double before_s[AGENTS];
    unsigned slowed = 0;
    network_run(n, SETTLED_S);
    for (unsigned i = 0; i < AGENTS; i++) {
        snprintf(name, sizeof name, "n%u", i);
        before_s[i] = network_agent_worked(n, name);
    }
    network_run(n, UNTIL_S);
    for (unsigned i = 0; i < AGENTS; i++) {
        snprintf(name, sizeof name, "n%u", i);
        double part = (network_agent_worked(n, name) - before_s[i]) / (UNTIL_S - SETTLED_S);
        double apart_s = (UNTIL_S - SETTLED_S) / w.rounds[i];
        print_message("# %.2f s for an answer: asked every %.0f s, busy %.1f %% of the time\n", takes_s(i),
                      apart_s, 100 * part);
        bool rarest = apart_s > (double)(SHEDDING_LONGEST_NS / NS_PER_S) / 2;
        assert_true(part < SHEDDING_MOST * 1.05 || rarest);
        assert_true(apart_s < 1.1 * ROUND_S || part > SHEDDING_MOST / 2 * 0.9);
        slowed += apart_s > 1.1 * ROUND_S;
    }
    assert_in_range(slowed, 2, AGENTS - 2);
    print_message("# rows of a series at most %.0f s apart\n", w.gap_s);
    assert_true(w.gap_s > ROUND_S && w.gap_s <= (double)layout_heartbeat_s(60));
    assert_int_equal(keeper_incident_count(network_keeper(n)), 0);
    assert_int_equal(keeper_transitions(network_keeper(n), STATE_DEGRADED), 0);
    sample_rows_destroy(w.rows);
    network_destroy(n);
}

/* Silence is no load: it is found by rounds as configured once one was in vain, and so is its end. */
static void a_slow_agent_that_falls_silent_is_told_and_comes_back_soon(void **state)
{
    struct watch w;
    struct network *n = make(&w);
    double from_s = 4 * 3600 + 7, to_s = from_s + 7200;
    network_fault(n, FAULT_AGENT, SLOWEST, from_s, to_s);
    network_run(n, to_s + 3600);
    const struct keeper *k = network_keeper(n);
    assert_int_equal(keeper_incident_count(k), 1);
    const struct kept_incident *i = keeper_incident(k, 0);
    assert_int_equal(i->in.cause.kind, CAUSE_SNMP_SILENT);
    double told_s = i->opened_s - from_s, ended_s = i->resolved_s - to_s;
    print_message("# told after %.0f s, over after %.0f s\n", told_s, ended_s);
    assert_true(told_s < 8 * ROUND_S + 2 * ROUND_S + 60);
    assert_true(i->resolved_s > 0 && ended_s < 2 * ROUND_S + 60);
    sample_rows_destroy(w.rows);
    network_destroy(n);
}

/* ---- at the report seam ---- */

static unsigned rounds_between(struct world *w, double until_s)
{
    unsigned before = world_starts(w, "shed", ROUND_REGULAR);
    world_run(w, until_s);
    return world_starts(w, "shed", ROUND_REGULAR) - before;
}

static struct world *with_slow_device(double until_s)
{
    struct world *w = world_create(3);
    world_node(w, "router", NULL, NULL);
    world_node(w, "shed", "router", NULL);
    world_check(w, "shed", "snmp", "");
    world_busy(w, "shed", "snmp", 0, until_s, 6.2);
    world_busy(w, "shed", "snmp", until_s, EVER, 0.3);
    world_begin(w);
    return w;
}

static bool is_kept(const struct world *w)
{
    struct se_restored r = keeper_restore((struct keeper *)(uintptr_t)world_keeper(w));
    for (size_t i = 0; i < r.kept_count; i++)
        if (r.kept[i].value && strncmp(r.kept[i].key, "pace/", 5) == 0)
            return true;
    return false;
}

static void it_stays_so_over_a_restart_and_ends_when_it_may(void **state)
{
    struct world *w = with_slow_device(6 * 3600);
    world_run(w, 3600);
    assert_in_range(rounds_between(w, 2 * 3600), 60 + 14, 60 + 16); /* its pings are rounds too */
    world_restart(w);
    assert_in_range(rounds_between(w, 3 * 3600), 60 + 14, 60 + 17);
    world_run(w, 7 * 3600);
    assert_in_range(rounds_between(w, 8 * 3600), 60 + 59, 60 + 61);
    world_restart(w);
    assert_in_range(rounds_between(w, 9 * 3600), 60 + 59, 60 + 62);
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void a_node_out_of_the_configuration_begins_anew(void **state)
{
    struct world *w = with_slow_device(EVER);
    world_run(w, 3600);
    assert_true(is_kept(w));
    world_unplug(w, "shed");
    world_reload(w);
    assert_false(is_kept(w));
    world_destroy(w);
}

static void what_is_read_rarely_is_judged_by_as_many_rounds(void **state)
{
    const struct reading_limits heat = {NAN, NAN, 70, 85, 5};
    struct world_reading cool = {.meaning = "cpu-temperature", .class_ = "temperature", .label = "CPU", .unit = "C",
                                 .value = 60, .limits = heat}, hot = cool;
    hot.value = 91;
    struct world *w = with_slow_device(EVER);
    world_reading(w, "shed", "snmp", 0, 7200, cool);
    world_reading(w, "shed", "snmp", 7200, EVER, hot);
    world_run(w, 7200 + 2 * 240 + 10);
    assert_cause(only_incident(w), CAUSE_TEMPERATURE);
    assert_true(only_incident(w)->opened_s > 7200 + 240);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_agents_have_their_time_and_nobody_is_blamed),
        cmocka_unit_test(a_slow_agent_that_falls_silent_is_told_and_comes_back_soon),
        cmocka_unit_test(it_stays_so_over_a_restart_and_ends_when_it_may),
        cmocka_unit_test(a_node_out_of_the_configuration_begins_anew),
        cmocka_unit_test(what_is_read_rarely_is_judged_by_as_many_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
