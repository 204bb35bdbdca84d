/* internet: which step of the way out works.
 *
 * A round asks everything at once - gateway, modem, anchors by ping and TCP, DNS of the router and of an
 * anchor - and fetches the plain page when the anchors have answered; then steps.c says what it means. An
 * ask round leaves out the page, so that it ends within the four seconds a diagnosis waits, and names while
 * they are known to work. IPv6 is walked beside, where there is a default route of it, and told as facts of
 * its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/collector.h"
#include "collectors/internet/steps.h"
#include "collectors/protocol/dial.h"
#include "collectors/protocol/dns_client.h"
#include "collectors/protocol/pinger.h"
#include "poller/base/log.h"

#define ANCHORS_MAX 8
#define ANCHORS_NEEDED(count) ((count) < 3 ? 1u : (count) - (count) / 3)
#define ECHOES 2
#define ECHO_GAP_NS MILLISECONDS(500)
#define ECHO_TIMEOUT_NS MILLISECONDS(1500)
#define DIAL_TIMEOUT_NS SECONDS(3)
#define DIAL_PORT 443
#define DNS_TIMEOUT_NS SECONDS(3)
#define PAGE_TIMEOUT_NS SECONDS(5)
#define PAGE_BODY_MAX 65536
#define NEIGHBOUR_FRESH_NS SECONDS(60)
#define JOBS_MAX (3 + 2 * ANCHORS_MAX + ANCHORS_MAX + 2)
#define DETAIL_MAX 200
#define FACTS_MAX (STEP_COUNT + 4)

struct internet_options {
    char *gateway;
    char *modem;
    char **anchors;
    size_t anchors_count;
    char *page_url;
    char *page_expect;
    char *dns_name;
    bool metered;
};

static const struct field internet_fields[] = {
    {FIELD(struct internet_options, gateway, FIELD_TEXT),
     .help = "address of the router; without one, the default route's"},
    {FIELD(struct internet_options, modem, FIELD_TEXT),
     .help = "address between the router and the provider"},
    {FIELD_MANY(struct internet_options, anchors, FIELD_TEXT), .standard = "[1.1.1.1, 8.8.8.8, 9.9.9.9]",
     .max = ANCHORS_MAX, .help = "addresses of different operators; two of three have to answer"},
    {FIELD(struct internet_options, page_url, FIELD_TEXT),
     .standard = "http://detectportal.firefox.com/success.txt",
     .help = "plain HTTP page whose body is known; shows a portal in the way"},
    {FIELD(struct internet_options, page_expect, FIELD_TEXT), .standard = "success",
     .help = "text that body holds"},
    {FIELD(struct internet_options, dns_name, FIELD_TEXT), .standard = "example.com",
     .help = "name asked of the router and of an anchor"},
    {FIELD(struct internet_options, metered, FIELD_BOOL), .standard = "no",
     .help = "ask less: every byte is paid"},
};
static const struct record internet_record = RECORD(internet_options, internet_fields);

static const char *const anchors6[] = {"2606:4700:4700::1111", "2001:4860:4860::8888", "2620:fe::fe"};

struct round;

/* One question of a round to the network. */
struct job {
    struct round *round;
    enum step step;
    unsigned anchor;          /* number of the anchor asked */
    bool six;
    struct pinging *ping;
    struct dial *dial;
    struct dns_asking *dns;
};

struct anchor {
    struct addr addr;
    bool answered;
    int64_t rtt_ns;
};

struct round {
    struct round *next;       /* of the same site: an ask round runs beside the regular one */
    struct collector_instance *owner;
    struct site *site;
    uint32_t number;
    enum round_kind kind;
    struct mono started;
    struct steps steps;
    struct job jobs[JOBS_MAX];
    size_t job_count, open;
    bool fetching, over;
    struct anchor anchors[2 * ANCHORS_MAX]; /* IPv4, then IPv6 */
    size_t anchor_count, six_from;
    struct netinfo_path path;
    struct netinfo_link link;
    struct addr gateway;
    bool own_fault, asked_something;
    char detail[DETAIL_MAX];
    struct timer *deadline;
};

/* A name of an anchor on its way to an address; outlives its instance, since resolving cannot be stopped. */
struct naming {
    struct naming *next;
    struct collector_instance *owner; /* NULL: gone */
    uint32_t check;
    size_t anchor;
};

