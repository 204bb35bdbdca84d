#include "collectors/snmp/device.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

#define REREAD_NS MINUTES(10)
#define ALL_SCALARS ((1u << IF_SCALAR_COUNT) - 1)

static void advance(struct device *d);
static void end_regular(struct device *d, enum outcome outcome, const char *reason,
                        const char *detail);

/* ---- what was learned, kept over restarts ---- */

static void recall(struct device *d)
{
    const char *text = d->env->recall(d->env->ctx, d->node, "snmp.agent");
    char version[4];
    unsigned window, ports;
    if (!text || sscanf(text, "%3s %u %u", version, &window, &ports) != 3)
        return;
    if (window >= 1 && window <= SNMP_WINDOW_MAX)
        d->agent.window = window;
    if (ports >= 1 && ports <= PART_PORTS_MAX)
        d->part_ports_most = ports;
    if (d->auto_version) {
        d->agent.version = strcmp(version, "1") == 0 ? SNMP_V1 : SNMP_V2C;
        d->version_settled = true;
    }
}

static void remember(struct device *d)
{
    char text[64];
    const char *known = d->env->recall(d->env->ctx, d->node, "snmp.agent");
    snprintf(text, sizeof text, "%s %u %u", d->agent.version == SNMP_V1 ? "1" : "2c",
             d->agent.window, d->part_ports_most);
    if (!known || strcmp(known, text) != 0)
        d->env->remember(d->env->ctx, d->node, "snmp.agent", text);
}

/* ---- life ---- */

static bool answered(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at);
static void over(struct snmp_request *r);
static void lost(struct snmp_request *r, enum snmp_loss loss, int error);

static void job_init(struct job *j, struct device *d)
{
    j->device = d;
    j->request = (struct snmp_request){
        .agent = &d->agent, .answered = answered, .over = over, .lost = lost, .ctx = j};
}

struct device *device_create(const struct env *env, struct snmp_client *client,
                             const struct check_setting *s)
{
    const struct snmp_options *o = s->options;
    struct device *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->env = env;
    d->client = client;
    d->check = s->check;
    d->node = strdup(s->node);
    d->auto_version = o->version == OPTION_AUTO;
    d->version_settled = !d->auto_version;
    d->scalars = ALL_SCALARS;
    d->part_ports_most = PART_PORTS_MAX;
    if (!d->node || !snmp_agent_init(&d->agent, &s->addresses[0], (uint16_t)o->port,
                                     o->version == OPTION_V1 ? SNMP_V1 : SNMP_V2C, o->community)) {
        device_destroy(d);
        return NULL;
    }
    d->agent.timeout_ns = o->timeout_ns;
    d->agent.tries = (unsigned)o->retries + 1;
    for (int i = 0; i < SNMP_WINDOW_MAX; i++)
        job_init(&d->jobs[i], d);
    job_init(&d->quick_job, d);
    recall(d);
    return d;
}

static void cancel_jobs(struct device *d)
{
    for (int i = 0; i < SNMP_WINDOW_MAX; i++)
        snmp_client_cancel(d->client, &d->jobs[i].request);
}

static void stop_deadline(struct device *d, struct device_round *r)
{
    if (r->deadline)
        d->env->timer_stop(d->env->ctx, r->deadline);
    r->deadline = NULL;
}

void device_destroy(struct device *d)
{
    if (!d)
        return;
    cancel_jobs(d);
    snmp_client_cancel(d->client, &d->quick_job.request);
    stop_deadline(d, &d->regular);
    stop_deadline(d, &d->quick);
    for (int i = 0; i < IF_SCALAR_COUNT; i++)
        free(d->texts[i]);
    free(d->walk);
    port_table_destroy(d->incoming);
    port_table_destroy(d->table);
    snmp_agent_fini(&d->agent);
    free(d->node);
    free(d);
}

/* ---- asking ---- */

static bool send_job(struct device *d, struct job *j, bool written, const struct snmp_written *w)
{
    return written && snmp_client_ask(d->client, &j->request, w);
}

static struct job *free_job(struct device *d)
{
    for (int i = 0; i < SNMP_WINDOW_MAX; i++)
        if (!d->jobs[i].request.id)
            return &d->jobs[i];
    return NULL;
}

