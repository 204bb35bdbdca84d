/* Row 36: two thousand agents asked at one time, from a process whose descriptors lie above the
 * 1,024 that select() can count. The agents are one process on one port of loopback, each at an
 * address of its own. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "collectors/snmp/device.h"
#include "poller/command/once.h"
#include "tests/support/agent_port.h"
#include "tests/support/replay_agent.h"

#define AGENTS        2000
#define DESCRIPTORS   1100
#define FIRST_ADDRESS 0x7f460001 /* 127.70.0.1 */

static const char recording[] = "1.3.6.1.2.1.1.1.0|4|one of many\n1.3.6.1.2.1.1.3.0|67|100\n"
                                "1.3.6.1.2.1.2.2.1.2.1|4|eth0\n1.3.6.1.2.1.2.2.1.3.1|2|6\n"
                                "1.3.6.1.2.1.2.2.1.8.1|2|1\n1.3.6.1.2.1.2.2.1.10.1|65|4242\n";

struct tally {
    unsigned reports, answered, right;
    bool done;
};

static size_t answer(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request,
                     size_t len, uint8_t *out, struct agent_line **line)
{
    return replay_agent_answer(ctx, 0, request, len, out);
}

static pid_t start_agents(uint16_t *port)
{
    struct replay_agent agent;
    struct snmprec *rows = snmprec_read(recording, sizeof recording - 1);
    replay_agent_init(&agent, rows);
    struct agent_port *p = agent_port_open("0.0.0.0", 0, answer, &agent);
    assert_non_null(p);
    *port = agent_port_number(p);
    pid_t child = agent_port_fork(p, MINUTES(5));
    snmprec_destroy(rows);
    return child;
}

static void occupy_descriptors(void)
{
    struct rlimit most;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &most), 0);
    most.rlim_cur = most.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &most), 0);
    for (int i = 0; i < DESCRIPTORS; i++)
        assert_true(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
}

static bool tells_its_octets(const struct report *r)
{
    for (size_t i = 0; i < r->fact_count; i++)
        if (strcmp(r->facts[i].name, "port.in_octets") == 0)
            return strcmp(r->facts[i].value, "4242") == 0;
    return false;
}

static void on_report(void *ctx, const struct report *r)
{
    struct tally *t = ctx;
    t->reports++;
    t->answered += r->outcome == OUTCOME_ANSWERED;
    t->right += tells_its_octets(r);
    t->done = t->reports == AGENTS;
}

static void ask_all(struct collector_instance *snmp, uint16_t port)
{
    struct snmp_options options = {
        .community = "public", .port = port, .timeout_ns = SECONDS(1), .retries = 8};
    for (uint32_t i = 0; i < AGENTS; i++) {
        uint32_t number = htonl(FIRST_ADDRESS + i);
        struct addr address = {.family = AF_INET};
        memcpy(address.bytes, &number, sizeof number);
        struct check_setting s = {.check = i,
                                  .node = "one of many",
                                  .label = "",
                                  .addresses = &address,
                                  .address_count = 1,
                                  .options = &options};
        assert_true(snmp_collector.adopt(snmp, &s));
        snmp_collector.start(snmp, i, 1, ROUND_REGULAR, MONO_NEVER);
    }
    snmp_collector.flush(snmp);
}

static void two_thousand_agents_are_asked_at_one_time(void **state)
{
    struct tally tally = {0};
    uint16_t port;
    pid_t agents = start_agents(&port);
    occupy_descriptors();
    struct once *once = once_create(NULL, on_report, &tally);
    assert_non_null(once);
    struct collector_instance *snmp = snmp_collector.create(once_env(once));
    ask_all(snmp, port);
    assert_true(once_wait(once, &tally.done, SECONDS(90)));
    assert_int_equal(tally.answered, AGENTS);
    assert_int_equal(tally.right, AGENTS);
    snmp_collector.destroy(snmp);
    once_destroy(once);
    agent_port_end(agents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_thousand_agents_are_asked_at_one_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