struct site { /* one check of this kind: the Internet as one node */
    struct check_setting setting;
    struct internet_options options;
    struct round *rounds;
    struct addr named[ANCHORS_MAX]; /* of anchors given by name: what they last resolved to */
    struct steps known;             /* by the last round */
    uint32_t last_ifindex;    /* of the way out when there was one: its carrier is still worth a look */
    struct site *next;
};

struct collector_instance {
    const struct env *env;
    struct pinger *pinger;
    struct dns_client *dns;
    struct site *sites;
    struct naming *namings;
};

static void finish(struct round *r);

/* ---- steps ---- */

static void step_done(struct round *r, enum step step, enum step_state state, int64_t took_ns)
{
    static const enum verdict verdicts[] = {VERDICT_UNKNOWN, VERDICT_OK, VERDICT_FAILING};
    r->steps.state[step] = state;
    struct hint h = {.check = r->site->setting.check,
                     .kind = HINT_STEP,
                     .at = r->owner->env->now(r->owner->env->ctx).mono,
                     .step = step_words[step],
                     .verdict = verdicts[state],
                     .took_ns = took_ns};
    r->owner->env->hint(r->owner->env->ctx, &h);
}

static unsigned answered_anchors(const struct round *r, bool six)
{
    unsigned answered = 0;
    for (size_t i = six ? r->six_from : 0; i < (six ? r->anchor_count : r->six_from); i++)
        answered += r->anchors[i].answered;
    return answered;
}

static enum step_state anchors_state(const struct round *r, bool six)
{
    size_t count = six ? r->anchor_count - r->six_from : r->six_from;
    if (!count)
        return STEP_UNKNOWN;
    return answered_anchors(r, six) >= ANCHORS_NEEDED(count) ? STEP_OK : STEP_FAILING;
}

static int64_t best_rtt(const struct round *r)
{
    int64_t best = 0;
    for (size_t i = 0; i < r->anchor_count; i++)
        if (r->anchors[i].answered && (!best || r->anchors[i].rtt_ns < best))
            best = r->anchors[i].rtt_ns;
    return best;
}

/* The router answers on its link: learned, and proved lately. */
static void look_at_neighbour(struct round *r)
{
    const struct netinfo *net = r->owner->env->netinfo;
    struct netinfo_neighbour n;
    if (!net || !addr_is_set(&r->gateway) ||
        !net->ops->neighbour(net->self, r->path.ifindex, &r->gateway, &n))
        return;
    if (n.failed)
        step_done(r, STEP_GATEWAY_ARP, STEP_FAILING, 0);
    else if (mac_is_set(&n.mac) && n.confirmed_ago_ns < NEIGHBOUR_FRESH_NS)
        step_done(r, STEP_GATEWAY_ARP, STEP_OK, 0);
}

static void on_page(void *arg, const struct fetch_answer *a);

static bool wants_page(const struct round *r)
{
    const struct internet_options *o = &r->site->options;
    return o->page_url && *o->page_url && !o->metered && r->kind != ROUND_ASK && !r->over &&
           r->steps.state[STEP_ANCHORS] == STEP_OK;
}

/* All that was asked at once has answered or timed out. */
static void first_half_done(struct round *r)
{
    struct collector_instance *c = r->owner;
    bool only_six = !r->six_from && r->anchor_count;
    step_done(r, STEP_ANCHORS, anchors_state(r, only_six), best_rtt(r));
    look_at_neighbour(r);
    if (!wants_page(r)) {
        finish(r);
        return;
    }
    struct fetch_request request = {.url = r->site->options.page_url,
                                    .timeout_ns = PAGE_TIMEOUT_NS,
                                    .body_max_bytes = PAGE_BODY_MAX,
                                    .verify_tls = true};
    r->fetching = true;
    c->env->fetch(c->env->ctx, &request, on_page, r);
}

static bool body_holds(const struct fetch_answer *a, const char *text)
{
    return !text || (a->body && memmem(a->body, a->body_len, text, strlen(text)));
}

/* Another page than the known one is a portal; no page at all may be that server's trouble. */
static void on_page(void *arg, const struct fetch_answer *a)
{
    struct round *r = arg;
    r->fetching = false;
    if (r->over) { /* only this answer kept it */
        free(r);
        return;
    }
    bool came = !a->own_fault && !a->error;
    bool known = came && a->status == 200 && body_holds(a, r->site->options.page_expect);
    bool other = came && !known && a->status < 500;
    r->steps.portal = other;
    if (other)
        snprintf(r->detail, sizeof r->detail, "another page came instead of the known one (status %d)",
                 a->status);
    step_done(r, STEP_PAGE, known ? STEP_OK : a->own_fault ? STEP_UNKNOWN : STEP_FAILING, a->total_ns);
    finish(r);
}