static unsigned jobs_running(const struct device *d)
{
    unsigned running = 0;
    for (int i = 0; i < SNMP_WINDOW_MAX; i++)
        running += d->jobs[i].request.id != 0;
    return running;
}

static bool ask_identity(struct device *d)
{
    uint8_t buffer[1024];
    struct snmp_writer w;
    struct snmp_written out;
    struct snmp_head head = snmp_agent_head(&d->agent, SNMP_GET);
    snmp_writer_begin(&w, buffer, sizeof buffer);
    for (int i = IF_SCALAR_COUNT; i-- > 0;)
        if (d->scalars & 1u << i)
            snmp_writer_name(&w, if_scalar((enum if_scalar)i));
    d->jobs[0].kind = JOB_IDENTIFY;
    return send_job(d, &d->jobs[0], snmp_writer_end(&w, &head, &out), &out);
}

/* Several jobs never walk: only the first. *more is false when the walk is over. */
static bool ask_walk(struct device *d, bool *more)
{
    uint8_t buffer[PART_REQUEST_MAX];
    struct snmp_written out;
    *more = snmp_walk_ask(d->walk, &d->agent, buffer, sizeof buffer, &out);
    d->jobs[0].kind = JOB_WALK;
    return !*more || send_job(d, &d->jobs[0], true, &out);
}

static bool ask_part(struct device *d, struct job *j)
{
    uint8_t buffer[PART_REQUEST_MAX];
    struct snmp_written out;
    return send_job(d, j, part_write(&j->part, d->table, &d->agent, buffer, sizeof buffer, &out), &out);
}

/* The next ports to ask in this round; count 0: none left. */
static struct device_range next_range(struct device *d)
{
    struct device_range range;
    if (d->leftover_count) {
        range = d->leftovers[--d->leftover_count];
    } else {
        range.first = d->regular.next_port;
        range.count = (uint16_t)(d->table->count - range.first);
        d->regular.next_port = (uint16_t)d->table->count;
    }
    unsigned most = part_ports(d->table, range.first, d->table->learned, d->candidates);
    if (most > d->part_ports_most)
        most = d->part_ports_most;
    if (range.count > most) {
        struct device_range rest = {(uint16_t)(range.first + most), (uint16_t)(range.count - most)};
        if (range.first + range.count == d->table->count && !d->leftover_count)
            d->regular.next_port = rest.first;
        else
            d->leftovers[d->leftover_count++] = rest;
        range.count = (uint16_t)most;
    }
    return range;
}

static void put_back(struct device *d, uint16_t first, uint16_t count)
{
    if (count && d->leftover_count < DEVICE_LEFTOVERS_MAX - 1)
        d->leftovers[d->leftover_count++] = (struct device_range){first, count};
    else
        d->missed_ports += count;
}

static bool ask_rows(struct device *d)
{
    struct job *j;
    while (jobs_running(d) < d->agent.window && (j = free_job(d))) {
        struct device_range range = next_range(d);
        if (!range.count)
            return true;
        bool bulk = d->table->learned && d->shared && d->agent.version != SNMP_V1 &&
                    !d->agent.no_bulk;
        j->kind = JOB_ROWS;
        j->part = (struct part){.first = range.first,
                                .count = range.count,
                                .bulk = bulk,
                                .with_change = d->has_change,
                                .learned = d->table->learned,
                                .columns = bulk ? d->shared : d->candidates};
        if (!ask_part(d, j))
            return false;
    }
    return true;
}

static void ask_quick(struct device *d)
{
    struct device_round *r = &d->quick;
    struct job *j = &d->quick_job;
    size_t left = d->table ? d->table->count - r->next_port : 0;
    j->kind = JOB_QUICK;
    j->part = (struct part){.first = r->next_port,
                            .count = (uint16_t)(left < PART_PORTS_MAX ? left : PART_PORTS_MAX),
                            .columns = IF_BIT(IF_OPER_STATUS)};
    if (!ask_part(d, j))
        device_report(d, r, OUTCOME_OWN_FAULT, "memory", NULL);
}

/* ---- taking ---- */

/* Every answer carries sysUpTime: a reboot is seen at once. */
static void notice_time(struct device *d, uint32_t ticks, struct mono at)
{
    struct agent_step step = agent_clock_step(&d->clock, ticks, at);
    if (step.time != AGENT_RESTARTED)
        return;
    d->rebooted = true;
    d->facts_due = true;
    d->anchor.ns = 0;
    if (d->table)
        d->moved = true;
}

