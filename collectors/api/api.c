/* api: what a device's own web interface tells, by a profile. The courier asks; see
 * hayloft-profile(5).
 *
 * Wrong credentials are not tried again at once: many devices lock everybody out after a handful of
 * tries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/collector.h"
#include "collectors/protocol/reading_objects.h"
#include "poller/base/log.h"

#define URL_MAX       512
#define DETAIL_MAX    320
#define FACTS_MAX     12
#define NUMBER_MAX    24
#define HOLD_FIRST_NS MINUTES(5)
#define HOLD_MOST_NS  MINUTES(60)
#define ASK_GAP_NS    MINUTES(1) /* somebody who wants to know now gets one try in so long */

struct api_options {
    char *profile;
    char *user, *password;
    char *url;
    int64_t timeout_ns;
    bool verify_tls;
    char *pin;
};

static void check_options(const void *value, field_complain complain, void *ctx);

static const struct field api_fields[] = {
    {FIELD(struct api_options, profile, FIELD_TEXT), .flags = FIELD_SHORT | FIELD_REQUIRED,
     .help = "the profile that says what is asked and what it means"},
    {FIELD(struct api_options, user, FIELD_TEXT), .help = "who we are there"},
    {FIELD(struct api_options, password, FIELD_SECRET), .help = "and the password"},
    {FIELD(struct api_options, url, FIELD_TEXT),
     .help = "where it is, as https://192.168.1.1:8443; without one by the node's address and the "
             "profile"},
    {.name = "timeout",
     .type = FIELD_DURATION,
     .offset = offsetof(struct api_options, timeout_ns),
     .standard = "20s",
     .min = MILLISECONDS(200),
     .max = SECONDS(60),
     .help = "how long all of it may take"},
    {FIELD(struct api_options, verify_tls, FIELD_BOOL), .standard = "yes",
     .help = "refuse a device whose certificate does not prove its name"},
    {FIELD(struct api_options, pin, FIELD_TEXT),
     .help = "the key a certificate of its own making has, as sha256//...; it is all that is "
             "verified then"},
};
static const struct record api_record = {.name = "api",
                                         .size = sizeof(struct api_options),
                                         .fields = api_fields,
                                         .field_count = sizeof api_fields / sizeof api_fields[0],
                                         .check = check_options};

static void check_options(const void *value, field_complain complain, void *ctx)
{
    const struct api_options *o = value;
    bool web = !o->url || !*o->url || strncmp(o->url, "http://", 7) == 0 ||
               strncmp(o->url, "https://", 8) == 0;
    if (!web)
        complain(ctx, "url", "expected http:// or https:// and a host");
    if (o->url && strlen(o->url) >= URL_MAX)
        complain(ctx, "url", "longer than 511 bytes");
    if (o->url && *o->url && o->url[strlen(o->url) - 1] == '/')
        complain(ctx, "url", "no '/' at its end: the profile's paths follow");
    if (o->pin && *o->pin && strncmp(o->pin, "sha256//", 8) != 0)
        complain(ctx, "pin", "expected sha256// and the digest of its public key");
}

struct device;

struct api_round {
    struct api_round *next;
    struct device *device;
    uint32_t number;
    enum round_kind kind;
    struct mono started;
    struct timer *deadline;
    bool due; /* to be ended by what is told just now */
};

struct device {
    struct collector_instance *owner;
    struct check_setting setting;
    struct api_round *rounds; /* that wait: one answer is for all of them */
    bool asking;              /* courier owes us an answer */
    bool dropped;             /* to be freed when that came */
    bool worked;              /* these credentials were good once */
    unsigned refusals;        /* in a row */
    enum consultation_end refusal;
    int64_t hold_ns;
    struct mono tried, hold_until;
    char *told; /* who it is, as told last; NULL: not yet */
};

struct collector_instance {
    const struct env *env;
    struct device **devices; /* by check id */
    size_t capacity;
};

/* ---- reports ---- */

