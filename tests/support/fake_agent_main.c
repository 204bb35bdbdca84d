/* fake_agent: an SNMP agent on a UDP port that misbehaves on command.
 *
 *   fake_agent [-a ADDRESS] [-p PORT] [-n PORTS] [-f FAULT] [-F FIRST] [-c COUNT] [-d DELAY_MS] [-2] [-t SECONDS]
 *
 * FAULT is one of the words of fake_agent.h and strikes requests FIRST to FIRST+COUNT-1 (count 0: all).
 * -d answers late, -2 answers twice, -t ends it after so long. Prints "ready PORT" when it listens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/agent_port.h"
#include "tests/support/fake_agent.h"

struct served {
    struct fake_agent agent;
    struct agent_line line;
};

static double seconds(struct mono at)
{
    return (double)at.ns / 1e9;
}

static size_t answer(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request,
                     size_t len, uint8_t *out, struct agent_line **line)
{
    struct served *s = ctx;
    *line = &s->line;
    return fake_agent_answer(&s->agent, seconds(now), request, len, out);
}

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    static struct served s;
    const char *address = "127.0.0.1";
    unsigned ports = 4, first = 0, count = 0, port = 0;
    double life_s = 3600;
    enum fake_fault fault = FAKE_WELL;
    int option;
    while ((option = getopt(argc, argv, "a:p:n:f:F:c:d:2t:")) != -1) {
        switch (option) {
        case 'a': address = optarg; break;
        case 'p': port = number(optarg); break;
        case 'n': ports = number(optarg); break;
        case 'F': first = number(optarg); break;
        case 'c': count = number(optarg); break;
        case 'd': s.line.delay_ns = MILLISECONDS(number(optarg)); break;
        case 't': life_s = strtod(optarg, NULL); break;
        case '2': s.line.twice = true; break;
        case 'f':
            if (fake_fault_of(optarg, &fault))
                break;
            fprintf(stderr, "fake_agent: no fault is called %s\n", optarg);
            return 2;
        default:
            return 2;
        }
    }
    if (ports > FAKE_PORTS_MAX || port > UINT16_MAX)
        return 2;
    fake_agent_init(&s.agent, ports);
    s.agent.fault = fault;
    s.agent.fault_first = first;
    s.agent.fault_count = count;
    s.agent.booted_s = seconds(clock_mono()) - 86400;
    struct agent_port *p = agent_port_open(address, (uint16_t)port, answer, &s);
    if (!p) {
        perror("fake_agent");
        return 1;
    }
    printf("ready %u\n", agent_port_number(p));
    fflush(stdout);
    agent_port_serve(p, mono_after(clock_mono(), (int64_t)(life_s * 1e9)));
    agent_port_close(p);
    return 0;
}