static void notice_change(struct device *d, uint32_t change)
{
    if (d->table && d->has_change && change != d->change)
        d->moved = true;
    d->has_change = true;
    d->change = change;
}

static void take_scalar(struct device *d, enum if_scalar which, const struct snmp_value *v,
                        struct mono at)
{
    char text[SNMP_OID_TEXT_MAX > DEVICE_TEXT_MAX ? SNMP_OID_TEXT_MAX : DEVICE_TEXT_MAX + 1];
    if (which == SYS_UPTIME && v->type == SNMP_TICKS) {
        notice_time(d, (uint32_t)v->number, at);
        d->moved = false; /* the table is read next anyway */
    } else if (which == IF_TABLE_LAST_CHANGE && v->type == SNMP_TICKS) {
        d->has_change = true;
        d->change = (uint32_t)v->number;
    } else if (v->type == SNMP_OCTETS || v->type == SNMP_IDENTIFIER) {
        if (v->type == SNMP_OCTETS)
            port_text(v->octets, v->len, DEVICE_TEXT_MAX, text);
        else
            snmp_oid_text((struct snmp_oid_view){v->octets, v->len}, text);
        free(d->texts[which]);
        d->texts[which] = strdup(text);
    }
}

static bool identity_fits(const struct device *d, struct reader bindings)
{
    struct snmp_binding b;
    for (int i = 0; i < IF_SCALAR_COUNT; i++)
        if ((d->scalars & 1u << i) && (snmp_binding_take(&bindings, &b) != SNMP_TAKEN ||
                                       !snmp_oid_equal(b.oid, if_scalar((enum if_scalar)i))))
            return false;
    return rd_left(&bindings) == 0;
}

static bool take_identity(struct device *d, const struct snmp_pdu *pdu, struct mono at)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    if (pdu->error_status != SNMP_NO_ERROR) { /* version 1 says absent so, others that they stumbled */
        int32_t index = pdu->error_index;
        for (int i = 0; i < IF_SCALAR_COUNT; i++)
            if ((d->scalars & 1u << i) && --index <= 0) {
                d->scalars &= ~(1u << (pdu->error_index > 0 ? i : IF_TABLE_LAST_CHANGE));
                break;
            }
        return true;
    }
    if (!identity_fits(d, bindings))
        return false;
    for (int i = 0; i < IF_SCALAR_COUNT; i++)
        if (d->scalars & 1u << i && snmp_binding_take(&bindings, &b) == SNMP_TAKEN)
            take_scalar(d, (enum if_scalar)i, &b.value, at);
    d->identify_done = true;
    d->version_settled = true;
    return true;
}

static void take_walk_cell(void *ctx, unsigned column, struct snmp_oid_view index,
                           const struct snmp_value *v)
{
    struct device *d = ctx;
    if (!port_table_cell(d->incoming, (enum if_static)column, index, v))
        log_warnx("snmp", "%s: no memory for a port, left out", d->node);
}

static void note_wrong_types(struct device *d, const struct part_answer *a)
{
    d->wrong_types += a->wrong_types;
    if (a->wrong_types)
        d->wrong_type = a->wrong_type;
}

/* Version 1 tells of absent cells one at a time: what the first port lacks is not asked of the others. */
static void refuse(struct device *d, size_t port, enum if_polled column)
{
    bool all = d->agent.version == SNMP_V1 && !d->table->learned;
    for (size_t i = all ? 0 : port; i < (all ? d->table->count : port + 1); i++)
        d->table->ports[i].refused |= IF_BIT(column);
}

static void take_trouble(struct device *d, const struct part *p, const struct snmp_pdu *pdu)
{
    size_t port;
    enum if_polled column;
    if (pdu->error_status == SNMP_TOO_BIG && p->count > 1) {
        d->part_ports_most = p->count / 2;
    } else if (part_blame(p, d->table, pdu->error_index, &port, &column)) {
        refuse(d, port, column);
    } else if (p->bulk) {
        d->shared = 0; /* ask for the cells by name, then the culprit has one */
    } else if (p->with_change) {
        d->has_change = false;
    } else {
        d->missed_ports += p->count;
        return;
    }
    put_back(d, p->first, p->count);
}