/* ---- jobs ---- */

static void job_done(struct job *j)
{
    struct round *r = j->round;
    j->ping = NULL;
    j->dial = NULL;
    j->dns = NULL;
    if (--r->open == 0)
        first_half_done(r);
}

static void note_own(struct round *r, int own_error)
{
    if (!own_error) {
        r->asked_something = true;
        return;
    }
    r->own_fault = true;
    char text[64];
    snprintf(r->detail, sizeof r->detail, "cannot send: %s", strerror_r(own_error, text, sizeof text));
}

static void anchor_answered(struct round *r, unsigned at, int64_t rtt_ns)
{
    struct anchor *a = &r->anchors[at];
    if (!a->answered || rtt_ns < a->rtt_ns)
        a->rtt_ns = rtt_ns;
    a->answered = true;
}

static void on_ping(void *arg, const struct ping_answer *a)
{
    struct job *j = arg;
    note_own(j->round, a->own_error);
    if (j->step == STEP_ANCHORS && a->answered)
        anchor_answered(j->round, j->anchor, a->rtt_ns);
    else if (j->step != STEP_ANCHORS && !a->own_error)
        step_done(j->round, j->step, a->answered ? STEP_OK : STEP_FAILING, a->rtt_ns);
    job_done(j);
}

static void on_dial(void *arg, const struct dial_answer *a)
{
    struct job *j = arg;
    note_own(j->round, a->own_error);
    if (a->connected)
        anchor_answered(j->round, j->anchor, a->took_ns);
    job_done(j);
}

/* That a server ever gave names is remembered over restarts, under the step's word. */
static bool gave_names(const struct round *r, enum step step)
{
    const struct env *env = r->owner->env;
    return env->recall(env->ctx, r->site->setting.node, step_words[step]) != NULL;
}

static void remember_names(const struct round *r, enum step step)
{
    const struct env *env = r->owner->env;
    if (!gave_names(r, step))
        env->remember(env->ctx, r->site->setting.node, step_words[step], "yes");
}

static void on_dns(void *arg, const struct dns_result *d)
{
    struct job *j = arg;
    note_own(j->round, d->own_error);
    if (d->answered)
        remember_names(j->round, j->step);
    if (!d->own_error)
        step_done(j->round, j->step, d->answered ? STEP_OK : STEP_FAILING, d->took_ns);
    job_done(j);
}

static struct job *add_job(struct round *r, enum step step, unsigned anchor)
{
    if (r->job_count == JOBS_MAX)
        return NULL;
    struct job *j = &r->jobs[r->job_count++];
    *j = (struct job){.round = r, .step = step, .anchor = anchor};
    return j;
}

static void ask_ping(struct round *r, enum step step, const struct addr *to, unsigned anchor)
{
    struct job *j = add_job(r, step, anchor);
    unsigned echoes = r->site->options.metered && r->kind == ROUND_REGULAR ? 1 : ECHOES;
    if (j)
        j->ping = pinger_ask(r->owner->pinger, to, echoes, ECHO_GAP_NS, ECHO_TIMEOUT_NS, on_ping, j);
    r->open += j && j->ping;
}

static void ask_dial(struct round *r, const struct addr *to, unsigned anchor)
{
    struct job *j = add_job(r, STEP_ANCHORS, anchor);
    if (j)
        j->dial = dial_start(r->owner->env, to, DIAL_PORT, DIAL_TIMEOUT_NS, on_dial, j);
    r->open += j && j->dial;
}

static void ask_dns(struct round *r, enum step step, const struct addr *server)
{
    const char *name = r->site->options.dns_name;
    struct job *j = name && *name ? add_job(r, step, 0) : NULL;
    if (j)
        j->dns = dns_client_ask(r->owner->dns, server, name, DNS_A, DNS_TIMEOUT_NS, on_dns, j);
    r->open += j && j->dns;
}

/* ---- anchors, and a round ---- */

static struct site *site_of(const struct collector_instance *c, uint32_t check)
{
    struct site *s = c->sites;
    while (s && s->setting.check != check)
        s = s->next;
    return s;
}