/* The round is over then. */
static void send_report(struct api_round *round, struct report *r)
{
    struct device *d = round->device;
    const struct env *env = d->owner->env;
    struct api_round **at = &d->rounds;
    while (*at != round)
        at = &(*at)->next;
    *at = round->next;
    env->timer_stop(env->ctx, round->deadline);
    r->check = d->setting.check;
    r->round = round->number;
    r->kind = round->kind;
    r->started = round->started;
    r->ended = env->now(env->ctx).mono;
    free(round);
    env->report(env->ctx, r);
}

static void end_round(struct api_round *round, enum outcome outcome, const char *reason,
                      const char *detail)
{
    send_report(round, &(struct report){.outcome = outcome, .reason = reason, .detail = detail});
}

/* Those that wait now; one that a report makes begin waits for the next answer. */
static void mark_due(struct device *d)
{
    for (struct api_round *round = d->rounds; round; round = round->next)
        round->due = true;
}

static struct api_round *next_due(const struct device *d)
{
    struct api_round *round = d->rounds;
    while (round && !round->due)
        round = round->next;
    return round;
}

static void end_rounds(struct device *d, enum outcome outcome, const char *reason,
                       const char *detail)
{
    mark_due(d);
    for (struct api_round *round; (round = next_due(d));)
        end_round(round, outcome, reason, detail);
}

static const struct http_profile *profile_of(const struct device *d)
{
    const struct api_options *o = d->setting.options;
    const struct profile_set *set = d->owner->env->profiles;
    return set && o->profile ? profile_find_http(set, o->profile) : NULL;
}

static void put_fact(struct report *r, const char *name, const char *value)
{
    if (value && *value)
        r->facts[r->fact_count++] = (struct fact){name, "", value};
}

static const char *or_none(const char *text)
{
    return text ? text : "";
}

/* Is it another than was told last? An SNMP check may tell it too: each says it when it has
 * changed. */
static bool is_news(struct device *d, const struct http_profile *p, const struct consult_answer *a)
{
    struct buf who = {0};
    buf_printf(&who, "%s\n%s\n%s\n%s", p->name, or_none(a->model), or_none(a->version),
               or_none(a->serial));
    bool same = d->told && strcmp(d->told, buf_string(&who)) == 0;
    if (!same) {
        free(d->told);
        d->told = buf_detach(&who);
    }
    buf_fini(&who);
    return !same;
}

static void put_identity(struct device *d, const struct consult_answer *a, struct report *r)
{
    const struct http_profile *p = profile_of(d);
    if (!p || !is_news(d, p, a))
        return;
    put_fact(r, "device.vendor", p->vendor);
    put_fact(r, "device.family", p->family);
    put_fact(r, "device.kind", p->kind);
    put_fact(r, "device.menu", p->menu);
    put_fact(r, "profile.name", p->name);
    put_fact(r, "device.model", a->model);
    put_fact(r, "device.version", a->version);
    put_fact(r, "device.serial", a->serial);
}

static void put_expiry(const struct consult_answer *a, char expires[static NUMBER_MAX],
                       struct report *r)
{
    if (!a->certificate_expires.ns)
        return;
    snprintf(expires, NUMBER_MAX, "%lld", (long long)wall_seconds(a->certificate_expires));
    r->facts[r->fact_count++] = (struct fact){"tls.expires", "api", expires};
}

/* Readings are of regular rounds only, as series are. */
static void report_readings(struct api_round *round, const struct consult_answer *a,
                            struct arena *arena)
{
    struct fact facts[FACTS_MAX];
    char expires[NUMBER_MAX];
    bool regular = round->kind == ROUND_REGULAR;
    struct report r = {
        .outcome = OUTCOME_ANSWERED, .reason = "", .detail = a->detail, .facts = facts};
    if (regular) {
        r.readings = a->readings;
        r.reading_count = a->reading_count;
        r.has_readings = true;
        r.busy_ns = a->total_ns;
        put_identity(round->device, a, &r);
        r.objects = arena ? arena_take(arena, (a->reading_count + 1) * sizeof *r.objects) : NULL;
        if (!r.objects ||
            !reading_objects(a->readings, a->reading_count, arena, r.objects, &r.object_count))
            r = (struct report){.outcome = OUTCOME_OWN_FAULT, .reason = "memory", .facts = facts};
    }
    put_expiry(a, expires, &r);
    send_report(round, &r);
}

