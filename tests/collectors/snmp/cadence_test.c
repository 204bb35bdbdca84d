/* Two hundred agents behind real sockets, asked in a real loop by the engine's own schedule: twenty answer as no agent
 * should, eighty not at all, and the other hundred are asked and heard as if they were alone.
 *
 * A machine with other work may let this process wait, which is nobody's cadence: the kernel counts the time a process
 * could have run and was not let (/proc/self/schedstat), and that much later a start may be. What the loop spends on
 * other agents, or sleeps away, is not in it. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectors/snmp/device.h"
#include "poller/command/once.h"
#include "poller/engine/schedule.h"
#include "tests/support/agent_port.h"
#include "tests/support/fake_agent.h"

#define WELL          100
#define HOSTILE       20 /* one of each fault from FAKE_WRONG_OID on */
#define SILENT        80
#define AGENTS        (WELL + HOSTILE + SILENT)
#define PORTS         8
#define FIRST_ADDRESS 0x7f480001 /* 127.72.0.1 */
#define INTERVAL_NS   SECONDS(2)
#define ROUNDS        5
#define SHARE         20 /* a twentieth of the interval is what a start may be off */
#define TIMEOUT_NS    MILLISECONDS(500)
#define PATIENCE_NS   SECONDS(100)
#define MARKS         1024

static bool is_well(uint32_t agent)
{
    return agent < WELL;
}

/* --- the agents, in a process of their own --- */

static size_t answer(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request, size_t len, uint8_t *out,
                     struct agent_line **line)
{
    struct fake_agent *agents = ctx;
    uint32_t which = ntohl(asked.s_addr) - FIRST_ADDRESS;
    return which < WELL + HOSTILE ? fake_agent_answer(&agents[which], (double)now.ns / 1e9, request, len, out) : 0;
}

static pid_t start_agents(uint16_t *port)
{
    static struct fake_agent agents[WELL + HOSTILE];
    for (uint32_t i = 0; i < WELL + HOSTILE; i++) {
        fake_agent_init(&agents[i], PORTS);
        agents[i].booted_s = -100000;
        if (!is_well(i))
            agents[i].fault = (enum fake_fault)(FAKE_WRONG_OID + i - WELL);
    }
    struct agent_port *p = agent_port_open("0.0.0.0", 0, answer, agents);
    assert_non_null(p);
    *port = agent_port_number(p);
    return agent_port_fork(p, MINUTES(5));
}

/* --- time that was not ours --- */

static int64_t waited_ns(pid_t process) /* for a processor, since it began; 0 where the kernel does not tell */
{
    char path[64];
    int64_t ran_ns, wait_ns = 0;
    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)process);
    FILE *f = fopen(path, "re");
    if (f && fscanf(f, "%" SCNd64 " %" SCNd64, &ran_ns, &wait_ns) != 2)
        wait_ns = 0;
    if (f)
        fclose(f);
    return wait_ns;
}

struct mark {
    struct mono at;
    int64_t waited_ns;
};

/* --- the bed --- */

struct asked {
    struct bed *bed;
    uint32_t check;
    int64_t phase_ns;
    struct mono planned;
    unsigned starts, reports, answered;
};

struct bed {
    struct once *once;
    const struct env *env;
    struct collector_instance *snmp;
    struct asked asked[AGENTS];
    struct mark marks[MARKS]; /* a ring */
    size_t mark_count;
    unsigned going;           /* agents whose last round is not over */
    unsigned skipped;
    int64_t latest_ns;        /* start of a well agent after its plan, without what was not ours */
    int64_t excused_ns;       /* the most that was left out of that */
    bool done;
};

static void put_mark(struct bed *b)
{
    b->marks[b->mark_count++ % MARKS] = (struct mark){clock_mono(), waited_ns(getpid())};
}

/* As it stood at that time, or shortly before. */
static int64_t waited_by(const struct bed *b, struct mono at)
{
    size_t left = b->mark_count < MARKS ? b->mark_count : MARKS;
    for (size_t i = b->mark_count; left--; i--)
        if (!mono_before(at, b->marks[(i - 1) % MARKS].at))
            return b->marks[(i - 1) % MARKS].waited_ns;
    return 0;
}

static void note_start(struct bed *b, const struct asked *a, struct mono now)
{
    int64_t excuse_ns = waited_ns(getpid()) - waited_by(b, a->planned);
    int64_t late_ns = mono_since(now, a->planned) - excuse_ns;
    if (!is_well(a->check))
        return;
    if (late_ns > b->latest_ns)
        b->latest_ns = late_ns;
    if (excuse_ns > b->excused_ns)
        b->excused_ns = excuse_ns;
}