static void on_named(void *arg, const struct addr *addresses, size_t count, const char *error)
{
    struct naming *n = arg;
    struct collector_instance *c = n->owner;
    struct site *site = c ? site_of(c, n->check) : NULL;
    if (site && count && !error)
        site->named[n->anchor] = addresses[0];
    for (struct naming **link = c ? &c->namings : NULL; link && *link; link = &(*link)->next)
        if (*link == n) {
            *link = n->next;
            break;
        }
    free(n);
}

/* For the rounds to come: a round does not wait for names, which may be what is broken. */
static void resolve_anchors(struct collector_instance *c, struct site *site)
{
    struct addr numeric;
    for (size_t i = 0; i < site->options.anchors_count && i < ANCHORS_MAX; i++) {
        struct naming *n = addr_parse(site->options.anchors[i], &numeric) ? NULL : calloc(1, sizeof *n);
        if (!n)
            continue;
        *n = (struct naming){c->namings, c, site->setting.check, i};
        c->namings = n;
        c->env->resolve(c->env->ctx, site->options.anchors[i], on_named, n);
    }
}

static void add_anchor(struct round *r, size_t at, uint8_t family)
{
    struct addr addr;
    if (!addr_parse(r->site->options.anchors[at], &addr))
        addr = r->site->named[at];
    if (addr.family == family && r->anchor_count < 2 * ANCHORS_MAX)
        r->anchors[r->anchor_count++] = (struct anchor){.addr = addr};
}

static void add_anchor6(struct round *r, const char *text)
{
    struct addr addr;
    if (addr_parse(text, &addr) && r->anchor_count < 2 * ANCHORS_MAX)
        r->anchors[r->anchor_count++] = (struct anchor){.addr = addr};
}

static void collect_anchors(struct round *r)
{
    const struct internet_options *o = &r->site->options;
    const struct netinfo *net = r->owner->env->netinfo;
    struct netinfo_path six;
    size_t count = o->anchors_count < ANCHORS_MAX ? o->anchors_count : ANCHORS_MAX;
    for (size_t i = 0; i < count; i++)
        add_anchor(r, i, AF_INET);
    r->six_from = r->anchor_count;
    for (size_t i = 0; i < count; i++)
        add_anchor(r, i, AF_INET6);
    bool has_six = net && net->ops->default_route(net->self, AF_INET6, &six);
    bool own_list = r->anchor_count > r->six_from || !r->six_from;
    for (size_t i = 0; i < sizeof anchors6 / sizeof *anchors6 && has_six && !own_list; i++)
        add_anchor6(r, anchors6[i]);
}

/* Our own link: is there a way out, and is its cable in? */
static void look_at_link(struct round *r)
{
    struct site *site = r->site;
    const struct netinfo *net = r->owner->env->netinfo;
    bool found = net && (net->ops->default_route(net->self, AF_INET, &r->path) ||
                         net->ops->default_route(net->self, AF_INET6, &r->path));
    if (found)
        site->last_ifindex = r->path.ifindex;
    r->gateway = found ? r->path.gateway : (struct addr){0};
    if (site->options.gateway)
        addr_parse(site->options.gateway, &r->gateway);
    if (!net || !site->last_ifindex || !net->ops->link(net->self, site->last_ifindex, &r->link)) {
        r->steps.own_fault = net && !found;
        snprintf(r->detail, sizeof r->detail, "this machine has no default route");
        return;
    }
    step_done(r, STEP_LINK, found && r->link.carrier ? STEP_OK : STEP_FAILING, 0);
    if (r->link.carrier && !found) {
        r->steps.own_fault = true;
        snprintf(r->detail, sizeof r->detail, "this machine has lost its default route");
    }
}

static bool wants_names(const struct round *r, enum step step)
{
    return r->kind != ROUND_ASK || r->site->known.state[step] == STEP_FAILING;
}

static void ask_all(struct round *r)
{
    const struct internet_options *o = &r->site->options;
    bool sparing = o->metered && r->kind == ROUND_REGULAR;
    struct addr modem;
    if (addr_is_set(&r->gateway)) {
        ask_ping(r, STEP_GATEWAY_PING, &r->gateway, 0);
        if (wants_names(r, STEP_DNS_ROUTER))
            ask_dns(r, STEP_DNS_ROUTER, &r->gateway);
    }
    if (o->modem && addr_parse(o->modem, &modem))
        ask_ping(r, STEP_MODEM, &modem, 0);
    for (unsigned i = 0; i < r->anchor_count; i++) {
        ask_ping(r, STEP_ANCHORS, &r->anchors[i].addr, i);
        if (!sparing)
            ask_dial(r, &r->anchors[i].addr, i);
    }
    if (r->anchor_count && !sparing && wants_names(r, STEP_DNS_ANCHOR))
        ask_dns(r, STEP_DNS_ANCHOR, &r->anchors[0].addr);
}