static bool take_rows(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at)
{
    struct part_answer a;
    switch (part_read(&j->part, d->table, pdu, at, &a)) {
    case PART_WRONG:
        return false;
    case PART_TROUBLE:
        take_trouble(d, &j->part, pdu);
        return true;
    case PART_MOVED:
        d->moved = true;
        return true;
    case PART_TAKEN:
        break;
    }
    d->no_uptime = !a.has_ticks;
    if (a.has_ticks)
        notice_time(d, a.ticks, at);
    if (a.has_change)
        notice_change(d, a.change);
    if (d->moved)
        return true; /* which port these are is not known any more */
    note_wrong_types(d, &a);
    for (unsigned i = 0; i < a.ports; i++)
        port_take(&d->table->ports[j->part.first + i], &a.readings[i]);
    if (a.ports == 0)
        d->shared = 0; /* not even one row fits this agent's answers to GETBULK */
    else if (a.ports < j->part.count && a.ports < d->part_ports_most)
        d->part_ports_most = a.ports;
    put_back(d, (uint16_t)(j->part.first + a.ports), (uint16_t)(j->part.count - a.ports));
    return true;
}

static bool take_quick(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at)
{
    struct part_answer a;
    enum part_fate fate = part_read(&j->part, d->table, pdu, at, &a);
    if (fate == PART_WRONG)
        return false;
    if (fate == PART_TAKEN) {
        if (a.has_ticks)
            notice_time(d, a.ticks, at);
        for (unsigned i = 0; i < a.ports && !d->moved; i++)
            if (a.readings[i].have)
                d->table->ports[j->part.first + i].oper = (uint8_t)a.readings[i].value[IF_OPER_STATUS];
    }
    d->quick.next_port = (uint16_t)(d->quick.next_port + j->part.count);
    return true;
}

static bool answered(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at)
{
    struct job *j = r->ctx;
    struct device *d = j->device;
    bool taken = false;
    switch (j->kind) {
    case JOB_IDENTIFY:
        taken = take_identity(d, pdu, at);
        break;
    case JOB_WALK:
        taken = snmp_walk_take(d->walk, &d->agent, pdu, take_walk_cell, d);
        break;
    case JOB_ROWS:
        taken = take_rows(d, j, pdu, at);
        break;
    case JOB_QUICK:
        taken = take_quick(d, j, pdu, at);
        break;
    }
    (j->kind == JOB_QUICK ? &d->quick : &d->regular)->answered += taken;
    return taken;
}

static void over(struct snmp_request *r)
{
    struct job *j = r->ctx;
    struct device *d = j->device;
    if (j->kind != JOB_QUICK)
        advance(d);
    else if (d->table && d->quick.next_port < d->table->count && !d->moved)
        ask_quick(d);
    else
        device_report(d, &d->quick, OUTCOME_ANSWERED, "", NULL);
}

/* ---- losing ---- */

static const char *loss_reason(const struct device *d, const struct device_round *r,
                               enum snmp_loss loss, enum outcome *outcome)
{
    *outcome = OUTCOME_SILENT;
    if (loss == SNMP_LOSS_OWN) {
        *outcome = OUTCOME_OWN_FAULT;
        return "send";
    }
    if (loss == SNMP_LOSS_REFUSED)
        return "refused";
    if (loss == SNMP_LOSS_UNREACHABLE)
        return "unreachable";
    *outcome = OUTCOME_WRONG;
    if (d->agent.counts.malformed > r->before.malformed)
        return "malformed";
    if (d->agent.counts.wrong_answer > r->before.wrong_answer)
        return "wrong-answer";
    *outcome = OUTCOME_SILENT;
    return "timeout";
}

static const char *loss_detail(const char *reason, int error, char *out, size_t size)
{
    if (strcmp(reason, "timeout") == 0)
        return "no answer: down, filtered or wrong community";
    if (strcmp(reason, "refused") == 0)
        return "nothing listens on that port";
    if (!error)
        return NULL;
    snprintf(out, size, "%s", strerror(error));
    return out;
}