static void start_round(void *arg)
{
    struct asked *a = arg;
    struct bed *b = a->bed;
    struct mono now = clock_mono();
    note_start(b, a, now);
    snmp_collector.start(b->snmp, a->check, ++a->starts, ROUND_REGULAR, mono_after(now, INTERVAL_NS));
    snmp_collector.flush(b->snmp);
    if (a->starts < ROUNDS) {
        struct mono next = schedule_next(now, a->phase_ns, INTERVAL_NS);
        b->skipped += is_well(a->check) && mono_since(next, a->planned) > INTERVAL_NS;
        a->planned = next;
        b->env->timer_start(b->env->ctx, next, start_round, a);
    }
    put_mark(b);
}

static void on_report(void *ctx, const struct report *r)
{
    struct bed *b = ctx;
    struct asked *a = &b->asked[r->check];
    a->reports++;
    a->answered += r->outcome == OUTCOME_ANSWERED && !*r->reason;
    if (r->round == ROUNDS)
        b->done = --b->going == 0;
    put_mark(b);
}

static void adopt_all(struct bed *b, uint16_t port)
{
    struct snmp_options options = {
        .community = "public", .version = OPTION_AUTO, .port = port, .timeout_ns = TIMEOUT_NS, .retries = 2};
    b->going = AGENTS;
    for (uint32_t i = 0; i < AGENTS; i++) {
        uint32_t number = htonl(FIRST_ADDRESS + i);
        struct addr address = {.family = AF_INET};
        char node[32];
        memcpy(address.bytes, &number, sizeof number);
        snprintf(node, sizeof node, "agent-%u", i);
        struct check_setting s = {.check = i,
                                  .node = node,
                                  .label = "",
                                  .addresses = &address,
                                  .address_count = 1,
                                  .options = &options,
                                  .interval_ns = INTERVAL_NS};
        assert_true(snmp_collector.adopt(b->snmp, &s));
        b->asked[i] = (struct asked){b, i, schedule_phase(node, "snmp", "", INTERVAL_NS), {0}, 0, 0, 0};
    }
}

static void start_all(struct bed *b)
{
    put_mark(b);
    for (uint32_t i = 0; i < AGENTS; i++) {
        b->asked[i].planned = schedule_next(clock_mono(), b->asked[i].phase_ns, INTERVAL_NS);
        b->env->timer_start(b->env->ctx, b->asked[i].planned, start_round, &b->asked[i]);
    }
}

static void well_agents_keep_their_cadence_among_hostile_and_silent_ones(void **state)
{
    static struct bed bed;
    uint16_t port;
    unsigned answered = 0, missed;
    pid_t agents = start_agents(&port);
    bed.once = once_create(NULL, on_report, &bed);
    assert_non_null(bed.once);
    bed.env = once_env(bed.once);
    bed.snmp = snmp_collector.create(bed.env);
    adopt_all(&bed, port);
    int64_t before_ns = waited_ns(getpid()) + waited_ns(agents);
    start_all(&bed);
    assert_true(once_wait(bed.once, &bed.done, PATIENCE_NS));
    int64_t starved_ns = waited_ns(getpid()) + waited_ns(agents) - before_ns;
    for (uint32_t i = 0; i < AGENTS; i++) {
        assert_int_equal(bed.asked[i].starts, ROUNDS);
        assert_int_equal(bed.asked[i].reports, ROUNDS); /* every round comes to its end */
        answered += is_well(i) ? bed.asked[i].answered : 0;
        assert_true(i < WELL + HOSTILE || bed.asked[i].answered == 0);
    }
    missed = WELL * ROUNDS - answered;
    print_message("# latest start %.1f ms after its plan, and once %.1f ms of waiting for a processor; %u of %u rounds "
                  "answered\n",
                  (double)bed.latest_ns / 1e6, (double)bed.excused_ns / 1e6, answered, WELL * ROUNDS);
    assert_true(bed.latest_ns <= INTERVAL_NS / SHARE);
    assert_true(bed.skipped <= WELL * (unsigned)(bed.excused_ns / INTERVAL_NS));
    assert_true(missed <= WELL * (unsigned)(starved_ns / TIMEOUT_NS)); /* agents and we run, so all are heard */
    snmp_collector.destroy(bed.snmp);
    once_destroy(bed.once);
    agent_port_end(agents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_agents_keep_their_cadence_among_hostile_and_silent_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
