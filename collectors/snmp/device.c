#include "collectors/snmp/device_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REREAD_NS MINUTES(10) /* as often as it is configured to be asked */
#define TROUBLE_MAX 192
#define ALL_SCALARS ((1u << IF_SCALAR_COUNT) - 1)

static void advance(struct device *d);
static void end_regular(struct device *d, enum outcome outcome, const char *reason,
                        const char *detail);

static enum snmp_version first_version(const struct snmp_options *o)
{
    return o->version == OPTION_V1 ? SNMP_V1 : o->version == OPTION_V3 ? SNMP_V3 : SNMP_V2C;
}

struct device *device_create(struct device_means *m, const struct check_setting *s)
{
    const struct snmp_options *o = s->options;
    size_t node_size = strlen(s->node) + 1;
    struct device *d = calloc(1, sizeof *d + node_size);
    if (!d)
        return NULL;
    memcpy(d->node, s->node, node_size);
    d->env = m->env;
    d->client = m->client;
    d->means = m;
    d->figures.catalogue = catalogue_hold(m->catalogue);
    d->figures.cells_most = CELL_PART_MAX;
    d->check = s->check;
    d->auto_version = o->version == OPTION_AUTO;
    d->version_settled = !d->auto_version;
    d->tell_loopback = o->tell_loopback;
    d->scalars = ALL_SCALARS;
    d->part_ports_most = PART_PORTS_MAX;
    d->interval_ns = s->interval_ns;
    device_pace(d, s->slower);
    if (!snmp_agent_init(&d->agent, &s->addresses[0], (uint16_t)o->port, first_version(o), o->community) ||
        (o->version == OPTION_V3 && !device_secure_open(d, o))) {
        device_destroy(d);
        return NULL;
    }
    d->agent.timeout_ns = o->timeout_ns;
    d->agent.tries = (unsigned)o->retries + 1;
    device_recall(d);
    return d;
}

static void cancel_quick_job(struct device *d)
{
    if (d->quick_job)
        snmp_client_cancel(d->client, &d->quick_job->request);
}

void device_destroy(struct device *d)
{
    if (!d)
        return;
    device_drop_jobs(d);
    cancel_quick_job(d);
    free(d->quick_job);
    free(d->text_room);
    free(d->walk);
    free(d->walk_trouble);
    device_figures_fini(d);
    device_wiring_fini(d);
    port_table_destroy(d->incoming);
    port_table_destroy(d->table);
    rates_give_back(&d->means->spare_rates, d->rates);
    device_secure_close(d);
    snmp_agent_fini(&d->agent);
    free(d);
}

static struct device_round *round_of(struct device *d, enum job_kind kind)
{
    return kind == JOB_QUICK ? &d->quick : kind == JOB_TABLES ? &d->wiring->round : &d->regular;
}

void device_count_answer(struct device *d, enum job_kind kind)
{
    round_of(d, kind)->answered++;
}

void device_asked(struct snmp_request *r)
{
    struct job *j = r->ctx;
    struct device *d = j->device;
    if (j->kind == JOB_TABLES)
        device_wiring_advance(d);
    else if (j->kind != JOB_QUICK)
        advance(d);
    else if (d->table && d->quick.next_port < d->table->count && !d->moved)
        device_ask_quick(d);
    else {
        device_secure_answered(d);
        device_report(d, &d->quick, OUTCOME_ANSWERED, "", NULL);
    }
}

static const char *loss_reason(const struct device *d, const struct device_round *r,
                               enum snmp_loss loss, int error, enum outcome *outcome)
{
    *outcome = OUTCOME_SILENT;
    if (loss == SNMP_LOSS_OWN) {
        *outcome = OUTCOME_OWN_FAULT;
        return error ? "send" : "keys";
    }
    if (loss == SNMP_LOSS_REFUSED)
        return "refused";
    if (loss == SNMP_LOSS_UNREACHABLE)
        return "unreachable";
    *outcome = OUTCOME_WRONG;
    if (d->agent.counts.malformed != r->before.malformed)
        return "malformed";
    if (d->agent.counts.wrong_answer != r->before.wrong_answer)
        return "wrong-answer";
    *outcome = OUTCOME_SILENT;
    return "timeout";
}