/* A first silence may only mean that the agent does not know this way of asking. */
static bool try_otherwise(struct device *d, struct job *j, enum snmp_loss loss)
{
    if (loss != SNMP_LOSS_SILENT)
        return false;
    if (j->kind == JOB_IDENTIFY && d->auto_version && !d->version_settled &&
        d->agent.version == SNMP_V2C) {
        d->agent.version = SNMP_V1;
        d->scalars &= ~(1u << IF_TABLE_LAST_CHANGE);
        return true;
    }
    bool bulk = d->agent.version != SNMP_V1 && !d->agent.no_bulk;
    if (j->kind == JOB_WALK && bulk && d->walk->requests == 1) {
        d->agent.no_bulk = true; /* it answered GET a moment ago */
        d->walking = false;
        return true;
    }
    return false;
}

static void lost(struct snmp_request *r, enum snmp_loss loss, int error)
{
    struct job *j = r->ctx;
    struct device *d = j->device;
    struct device_round *round = j->kind == JOB_QUICK ? &d->quick : &d->regular;
    enum outcome outcome;
    char text[128];
    if (try_otherwise(d, j, loss)) {
        advance(d);
        return;
    }
    const char *reason = loss_reason(d, round, loss, &outcome);
    const char *detail = loss_detail(reason, error, text, sizeof text);
    if (j->kind == JOB_QUICK)
        device_report(d, round, outcome, reason, detail);
    else
        end_regular(d, outcome, reason, detail);
}

/* ---- the course of a round ---- */

static bool begin_walk(struct device *d)
{
    struct snmp_oid_view roots[IF_STATIC_COUNT];
    port_table_destroy(d->incoming);
    d->incoming = port_table_create();
    if (!d->walk)
        d->walk = malloc(sizeof *d->walk);
    if (!d->walk || !d->incoming)
        return false;
    for (int i = 0; i < IF_STATIC_COUNT; i++)
        roots[i] = if_static_column((enum if_static)i);
    snmp_walk_start(d->walk, roots, IF_STATIC_COUNT, &d->agent);
    d->walking = true;
    return true;
}

/* The table as walked becomes the known one. */
static bool end_walk(struct device *d)
{
    d->walk_end = d->walk->end;
    free(d->walk);
    d->walk = NULL;
    d->walking = false;
    if (!port_table_settle(d->incoming))
        return false;
    bool moved = !d->table || port_table_inherit(d->incoming, d->table);
    port_table_destroy(d->table);
    d->table = d->incoming;
    d->incoming = NULL;
    d->table_read = d->env->now(d->env->ctx).mono;
    d->facts_due = true;
    if (moved) {
        d->shared = 0;
        d->candidates = d->agent.version == SNMP_V1 ? IF_ALL_BITS & ~IF_WIDE_BITS : IF_ALL_BITS;
    }
    return true;
}

static void begin_rows(struct device *d)
{
    d->stage = DEVICE_ROWS;
    d->regular.next_port = 0;
    d->leftover_count = 0;
    for (size_t i = 0; i < d->table->count; i++)
        d->table->ports[i].read = false;
}

/* After a full pass over all columns: which does each port have, and are they the same? */
static void learn_columns(struct device *d)
{
    struct port_table *t = d->table;
    t->learned = true;
    d->shared = t->count ? port_columns(&t->ports[0], true, 0) : 0;
    for (size_t i = 0; i < t->count; i++)
        if (!t->ports[i].read || port_columns(&t->ports[i], true, 0) != d->shared)
            d->shared = 0;
    if (d->no_uptime)
        d->shared = 0; /* GETBULK would answer what follows it instead */
    d->candidates = IF_ALL_BITS;
}

static void own_fault(struct device *d)
{
    end_regular(d, OUTCOME_OWN_FAULT, "memory", NULL);
}

static void advance_rows(struct device *d)
{
    if (d->moved) {
        if (jobs_running(d))
            return; /* their answers are of no use, but the agent is still at them */
        if (!d->reread) {
            d->moved = false;
            d->reread = true;
            d->identify_done = d->walking = false;
            d->stage = DEVICE_IDENTIFY;
            advance(d);
            return;
        }
        /* moved stays set: the next round reads the table anew */
        end_regular(d, OUTCOME_ANSWERED, "", "the interface table changed while it was read");
        return;
    }
    if (!ask_rows(d))
        own_fault(d);
    else if (!jobs_running(d)) {
        if (!d->table->learned && !d->missed_ports)
            learn_columns(d);
        end_regular(d, OUTCOME_ANSWERED, "", NULL);
    }
}

