#include "tests/collectors/snmp/bed.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static double now_s(const struct bed *bed)
{
    return (double)sim_now(bed->sim).mono.ns / 1e9;
}

static size_t answer_of(struct bed *bed, const struct packet *asked, uint8_t *out)
{
    struct addr second;
    addr_parse(BED_SECOND, &second);
    struct fake_engine *engine = bed->second && addr_equal(&asked->peer, &second) ? bed->second : bed->engine;
    if (engine)
        return fake_engine_answer(engine, now_s(bed), asked->data, asked->len, out);
    return bed->replay ? replay_agent_answer(bed->replay, now_s(bed), asked->data, asked->len, out)
                       : fake_agent_answer(&bed->agent, now_s(bed), asked->data, asked->len, out);
}

static void answer(void *ctx, struct sim *s, const struct packet *asked)
{
    static uint8_t out[FAKE_ANSWER_MAX];
    struct bed *bed = ctx;
    struct packet p = {.peer = asked->peer, .port = asked->port, .data = out};
    if (bed->deaf) {
        p.error = ECONNREFUSED;
        p.data = asked->data;
        p.len = asked->len;
        sim_deliver(s, PACKETS_UDP, &p, bed->delay_ns);
        return;
    }
    if (bed->deaf_to.len && memmem(asked->data, asked->len, bed->deaf_to.bytes, bed->deaf_to.len))
        return;
    if (bed->silent_from && asked->peer.bytes[3] >= bed->silent_from)
        return;
    bed->overlaps += sim_now(s).mono.ns < bed->busy_until_ns;
    bed->busy_until_ns = sim_now(s).mono.ns + bed->delay_ns;
    p.len = answer_of(bed, asked, out);
    if (bed->from)
        addr_parse(bed->from, &p.peer);
    for (int i = 0; p.len && i < 1 + bed->twice; i++)
        sim_deliver(s, PACKETS_UDP, &p, bed->delay_ns);
}

bool bed_adopt(struct bed *bed, uint32_t check, const char *node, const char *address)
{
    static struct addr addresses[8];
    struct addr *addr = &addresses[check % 8];
    addr_parse(address, addr);
    struct check_setting setting = {.check = check,
                                    .node = node,
                                    .label = "",
                                    .addresses = addr,
                                    .address_count = 1,
                                    .options = &bed->options,
                                    .interval_ns = SECONDS(60)};
    return snmp_collector.adopt(bed->snmp, &setting);
}

int bed_up(void **state)
{
    static struct bed bed;
    bed = (struct bed){.sim = sim_create(7), .delay_ns = MILLISECONDS(2)};
    bed.options = (struct snmp_options){
        .community = "public", .port = 161, .timeout_ns = SECONDS(2), .retries = 2};
    fake_agent_init(&bed.agent, BED_PORTS);
    bed.agent.booted_s = now_s(&bed) - 100000;
    sim_on(bed.sim, PACKETS_UDP, answer, &bed);
    bed.snmp = snmp_collector.create(sim_env(bed.sim));
    assert_true(bed_adopt(&bed, BED_CHECK, "switch", BED_AGENT));
    *state = &bed;
    return 0;
}

int bed_down(void **state)
{
    struct bed *bed = *state;
    snmp_collector.destroy(bed->snmp);
    sim_destroy(bed->sim);
    return 0;
}

static const struct report *run(struct bed *bed, enum round_kind kind, int64_t span_ns)
{
    size_t before = sim_reports(bed->sim);
    struct mono deadline = mono_after(sim_now(bed->sim).mono, span_ns - SECONDS(1));
    snmp_collector.start(bed->snmp, BED_CHECK, ++bed->round, kind, deadline);
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, span_ns);
    assert_int_equal(sim_reports(bed->sim), before + 1);
    assert_int_equal(sim_last_report(bed->sim)->round, bed->round);
    return sim_last_report(bed->sim);
}

const struct report *bed_round(struct bed *bed)
{
    return run(bed, ROUND_REGULAR, SECONDS(60));
}

const struct report *bed_ask(struct bed *bed)
{
    return run(bed, ROUND_ASK, SECONDS(10));
}

const struct report *bed_tables(struct bed *bed, enum round_kind kind)
{
    return run(bed, kind, SECONDS(60));
}

static const struct object_measures *find(const struct report *r, const char *object)
{
    for (size_t i = 0; i < r->object_count; i++)
        if (strcmp(r->objects[i].object, object) == 0)
            return &r->objects[i];
    return NULL;
}

bool bed_has_object(const struct report *r, const char *object)
{
    return find(r, object) != NULL;
}

double bed_measure(const struct report *r, const char *object, const char *source)
{
    const struct object_measures *o = find(r, object);
    for (size_t i = 0; o && i < o->measure_count; i++)
        if (strcmp(o->measures[i].source, source) == 0)
            return o->measures[i].value;
    return NAN;
}
