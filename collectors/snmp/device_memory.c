/* What was learned of an agent, as one text that outlives us: version, requests at once, rows an answer holds,
 * rows asked of a GETBULK, whether it knows GETBULK, and how long its answers take.
 *
 *   2c 4 40 10 bulk 1200 300      the last two in microseconds */
#include <stdio.h>
#include <string.h>

#include "collectors/snmp/device_internal.h"

#define KEY "snmp.agent"
#define TEXT_MAX 96
#define WORDS 7

static const char *version_word(enum snmp_version v)
{
    return v == SNMP_V1 ? "1" : v == SNMP_V2C ? "2c" : "3";
}

static struct device_memory learned(const struct device *d)
{
    const struct snmp_agent *a = &d->agent;
    return (struct device_memory){.version = (uint8_t)a->version,
                                  .window = (uint8_t)a->window,
                                  .ports = (uint8_t)d->part_ports_most,
                                  .repetitions = (uint8_t)a->repetitions,
                                  .no_bulk = a->no_bulk,
                                  .rtt_us = (uint32_t)(a->rtt_ns / NS_PER_US),
                                  .spread_us = (uint32_t)(a->rtt_spread_ns / NS_PER_US)};
}

static int64_t wait_us(const struct device_memory *m)
{
    return 2 * (int64_t)m->rtt_us + 4 * (int64_t)m->spread_us + SNMP_TIMEOUT_LEAST_NS / NS_PER_US;
}

/* Times differ with every answer: worth writing is what makes us wait twice as long, or half. */
static bool is_news(const struct device_memory *now, const struct device_memory *before)
{
    return now->version != before->version || now->window != before->window || now->ports != before->ports ||
           now->repetitions != before->repetitions || now->no_bulk != before->no_bulk ||
           (now->rtt_us && !before->rtt_us) || wait_us(now) >= 2 * wait_us(before) ||
           2 * wait_us(now) <= wait_us(before);
}

void device_remember(struct device *d)
{
    struct device_memory m = learned(d);
    char text[TEXT_MAX];
    if (d->memory.window && !is_news(&m, &d->memory))
        return;
    d->memory = m;
    snprintf(text, sizeof text, "%s %u %u %u %s %lld %lld", version_word((enum snmp_version)m.version), m.window,
             m.ports, m.repetitions, m.no_bulk ? "next" : "bulk", (long long)m.rtt_us, (long long)m.spread_us);
    d->env->remember(d->env->ctx, d->node, KEY, text);
}

static void take_times(struct device *d, long long rtt_us, long long spread_us)
{
    const long long most_us = d->agent.timeout_ns * SNMP_WAIT_LONGEST_FACTOR / NS_PER_US;
    if (rtt_us <= 0 || rtt_us > most_us || spread_us < 0 || spread_us > most_us)
        return;
    d->agent.rtt_ns = rtt_us * NS_PER_US;
    d->agent.rtt_spread_ns = spread_us * NS_PER_US;
}

static bool within(unsigned value, unsigned most)
{
    return value >= 1 && value <= most;
}

/* The kept text may be of an older program, or of nobody's: what does not fit is left as it was. */
void device_recall(struct device *d)
{
    const char *text = d->env->recall(d->env->ctx, d->node, KEY);
    char version[4], bulk[5] = "bulk";
    unsigned window, ports, repetitions = d->agent.repetitions;
    long long rtt_us = 0, spread_us = 0;
    int words = text ? sscanf(text, "%3s %u %u %u %4s %lld %lld", version, &window, &ports, &repetitions, bulk,
                              &rtt_us, &spread_us)
                     : 0;
    if (words < 3)
        return;
    if (within(window, SNMP_WINDOW_MAX))
        d->agent.window = window;
    if (within(ports, PART_PORTS_MAX))
        d->part_ports_most = ports;
    if (within(repetitions, SNMP_REPETITIONS_FIRST))
        d->agent.repetitions = repetitions;
    d->agent.no_bulk = strcmp(bulk, "next") == 0;
    if (words == WORDS)
        take_times(d, rtt_us, spread_us);
    if (d->auto_version) {
        d->agent.version = strcmp(version, "1") == 0 ? SNMP_V1 : SNMP_V2C;
        d->version_settled = true;
    }
    d->memory = learned(d);
}