static void forget_jobs(struct round *r)
{
    for (size_t i = 0; i < r->job_count; i++) {
        pinger_forget(r->owner->pinger, r->jobs[i].ping);
        dial_forget(r->jobs[i].dial);
        dns_client_forget(r->owner->dns, r->jobs[i].dns);
    }
    r->job_count = 0;
}

/* ---- reporting ---- */

static size_t fill_facts(const struct round *r, struct fact facts[FACTS_MAX],
                         char names[STEP_COUNT][32])
{
    size_t count = 0;
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if (r->kind == ROUND_ASK && r->steps.state[i] == STEP_UNKNOWN)
            continue; /* not asked: what is known stays */
        snprintf(names[i], 32, "internet.%s", step_words[i]);
        facts[count++] = (struct fact){names[i], "", step_state_words[r->steps.state[i]]};
    }
    if (r->six_from && r->anchor_count > r->six_from)
        facts[count++] = (struct fact){"internet.anchors", "ipv6", step_state_words[anchors_state(r, true)]};
    if (r->link.name[0])
        facts[count++] = (struct fact){"own.carrier", r->link.name, r->link.carrier ? "up" : "down"};
    return count;
}

static void describe(struct round *r, const struct steps_verdict *v)
{
    unsigned four = answered_anchors(r, false);
    if (!r->detail[0] && v->outcome == OUTCOME_SILENT)
        snprintf(r->detail, sizeof r->detail, "%u of %zu hosts on the Internet answer", four, r->six_from);
}

static void send_report(struct round *r, const struct steps_verdict *v)
{
    const struct env *env = r->owner->env;
    struct instant now = env->now(env->ctx);
    struct fact facts[FACTS_MAX];
    char names[STEP_COUNT][32];
    int64_t rtt = best_rtt(r);
    struct measure measures[] = {
        {"time", rtt ? (double)rtt / (double)NS_PER_S : __builtin_nan(""), UNIT_SECONDS},
        {"ok", v->outcome == OUTCOME_ANSWERED, UNIT_STATE},
    };
    struct object_measures object = {"internet", LAYOUT_TIMES, measures, 2, false, {0}};
    bool asked = v->outcome == OUTCOME_ANSWERED || v->outcome == OUTCOME_WRONG || v->outcome == OUTCOME_SILENT;
    struct report report = {.check = r->site->setting.check,
                            .round = r->number,
                            .kind = r->kind,
                            .outcome = v->outcome,
                            .reason = v->reason,
                            .detail = r->detail[0] ? r->detail : NULL,
                            .started = r->started,
                            .ended = now.mono,
                            .sent = (uint32_t)r->anchor_count,
                            .lost = (uint32_t)r->anchor_count - answered_anchors(r, false) -
                                    answered_anchors(r, true),
                            .objects = &object,
                            .object_count = r->kind == ROUND_REGULAR && asked,
                            .facts = facts,
                            .fact_count = asked || r->link.name[0] ? fill_facts(r, facts, names) : 0};
    env->report(env->ctx, &report);
}

/* Reports and lets the round go; while the page is still under way it stays, for its answer alone. */
static void end_with(struct round *r, const struct steps_verdict *v)
{
    const struct env *env = r->owner->env;
    env->timer_stop(env->ctx, r->deadline);
    forget_jobs(r);
    r->over = true;
    struct round **link = &r->site->rounds;
    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    send_report(r, v);
    if (!r->fetching)
        free(r);
}

/* An ask leaves the page out, and names that worked: that the rest is well does not make them so. */
static struct steps steps_in_all(const struct round *r)
{
    static const enum step names[] = {STEP_DNS_ROUTER, STEP_DNS_ANCHOR};
    const struct steps *known = &r->site->known;
    struct steps s = r->steps;
    s.portal = r->kind == ROUND_ASK ? known->portal : s.portal;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (r->kind == ROUND_ASK && s.state[names[i]] == STEP_UNKNOWN)
            s.state[names[i]] = known->state[names[i]];
    return s;
}

