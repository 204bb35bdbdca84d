/* dns: does the node, as a name server, give an address for a name, and the expected one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/dns_client.h"
#include "collectors/protocol/questions.h"
#include "poller/base/log.h"

#define DETAIL_MAX 200

struct dns_options {
    char *name;
    struct addr expect;
    int64_t timeout_ns;
};

static const struct field dns_fields[] = {
    {FIELD(struct dns_options, name, FIELD_TEXT), .flags = FIELD_SHORT, .standard = "example.com",
     .help = "name this server is asked for"},
    {FIELD(struct dns_options, expect, FIELD_ADDR), .help = "address that has to be in its answer"},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct dns_options, timeout_ns),
     .standard = "4s", .min = MILLISECONDS(200), .max = SECONDS(60),
     .help = "how long the answer may take; it is asked twice in that time"},
};
static const struct record dns_record = RECORD(dns_options, dns_fields);

struct collector_instance {
    struct questions questions; /* first: a question's owner is the instance */
    struct dns_client *client;
};

static void answer(struct question *q, enum outcome outcome, const char *reason, const char *detail,
                   int64_t time_ns)
{
    const struct dns_options *o = q->node->setting.options;
    char object[QUESTION_OBJECT_MAX];
    question_end(q, &(struct question_answer){.outcome = outcome, .reason = reason, .detail = detail,
                                              .time_ns = time_ns,
                                              .object = question_object(q, "dns", o->name, object)});
}

static bool holds(const struct dns_answer *a, const struct addr *wanted)
{
    for (size_t i = 0; i < a->address_count; i++)
        if (addr_equal(&a->addresses[i], wanted))
            return true;
    return false;
}

static void on_result(void *arg, const struct dns_result *r)
{
    struct question *q = arg;
    const struct dns_options *o = q->node->setting.options;
    char detail[DETAIL_MAX], text[ADDR_TEXT_MAX];
    q->handle = NULL;
    if (r->own_error) {
        snprintf(detail, sizeof detail, "cannot ask: %s", strerror_r(r->own_error, text, sizeof text));
        answer(q, OUTCOME_OWN_FAULT, "send", detail, 0);
    } else if (!r->answered) {
        answer(q, r->answer ? OUTCOME_WRONG : OUTCOME_SILENT, r->reason, NULL, 0);
    } else if (addr_is_set(&o->expect) && !holds(r->answer, &o->expect)) {
        const struct addr none = {0};
        snprintf(detail, sizeof detail, "gave %s",
                 addr_text(r->answer->address_count ? &r->answer->addresses[0] : &none, text));
        answer(q, OUTCOME_WRONG, "other-address", detail, r->took_ns);
    } else {
        answer(q, OUTCOME_ANSWERED, "", NULL, r->took_ns ? r->took_ns : 1);
    }
}

static void ask(struct question *q)
{
    struct collector_instance *c = (struct collector_instance *)q->owner;
    const struct check_setting *s = &q->node->setting;
    const struct dns_options *o = s->options;
    enum dns_type type = o->expect.family == AF_INET6 ? DNS_AAAA : DNS_A;
    if (s->address_count)
        q->handle = dns_client_ask(c->client, &s->addresses[0], o->name, type, o->timeout_ns, on_result, q);
    if (!q->handle)
        question_fail_soon(q);
}

static void forget(struct question *q)
{
    struct collector_instance *c = (struct collector_instance *)q->owner;
    dns_client_forget(c->client, q->handle);
}

static const struct question_ops dns_ops = {ask, forget};

static struct collector_instance *dns_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->questions = (struct questions){.env = env, .ops = &dns_ops};
    c->client = dns_client_create(env);
    if (c->client)
        return c;
    log_warnx("dns", "no memory, name servers will not be asked");
    free(c);
    return NULL;
}

static bool dns_adopt(struct collector_instance *c, const struct check_setting *s)
{
    return s->options && questions_adopt(&c->questions, s);
}

static void dns_drop(struct collector_instance *c, uint32_t check)
{
    questions_drop(&c->questions, check);
}

static void dns_start(struct collector_instance *c, uint32_t check, uint32_t round,
                      enum round_kind kind, struct mono deadline)
{
    questions_start(&c->questions, check, round, kind, deadline);
}

static void dns_cancel(struct collector_instance *c, uint32_t check, uint32_t round)
{
    questions_cancel(&c->questions, check, round);
}

static void dns_destroy(struct collector_instance *c)
{
    if (!c)
        return;
    questions_fini(&c->questions);
    dns_client_destroy(c->client);
    free(c);
}

extern const struct collector dns_collector;
const struct collector dns_collector = {
    .name = "dns",
    .summary = "a name server gives addresses",
    .options = &dns_record,
    .interval_ns = SECONDS(60),
    .create = dns_create,
    .adopt = dns_adopt,
    .drop = dns_drop,
    .start = dns_start,
    .cancel = dns_cancel,
    .destroy = dns_destroy,
};