static const char *silence(const struct device *d)
{
    return d->secure ? "no answer: down, filtered or version 3 is off"
                          : "no answer: down, filtered or wrong community";
}

static const char *loss_detail(const struct device *d, const char *reason, int error, char *out, size_t size)
{
    if (strcmp(reason, "timeout") == 0)
        return silence(d);
    if (strcmp(reason, "refused") == 0)
        return "nothing listens on that port";
    if (strcmp(reason, "wrong-answer") == 0 && d->secure)
        return "answers came, but not authentic ones";
    if (strcmp(reason, "keys") == 0)
        return "no keys can be made here for these protocols";
    if (!error)
        return NULL;
    snprintf(out, size, "%s", strerror(error));
    return out;
}

/* Next time both versions are tried again, the better one first. */
static void forget_version(struct device *d)
{
    d->version_settled = false;
    d->agent.version = SNMP_V2C;
    d->scalars = ALL_SCALARS;
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

void device_lost(struct snmp_request *r, enum snmp_loss loss, int error)
{
    struct job *j = r->ctx;
    struct device *d = j->device;
    struct device_round *round = round_of(d, j->kind);
    enum outcome outcome = OUTCOME_WRONG;
    char text[DEVICE_TEXT_MAX];
    if (try_otherwise(d, j, loss)) {
        advance(d);
        return;
    }
    const char *reason = device_secure_loss(d, loss, text, sizeof text), *detail = text;
    if (!reason) {
        reason = loss_reason(d, round, loss, error, &outcome);
        detail = loss_detail(d, reason, error, text, sizeof text);
    }
    if (j->kind == JOB_TABLES)
        device_wiring_lost(d, loss, outcome, reason, detail);
    else if (j->kind == JOB_QUICK)
        device_report(d, round, outcome, reason, detail);
    else
        end_regular(d, outcome, reason, detail);
}

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

/* "...2.2.1.2.3 is followed by ...2.2.1.2.1" */
static char *describe_trouble(const struct snmp_walk *w)
{
    char from[SNMP_OID_TEXT_MAX], to[SNMP_OID_TEXT_MAX], text[TROUBLE_MAX];
    if (w->end != SNMP_WALK_NOT_RISING || !w->to.len)
        return NULL;
    snmp_oid_text(snmp_oid_view(&w->from), from);
    snmp_oid_text(snmp_oid_view(&w->to), to);
    snprintf(text, sizeof text, "%.80s is followed by %.80s", from, to);
    return strdup(text);
}

/* Counters grow: how much an answer holds is looked at again with the tables. */
static void measure_rows(struct device *d)
{
    d->row_bytes = d->shared && d->table->learned ? part_largest_row(d->table, d->shared) : 0;
}

/* The table as walked becomes the known one. */
static bool end_walk(struct device *d)
{
    d->walk_end = d->walk->end;
    free(d->walk_trouble);
    d->walk_trouble = describe_trouble(d->walk);
    free(d->walk);
    d->walk = NULL;
    d->walking = false;
    if (!port_table_settle(d->incoming))
        return false;
    bool moved = !d->table || port_table_inherit(d->incoming, d->table);
    port_table_destroy(d->table);
    d->table = d->incoming;
    d->incoming = NULL;
    d->table_read = d->regular.started;
    d->facts_due = true;
    d->tables_outdated |= moved;
    device_figures_begin(d, true);
    if (moved) {
        d->shared = 0;
        d->candidates = d->agent.version == SNMP_V1 ? IF_ALL_BITS & ~IF_WIDE_BITS : IF_ALL_BITS;
    }
    measure_rows(d);
    return true;
}

static bool begin_rows(struct device *d)
{
    rates_give_back(&d->means->spare_rates, d->rates); /* the table may be another one now */
    d->rates = rates_take(&d->means->spare_rates, d->table->count);
    d->stage = DEVICE_ROWS;
    d->regular.next_port = 0;
    d->leftover_count = 0;
    d->table->round++;
    __builtin_prefetch(d->table->indexes); /* its requests are written later, together with others */
    return d->rates != NULL;
}

/* After a full pass over all columns: which does each port have, and are they the same? */
static void learn_columns(struct device *d)
{
    struct port_table *t = d->table;
    t->learned = true;
    d->shared = t->count ? port_columns(&t->ports[0], port_refused(t, 0), true, 0) : 0;
    for (size_t i = 0; i < t->count; i++)
        if (!port_is_read(t, &t->ports[i]) || port_columns(&t->ports[i], port_refused(t, i), true, 0) != d->shared)
            d->shared = 0;
    if (d->no_uptime)
        d->shared = 0; /* GETBULK would answer what follows it instead */
    measure_rows(d);
    d->candidates = IF_ALL_BITS;
}

static void own_fault(struct device *d)
{
    end_regular(d, OUTCOME_OWN_FAULT, "memory", NULL);
}

static bool rows_left(const struct device *d)
{
    return d->leftover_count || d->regular.next_port < d->table->count;
}

static bool rows_running(const struct device *d)
{
    for (const struct job *j = d->jobs; j; j = j->next)
        if (j->request.id && j->kind == JOB_ROWS)
            return true;
    return false;
}

/* Figures asked by name may fill the window beside the last ports; tables wait for them. */
static void advance_figures(struct device *d)
{
    bool over, running = rows_running(d);
    if (running && (d->figures.due || !d->table->learned))
        return;
    if (!d->table->learned && !d->missed_ports)
        learn_columns(d);
    if (!device_figures_advance(d, &over))
        own_fault(d);
    else if (over && !device_jobs_running(d))
        end_regular(d, OUTCOME_ANSWERED, "", NULL);
}

static void advance_rows(struct device *d)
{
    if (d->moved) {
        if (device_jobs_running(d))
            return; /* their answers are of no use, but the agent is still at them */
        if (!d->reread) {
            d->moved = false;
            d->reread = d->tables_outdated = true;
            d->identify_done = d->walking = false;
            d->stage = DEVICE_IDENTIFY;
            advance(d);
            return;
        }
        /* moved stays set: the next round reads the table anew */
        end_regular(d, OUTCOME_ANSWERED, "", "the interface table changed while it was read");
        return;
    }
    if (!device_ask_rows(d))
        own_fault(d);
    else if (!rows_left(d))
        advance_figures(d);
}

static void advance(struct device *d)
{
    bool more = true, fine = true;
    if (!d->regular.running)
        return;
    if (d->stage == DEVICE_IDENTIFY) {
        if (!d->identify_done) {
            if (!device_ask_identity(d))
                own_fault(d);
            return;
        }
        d->stage = DEVICE_WALK;
    }
    if (d->stage == DEVICE_WALK) {
        fine = (d->walking || begin_walk(d)) && device_ask_walk(d, &more);
        if (fine && more)
            return;
        if (!fine || !end_walk(d) || !begin_rows(d)) {
            own_fault(d);
            return;
        }
    }
    advance_rows(d);
}

static void end_regular(struct device *d, enum outcome outcome, const char *reason,
                        const char *detail)
{
    if (outcome != OUTCOME_ANSWERED && d->regular.answered && outcome != OUTCOME_OWN_FAULT &&
        d->table && d->stage == DEVICE_ROWS && outcome != OUTCOME_CANCELLED) {
        outcome = OUTCOME_ANSWERED; /* it lives, it only left some of it unanswered */
        reason = "partial";
        detail = rows_left(d) || rows_running(d) ? "some ports were not answered"
                                                 : "some readings were not answered";
    }
    device_drop_jobs(d);
    device_figures_stop(d);
    free(d->walk);
    d->walk = NULL;
    d->walking = false;
    port_table_destroy(d->incoming);
    d->incoming = NULL;
    if (outcome == OUTCOME_SILENT && d->auto_version && d->stage == DEVICE_IDENTIFY)
        forget_version(d);
    if (outcome == OUTCOME_ANSWERED) {
        snmp_agent_round_over(&d->agent);
        device_remember(d);
        device_secure_answered(d);
    }
    device_wiring_resume(d);
    device_report(d, &d->regular, outcome, reason, detail);
}

static bool is_overdue(const struct device_round *r, struct mono now)
{
    return r->running && !mono_before(now, r->deadline);
}

bool device_expire(struct device *d, struct mono now)
{
    if (is_overdue(&d->regular, now)) {
        end_regular(d, d->regular.answered ? OUTCOME_WRONG : OUTCOME_SILENT, "timeout",
                    "not done within its time");
        return true;
    }
    if (d->wiring && is_overdue(&d->wiring->round, now)) {
        device_wiring_expire(d);
        return true;
    }
    if (!is_overdue(&d->quick, now))
        return false;
    cancel_quick_job(d);
    device_report(d, &d->quick, OUTCOME_SILENT, "timeout", silence(d));
    return true;
}

struct mono device_deadline(const struct device *d)
{
    struct mono first = d->regular.running ? d->regular.deadline : MONO_NEVER;
    if (d->wiring)
        first = mono_earlier(first, d->wiring->round.deadline);
    return d->quick.running ? mono_earlier(first, d->quick.deadline) : first;
}

void device_begin_round(struct device *d, struct device_round *r, uint32_t number, enum round_kind kind,
                        struct mono deadline)
{
    *r = (struct device_round){.running = true,
                               .number = number,
                               .kind = (uint8_t)kind,
                               .deadline = deadline,
                               .started = d->env->now(d->env->ctx).mono,
                               .before = d->agent.counts};
    device_means_watch(d->means, deadline);
}

static bool is_for_tables(enum round_kind kind)
{
    return kind == ROUND_TABLES || kind == ROUND_ALL_TABLES;
}

/* Without asking: what was refused a moment ago would be refused again. */
static void tell_refusal(struct device *d, uint32_t round, enum round_kind kind, const char *reason,
                         const char *detail)
{
    struct device_round *r = kind == ROUND_REGULAR ? &d->regular : &d->quick;
    if (is_for_tables(kind)) {
        device_wiring_refuse(d, round, kind, reason, detail);
        return;
    }
    if (r->running)
        device_cancel(d, r->number);
    device_begin_round(d, r, round, kind, MONO_NEVER);
    device_report(d, r, OUTCOME_WRONG, reason, detail);
}

void device_start(struct device *d, uint32_t round, enum round_kind kind, struct mono deadline)
{
    char text[DEVICE_TEXT_MAX];
    const char *refusal = device_secure_hold(d, kind, text, sizeof text);
    if (refusal) {
        tell_refusal(d, round, kind, refusal, text);
        return;
    }
    device_secure_begin(d);
    if (is_for_tables(kind)) {
        device_wiring_start(d, round, kind, deadline);
        return;
    }
    bool first_look = !d->table && !d->regular.running; /* no ports known: quick would tell nothing */
    if (kind != ROUND_REGULAR && !first_look) {
        if (d->quick.running)
            device_cancel(d, d->quick.number);
        device_begin_round(d, &d->quick, round, kind, deadline);
        if (device_quick_job(d))
            device_ask_quick(d);
        else
            device_report(d, &d->quick, OUTCOME_OWN_FAULT, "memory", NULL);
        return;
    }
    if (d->regular.running)
        device_cancel(d, d->regular.number);
    device_begin_round(d, &d->regular, round, kind, deadline);
    bool known = d->table && d->table->count && !d->moved &&
                 mono_since(d->regular.started, d->table_read) < (REREAD_NS - d->interval_ns / 2) * d->slower;
    d->tables_outdated |= d->moved;
    d->identify_done = d->walking = d->moved = d->reread = false;
    d->missed_ports = d->wrong_types = 0;
    load_begin(&d->load);
    d->stage = DEVICE_IDENTIFY;
    device_figures_begin(d, false);
    if (known && !begin_rows(d))
        own_fault(d);
    else
        advance(d);
}

unsigned device_rounds_between_tables(const struct device *d)
{
    return d->interval_ns > 0 ? (unsigned)(REREAD_NS / d->interval_ns) : 1;
}

void device_pace(struct device *d, unsigned slower)
{
    d->slower = slower ? slower : 1;
}

void device_cancel(struct device *d, uint32_t round)
{
    if (d->regular.running && d->regular.number == round)
        end_regular(d, OUTCOME_CANCELLED, "", NULL);
    if (d->quick.running && d->quick.number == round) {
        cancel_quick_job(d);
        device_report(d, &d->quick, OUTCOME_CANCELLED, "", NULL);
    }
    if (d->wiring && d->wiring->round.number == round)
        device_wiring_cancel(d);
}