static void finish(struct round *r)
{
    r->steps.router_armed = gave_names(r, STEP_DNS_ROUTER);
    r->steps.anchor_armed = gave_names(r, STEP_DNS_ANCHOR);
    r->steps.own_fault |= r->own_fault && !r->asked_something;
    struct steps all = steps_in_all(r);
    struct steps_verdict v = steps_judge(&all);
    r->site->known = all;
    if (v.outcome == OUTCOME_OWN_FAULT && r->steps.state[STEP_LINK] == STEP_FAILING && !r->link.carrier)
        v = (struct steps_verdict){OUTCOME_SILENT, "link"}; /* the cable tells why */
    describe(r, &v);
    end_with(r, &v);
}

static void on_deadline(void *arg)
{
    struct round *r = arg;
    r->deadline = NULL;
    if (r->open) {
        forget_jobs(r);
        r->open = 0;
        r->over = true; /* no page any more */
        first_half_done(r);
    } else {
        finish(r);
    }
}

/* ---- the contract ---- */

static struct collector_instance *internet_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->env = env;
    c->pinger = pinger_create(env);
    c->dns = dns_client_create(env);
    if (c->pinger && c->dns)
        return c;
    log_warnx("internet", "no memory, the Internet will not be watched");
    pinger_destroy(c->pinger);
    dns_client_destroy(c->dns);
    free(c);
    return NULL;
}

static bool internet_adopt(struct collector_instance *c, const struct check_setting *s)
{
    struct site *site = site_of(c, s->check);
    if (!site) {
        site = calloc(1, sizeof *site);
        if (!site)
            return false;
        site->next = c->sites;
        c->sites = site;
    }
    site->setting = *s;
    if (s->options)
        site->options = *(const struct internet_options *)s->options;
    memset(site->named, 0, sizeof site->named);
    resolve_anchors(c, site);
    return true;
}

static const struct steps_verdict cancelled = {OUTCOME_CANCELLED, ""};

static void internet_drop(struct collector_instance *c, uint32_t check)
{
    for (struct site **link = &c->sites; *link; link = &(*link)->next)
        if ((*link)->setting.check == check) {
            struct site *site = *link;
            while (site->rounds)
                end_with(site->rounds, &cancelled);
            *link = site->next;
            free(site);
            return;
        }
}

static void refuse(struct collector_instance *c, uint32_t check, uint32_t number, enum round_kind kind)
{
    struct instant now = c->env->now(c->env->ctx);
    struct report report = {.check = check, .round = number, .kind = kind,
                            .outcome = OUTCOME_OWN_FAULT, .reason = "busy",
                            .started = now.mono, .ended = now.mono};
    c->env->report(c->env->ctx, &report);
}

static void internet_start(struct collector_instance *c, uint32_t check, uint32_t number,
                           enum round_kind kind, struct mono deadline)
{
    struct site *site = site_of(c, check);
    struct round *r = site ? calloc(1, sizeof *r) : NULL;
    if (!r) {
        refuse(c, check, number, kind);
        return;
    }
    *r = (struct round){.owner = c, .site = site, .number = number, .kind = kind,
                        .started = c->env->now(c->env->ctx).mono, .next = site->rounds};
    site->rounds = r;
    r->deadline = c->env->timer_start(c->env->ctx, deadline, on_deadline, r);
    collect_anchors(r);
    if (kind == ROUND_REGULAR)
        resolve_anchors(c, site);
    look_at_link(r);
    r->open = 1; /* holds the round while it is being asked */
    if (!r->steps.own_fault)
        ask_all(r);
    if (--r->open == 0)
        first_half_done(r);
}

static void internet_cancel(struct collector_instance *c, uint32_t check, uint32_t number)
{
    struct site *site = site_of(c, check);
    for (struct round *r = site ? site->rounds : NULL; r; r = r->next)
        if (r->number == number) {
            end_with(r, &cancelled);
            return;
        }
}

static void internet_destroy(struct collector_instance *c)
{
    if (!c)
        return;
    while (c->sites)
        internet_drop(c, c->sites->setting.check);
    for (struct naming *n = c->namings; n; n = n->next)
        n->owner = NULL;
    pinger_destroy(c->pinger);
    dns_client_destroy(c->dns);
    free(c);
}

extern const struct collector internet_collector;
const struct collector internet_collector = {
    .name = "internet",
    .summary = "the way out, step by step: own link, router, modem, provider, names, a page",
    .options = &internet_record,
    .interval_ns = SECONDS(60),
    .by_engine = true,
    .create = internet_create,
    .adopt = internet_adopt,
    .drop = internet_drop,
    .start = internet_start,
    .cancel = internet_cancel,
    .destroy = internet_destroy,
};