static void report_all(struct device *d, const struct consult_answer *a)
{
    struct arena *arena = arena_create(0);
    mark_due(d);
    for (struct api_round *round; (round = next_due(d));)
        report_readings(round, a, arena);
    arena_destroy(arena);
}

/* ---- refusals ---- */

/* Good credentials get another try at the next round: a device that restarts may refuse once. */
static void hold(struct device *d, enum consultation_end end)
{
    unsigned turns = ++d->refusals - (d->worked ? 1 : 0);
    int64_t span_ns = HOLD_FIRST_NS;
    for (unsigned i = 1; i < turns && span_ns < HOLD_MOST_NS; i++)
        span_ns *= 2;
    d->refusal = end;
    d->hold_ns = span_ns < HOLD_MOST_NS ? span_ns : HOLD_MOST_NS;
    if (turns || end == CONSULTATION_LOCKED)
        d->hold_until = mono_after(d->tried, d->hold_ns);
}

static bool is_held(const struct device *d, enum round_kind kind, struct mono now)
{
    return d->refusals && mono_before(now, d->hold_until) &&
           (kind == ROUND_REGULAR || mono_since(now, d->tried) < ASK_GAP_NS);
}

/* The same text all the time: nothing new to tell. */
static void report_held(struct api_round *round)
{
    char text[DETAIL_MAX];
    const struct device *d = round->device;
    bool locked = d->refusal == CONSULTATION_LOCKED;
    snprintf(text, sizeof text, "%s; asked again after %lld min, lest we are locked out",
             locked ? "it lets nobody in for now" : "it takes the user or the password for wrong",
             (long long)(d->hold_ns / MINUTES(1)));
    end_round(round, OUTCOME_WRONG, locked ? "auth-locked" : "auth-refused", text);
}

/* ---- a round ---- */

static void conclude(struct device *d, const struct consult_answer *a)
{
    switch (a->end) {
    case CONSULTATION_READ:
        d->worked = true;
        d->refusals = 0;
        report_all(d, a);
        break;
    case CONSULTATION_REFUSED:
    case CONSULTATION_LOCKED:
        hold(d, a->end);
        end_rounds(d, OUTCOME_WRONG, a->reason, a->detail);
        break;
    case CONSULTATION_WRONG:
        end_rounds(d, OUTCOME_WRONG, a->reason, a->detail);
        break;
    case CONSULTATION_SILENT:
        end_rounds(d, OUTCOME_SILENT, a->reason, a->detail);
        break;
    case CONSULTATION_OURS:
        end_rounds(d, OUTCOME_OWN_FAULT, a->reason, a->detail);
        break;
    }
}

static void device_free(struct device *d)
{
    free(d->told);
    free(d);
}

static void on_consulted(void *arg, const struct consult_answer *a)
{
    struct device *d = arg;
    d->asking = false;
    if (d->dropped) {
        device_free(d);
        return;
    }
    if (a->own_fault)
        end_rounds(d, OUTCOME_OWN_FAULT, "courier", a->detail);
    else
        conclude(d, a); /* also when nobody waits any more: a refusal counts */
}

static const char *url_of(const struct device *d, const struct http_profile *p, char out[URL_MAX])
{
    const struct api_options *o = d->setting.options;
    char text[ADDR_TEXT_MAX];
    if (o->url && *o->url)
        return o->url;
    if (!d->setting.address_count)
        return NULL;
    bool six = d->setting.addresses[0].family == AF_INET6;
    snprintf(out, URL_MAX, six ? "%s://[%s]" : "%s://%s", p->scheme ? p->scheme : "http",
             addr_text(&d->setting.addresses[0], text));
    return out;
}

static void ask(struct device *d)
{
    const struct env *env = d->owner->env;
    const struct api_options *o = d->setting.options;
    const struct http_profile *p = profile_of(d);
    char url[URL_MAX];
    const char *where = p ? url_of(d, p, url) : NULL;
    if (!where) {
        end_rounds(d, OUTCOME_OWN_FAULT, p ? "no-address" : "profile",
                   p ? NULL : "its profile is not there");
        return;
    }
    d->tried = env->now(env->ctx).mono;
    d->asking = true;
    env->consult(env->ctx,
                 &(struct consult_request){.node = d->setting.node,
                                           .url = where,
                                           .user = o->user,
                                           .password = o->password,
                                           .profile = p,
                                           .meanings = env->profiles,
                                           .timeout_ns = o->timeout_ns,
                                           .verify_tls = o->verify_tls,
                                           .pin = o->pin},
                 on_consulted, d);
}