static void advance(struct device *d)
{
    bool more = true, fine = true;
    if (!d->regular.running)
        return;
    if (d->stage == DEVICE_IDENTIFY) {
        if (!d->identify_done) {
            if (!ask_identity(d))
                own_fault(d);
            return;
        }
        d->stage = DEVICE_WALK;
    }
    if (d->stage == DEVICE_WALK) {
        fine = (d->walking || begin_walk(d)) && ask_walk(d, &more);
        if (fine && more)
            return;
        if (!fine || !end_walk(d)) {
            own_fault(d);
            return;
        }
        begin_rows(d);
    }
    advance_rows(d);
}

static void end_regular(struct device *d, enum outcome outcome, const char *reason,
                        const char *detail)
{
    bool first_contact = outcome == OUTCOME_SILENT && !d->version_settled;
    if (outcome != OUTCOME_ANSWERED && d->regular.answered && outcome != OUTCOME_OWN_FAULT &&
        d->table && d->stage == DEVICE_ROWS && outcome != OUTCOME_CANCELLED) {
        outcome = OUTCOME_ANSWERED; /* it lives, it only left some of it unanswered */
        reason = "partial";
        detail = "some ports were not answered";
    }
    cancel_jobs(d);
    free(d->walk);
    d->walk = NULL;
    d->walking = false;
    port_table_destroy(d->incoming);
    d->incoming = NULL;
    if (first_contact && d->auto_version) { /* begin again with the better version */
        d->agent.version = SNMP_V2C;
        d->scalars = ALL_SCALARS;
    }
    if (outcome == OUTCOME_ANSWERED) {
        snmp_agent_round_over(&d->agent);
        remember(d);
    }
    device_report(d, &d->regular, outcome, reason, detail);
}

static void on_regular_deadline(void *arg)
{
    struct device *d = arg;
    d->regular.deadline = NULL;
    end_regular(d, d->regular.answered ? OUTCOME_WRONG : OUTCOME_SILENT, "timeout",
                "not done within its time");
    snmp_client_flush(d->client);
}

static void on_quick_deadline(void *arg)
{
    struct device *d = arg;
    d->quick.deadline = NULL;
    snmp_client_cancel(d->client, &d->quick_job.request);
    device_report(d, &d->quick, OUTCOME_SILENT, "timeout",
                  "no answer: down, filtered or wrong community");
}

static void begin_round(struct device *d, struct device_round *r, uint32_t number,
                        enum round_kind kind, struct mono deadline, timer_fn at_deadline)
{
    *r = (struct device_round){.running = true,
                               .number = number,
                               .kind = kind,
                               .started = d->env->now(d->env->ctx).mono,
                               .before = d->agent.counts};
    if (deadline.ns != MONO_NEVER.ns)
        r->deadline = d->env->timer_start(d->env->ctx, deadline, at_deadline, d);
}

void device_start(struct device *d, uint32_t round, enum round_kind kind, struct mono deadline)
{
    bool first_look = !d->table && !d->regular.running; /* no ports known: quick would tell nothing */
    if (kind != ROUND_REGULAR && !first_look) {
        if (d->quick.running)
            device_cancel(d, d->quick.number);
        begin_round(d, &d->quick, round, kind, deadline, on_quick_deadline);
        ask_quick(d);
        return;
    }
    if (d->regular.running)
        device_cancel(d, d->regular.number);
    begin_round(d, &d->regular, round, kind, deadline, on_regular_deadline);
    bool known = d->table && d->table->count && !d->moved &&
                 mono_since(d->regular.started, d->table_read) < REREAD_NS;
    d->identify_done = d->walking = d->moved = d->reread = false;
    d->missed_ports = d->wrong_types = 0;
    d->stage = DEVICE_IDENTIFY;
    if (known)
        begin_rows(d);
    advance(d);
}

void device_cancel(struct device *d, uint32_t round)
{
    if (d->regular.running && d->regular.number == round)
        end_regular(d, OUTCOME_CANCELLED, "", NULL);
    if (d->quick.running && d->quick.number == round) {
        snmp_client_cancel(d->client, &d->quick_job.request);
        device_report(d, &d->quick, OUTCOME_CANCELLED, "", NULL);
    }
}
