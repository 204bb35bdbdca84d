/* snmp-agents-v3: agents of SNMP version 3 at 127.1.0.1 and on, COUNT of them on one UDP port, each an engine of
 * its own around the same ports. For tests/bench/snmp.
 *
 *   snmp-agents-v3 PORT COUNT PORTS_OF_EACH SECONDS
 *
 * The user is bench, with SHA-256 and AES-128; its passwords are those of snmp_bench_v3.h. Prints "ready". */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/snmp_bench_v3.h"
#include "tests/support/agent_port.h"
#include "tests/support/fake_engine.h"

#define RUNNING_S 100000

struct agents {
    struct fake_agent ports;
    struct fake_engine *engines;
    uint32_t count;
    struct agent_line line;
};

static double seconds(struct mono at)
{
    return (double)at.ns / (double)NS_PER_S;
}

static size_t answer(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request, size_t len,
                     uint8_t *out, struct agent_line **line)
{
    struct agents *a = ctx;
    uint32_t which = ntohl(asked.s_addr) - SNMP_BENCH_FIRST;
    *line = &a->line;
    return which < a->count ? fake_engine_answer(&a->engines[which], seconds(now), request, len, out) : 0;
}

static void name_engine(struct fake_engine *e, uint32_t number)
{
    uint8_t id[] = {0x80, 0, 0x1f, 0x88, 5, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                    (uint8_t)(number >> 8), (uint8_t)number};
    fake_engine_rename(e, id, sizeof id);
}

static bool make_engines(struct agents *a, double now_s)
{
    const struct snmp_passwords passwords = {.level = SNMP_AUTH_PRIV,
                                             .auth = SNMP_SHA256,
                                             .priv = SNMP_AES128,
                                             .auth_password = SNMP_BENCH_AUTH,
                                             .priv_password = SNMP_BENCH_PRIV};
    struct fake_engine first;
    a->engines = calloc(a->count, sizeof *a->engines);
    if (!a->engines)
        return false;
    fake_engine_init(&first, &a->ports, SNMP_BENCH_USER, &passwords, now_s);
    for (uint32_t i = 0; i < a->count; i++) {
        a->engines[i] = first;
        name_engine(&a->engines[i], i);
    }
    return true;
}

static unsigned number(const char *text, unsigned most)
{
    unsigned long n = strtoul(text, NULL, 10);
    return n < most ? (unsigned)n : most;
}

int main(int argc, char **argv)
{
    static struct agents a;
    struct mono now = clock_mono();
    if (argc != 5) {
        fprintf(stderr, "usage: snmp-agents-v3 PORT COUNT PORTS_OF_EACH SECONDS\n");
        return 2;
    }
    a.count = number(argv[2], SNMP_BENCH_MOST);
    fake_agent_init(&a.ports, number(argv[3], FAKE_PORTS_MAX));
    a.ports.booted_s = seconds(now) - RUNNING_S;
    struct agent_port *port = agent_port_open("0.0.0.0", (uint16_t)number(argv[1], UINT16_MAX), answer, &a);
    if (!port || !make_engines(&a, seconds(now))) {
        perror("snmp-agents-v3");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    agent_port_serve(port, mono_after(now, SECONDS(number(argv[4], 86400))));
    agent_port_close(port);
    free(a.engines);
    return 0;
}