static void on_deadline(void *arg)
{
    struct api_round *round = arg;
    round->deadline = NULL;
    end_round(round, OUTCOME_SILENT, "timeout", NULL);
}

static struct device *device_of(const struct collector_instance *i, uint32_t check)
{
    return check < i->capacity ? i->devices[check] : NULL;
}

static void report_own_fault(struct collector_instance *i, uint32_t check, uint32_t round,
                             enum round_kind kind, const char *reason)
{
    struct mono now = i->env->now(i->env->ctx).mono;
    i->env->report(i->env->ctx, &(struct report){.check = check,
                                                 .round = round,
                                                 .kind = kind,
                                                 .outcome = OUTCOME_OWN_FAULT,
                                                 .reason = reason,
                                                 .started = now,
                                                 .ended = now});
}

static void api_start(struct collector_instance *i, uint32_t check, uint32_t number,
                      enum round_kind kind, struct mono deadline)
{
    struct device *d = device_of(i, check);
    const struct env *env = i->env;
    struct mono now = env->now(env->ctx).mono;
    struct api_round *round = d ? calloc(1, sizeof *round) : NULL;
    if (!round) {
        report_own_fault(i, check, number, kind, "memory");
        return;
    }
    *round = (struct api_round){
        .next = d->rounds, .device = d, .number = number, .kind = kind, .started = now};
    d->rounds = round;
    round->deadline = env->timer_start(env->ctx, deadline, on_deadline, round);
    if (is_held(d, kind, now))
        report_held(round);
    else if (!d->asking) /* else that answer will do */
        ask(d);
}

static void api_cancel(struct collector_instance *i, uint32_t check, uint32_t number)
{
    struct device *d = device_of(i, check);
    for (struct api_round *round = d ? d->rounds : NULL; round; round = round->next)
        if (round->number == number) {
            end_round(round, OUTCOME_CANCELLED, "", NULL);
            return;
        }
}

/* ---- who is asked ---- */

static bool reach(struct collector_instance *i, uint32_t check)
{
    size_t wanted = i->capacity ? i->capacity : 16;
    while (wanted <= check)
        wanted *= 2;
    if (wanted == i->capacity)
        return true;
    struct device **grown = realloc(i->devices, wanted * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + i->capacity, 0, (wanted - i->capacity) * sizeof *grown);
    i->devices = grown;
    i->capacity = wanted;
    return true;
}

static void let_go(struct device *d)
{
    end_rounds(d, OUTCOME_CANCELLED, "", NULL);
    d->dropped = true;
    if (!d->asking)
        device_free(d);
}

static void api_drop(struct collector_instance *i, uint32_t check)
{
    struct device *d = device_of(i, check);
    if (!d)
        return;
    i->devices[check] = NULL;
    let_go(d);
}

static bool api_adopt(struct collector_instance *i, const struct check_setting *s)
{
    if (!reach(i, s->check))
        return false;
    api_drop(i, s->check);
    struct device *d = calloc(1, sizeof *d);
    if (d)
        *d = (struct device){.owner = i, .setting = *s};
    i->devices[s->check] = d;
    return d != NULL;
}

static struct collector_instance *api_create(const struct env *env)
{
    struct collector_instance *i = calloc(1, sizeof *i);
    if (i)
        i->env = env;
    return i;
}

static void api_destroy(struct collector_instance *i)
{
    for (size_t k = 0; i && k < i->capacity; k++)
        api_drop(i, (uint32_t)k);
    if (i)
        free(i->devices);
    free(i);
}

extern const struct collector api_collector;
const struct collector api_collector = {
    .name = "api",
    .summary = "reads a device's own web interface by a profile",
    .options = &api_record,
    .interval_ns = SECONDS(60),
    .profiles = true,
    .create = api_create,
    .adopt = api_adopt,
    .drop = api_drop,
    .start = api_start,
    .cancel = api_cancel,
    .destroy = api_destroy,
};
