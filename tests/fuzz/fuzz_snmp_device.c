/* What a device holds, as lines OID|TAG|VALUE of anybody's making, asked by the whole collector: identity, ports,
 * profiles, columns, scalars, wiring, cells; two rounds, so that counters become rates. Every round ends in one
 * report, and what is told is fit to be shown and stored. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/device.h"
#include "tests/support/replay_agent.h"
#include "tests/support/sim_packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define T(text)    ((char *)(uintptr_t)(text))
#define MAKER      "1.3.6.1.4.1.99999"
#define NO_LIMITS  {NAN, NAN, NAN, NAN, NAN}
#define ROWS_MOST  400 /* of a recording; the rest of a long one tells nothing new */
#define SOURCE_MAX 19

static struct meaning meanings[] = {{.name = T("signal"), .class_ = T("rssi"), .unit = T("dBm"), .limits = NO_LIMITS},
                                    {.name = T("state"), .class_ = T("state"), .limits = NO_LIMITS},
                                    {.name = T("count"), .class_ = T("count"), .limits = NO_LIMITS}};
static struct profile_column name_of[] = {{.name = T("name"), .oid = T(MAKER ".2.1.2"), .fixed = true}};
static struct profile_column beside[] = {{.name = T("noise"), .oid = T(MAKER ".2.1.4"), .row = PROFILE_ROW_LAST},
                                         {.name = T("all"), .oid = T(MAKER ".1.3.0"), .row = PROFILE_ROW_SCALAR},
                                         {.name = T("bytes"), .oid = T(MAKER ".2.1.5"), .rate = true}};
static struct profile_word states[] = {{T("1"), T("good on")}, {T("ab"), T("warn")}, {T("*"), T("bad off")}};
static double sentinels[] = {0, 65535};
static struct profile_reading readings[] = {
    {.oid = T(MAKER ".2.1.3"), .meaning = T("signal"), .label = T("{name} {index} {port} {mac} {1}"),
     .value = T("x - noise + all * 0 + (bytes == none ? 0 : bytes)"), .when = T("x != 7 or match(text, 'a')"),
     .absent = sentinels, .absent_count = 2, .rows = T("^([0-9]+)"), .with = beside, .with_count = 3,
     .object = T("radio-{index}"), .source = T("signal"), .limits = NO_LIMITS},
    {.oid = T(MAKER ".2.1.5"), .meaning = T("count"), .label = T("{name}"), .rate = true, .with = name_of,
     .with_count = 1, .object = T("radio-{name}"), .limits = NO_LIMITS},
    {.oid = T(MAKER ".2.1.6"), .meaning = T("state"), .label = T("{index}"), .states = states, .states_count = 3,
     .index = PROFILE_INDEX_TEXT, .object = T("gate-{index}"), .limits = NO_LIMITS},
    {.oid = T(MAKER ".2.1.7"), .meaning = T("count"), .label = T("{index|a=one,*=many}"), .sum = PROFILE_MEAN,
     .index = PROFILE_INDEX_MAC, .limits = NO_LIMITS},
    {.oid = T(MAKER ".1.3.0"), .meaning = T("count"), .label = T("all"), .fixed = true, .limits = NO_LIMITS}};
static struct profile_text texts[] = {{.oid = T(MAKER ".1.1.0"), .like = T("^(.*)$"), .form = T("Model {}")},
                                      {.of = PROFILE_OF_DESCR}};
static struct profile_match ways[] = {{.object_id = T(MAKER)}}, anyone[] = {{.descr = T(".")}};
static struct profile profiles[] = {{.name = T("maker"), .vendor = T("Maker"), .family = T("OS"), .match = ways,
                                     .match_count = 1, .model = texts, .model_count = 2, .serial = texts,
                                     .serial_count = 1, .readings = readings, .readings_count = 5},
                                    {.name = T("other"), .standard = true, .match = anyone, .match_count = 1,
                                     .readings = readings + 4, .readings_count = 1}};
static const struct profile_set set = {
    .profiles = profiles, .profiles_count = 2, .meanings = meanings, .meanings_count = 3};

struct scene {
    struct sim *sim;
    struct replay_agent agent;
};

static void answer(void *ctx, struct sim *s, const struct packet *asked)
{
    static uint8_t out[FAKE_ANSWER_MAX];
    struct scene *scene = ctx;
    struct packet p = {.peer = asked->peer, .port = asked->port, .data = out};
    double now_s = (double)sim_now(s).mono.ns / 1e9;
    p.len = replay_agent_answer(&scene->agent, now_s, asked->data, asked->len, out);
    if (p.len)
        sim_deliver(s, PACKETS_UDP, &p, MILLISECONDS(2));
}

static void must_be_showable(const char *text)
{
    for (const char *c = text; c && *c; c++)
        assert((unsigned char)*c >= 0x20 && *c != 0x7f);
}

static void look_at(const struct report *r)
{
    for (size_t i = 0; i < r->fact_count; i++)
        must_be_showable(r->facts[i].value);
    for (size_t i = 0; i < r->reading_count; i++) {
        assert(r->readings[i].meaning && r->readings[i].label && !isinf(r->readings[i].value));
        must_be_showable(r->readings[i].label);
        must_be_showable(r->readings[i].state);
    }
    for (size_t i = 0; i < r->object_count; i++)
        for (size_t k = 0; k < r->objects[i].measure_count; k++) {
            const struct measure *m = &r->objects[i].measures[k];
            assert(strlen(m->source) <= SOURCE_MAX && !isinf(m->value));
        }
}

static void ask(struct scene *s)
{
    struct snmp_options options = {.community = T("public"), .port = 161, .timeout_ns = SECONDS(1), .retries = 0};
    struct collector_instance *snmp = snmp_collector.create(sim_env(s->sim));
    struct addr addr;
    addr_parse("192.0.2.9", &addr);
    struct check_setting setting = {.check = 1, .node = "barn", .label = "", .addresses = &addr, .address_count = 1,
                                    .options = &options, .interval_ns = SECONDS(60)};
    assert(snmp && snmp_collector.adopt(snmp, &setting));
    for (uint32_t round = 1; round <= 2; round++) {
        snmp_collector.start(snmp, 1, round, ROUND_REGULAR, mono_after(sim_now(s->sim).mono, SECONDS(50)));
        snmp_collector.flush(snmp);
        sim_run(s->sim, SECONDS(60));
        assert(sim_reports(s->sim) == round);
        look_at(sim_last_report(s->sim));
    }
    snmp_collector.destroy(snmp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snmprec *recording = snmprec_read(data, size);
    if (!recording)
        return 0;
    if (recording->count > ROWS_MOST)
        recording->count = ROWS_MOST;
    struct scene s = {.sim = sim_create(1)};
    replay_agent_init(&s.agent, recording);
    s.agent.grows = true;
    sim_on(s.sim, PACKETS_UDP, answer, &s);
    sim_profiles(s.sim, &set);
    ask(&s);
    sim_destroy(s.sim);
    snmprec_destroy(recording);
    return 0;
}
