/* tcp: can a connection be made, and how long does it take. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/dial.h"
#include "collectors/protocol/questions.h"

#define DETAIL_MAX 120

struct tcp_options {
    int64_t port;
    int64_t timeout_ns;
};

static const struct field tcp_fields[] = {
    {FIELD(struct tcp_options, port, FIELD_INT), .flags = FIELD_REQUIRED | FIELD_SHORT, .min = 1,
     .max = 65535, .help = "port that has to accept a connection"},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct tcp_options, timeout_ns),
     .standard = "5s", .min = MILLISECONDS(100), .max = SECONDS(60), .help = "how long that may take"},
};
static const struct record tcp_record = RECORD(tcp_options, tcp_fields);

struct collector_instance {
    struct questions questions;
};

static void answer(struct question *q, enum outcome outcome, const char *reason, const char *detail,
                   int64_t time_ns)
{
    const struct tcp_options *o = q->node->setting.options;
    char object[QUESTION_OBJECT_MAX];
    snprintf(object, sizeof object, "tcp-%lld", (long long)o->port);
    question_end(q, &(struct question_answer){.outcome = outcome, .reason = reason, .detail = detail,
                                              .time_ns = time_ns, .object = object});
}

static void on_dial(void *arg, const struct dial_answer *a)
{
    struct question *q = arg;
    char detail[DETAIL_MAX], text[64];
    q->handle = NULL;
    if (a->own_error) {
        snprintf(detail, sizeof detail, "cannot connect: %s", strerror_r(a->own_error, text, sizeof text));
        answer(q, OUTCOME_OWN_FAULT, "connect", detail, 0);
    } else if (a->connected) {
        answer(q, OUTCOME_ANSWERED, "", NULL, a->took_ns ? a->took_ns : 1);
    } else {
        bool refused = strcmp(a->reason, "refused") == 0;
        answer(q, refused ? OUTCOME_WRONG : OUTCOME_SILENT, a->reason, NULL, 0);
    }
}

static void ask(struct question *q)
{
    const struct check_setting *s = &q->node->setting;
    const struct tcp_options *o = s->options;
    if (s->address_count)
        q->handle = dial_start(q->owner->env, &s->addresses[0], (uint16_t)o->port, o->timeout_ns,
                               on_dial, q);
    if (!q->handle)
        question_fail_soon(q);
}

static void forget(struct question *q)
{
    dial_forget(q->handle);
}

static const struct question_ops tcp_ops = {ask, forget};

static struct collector_instance *tcp_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (c)
        c->questions = (struct questions){.env = env, .ops = &tcp_ops};
    return c;
}

static bool tcp_adopt(struct collector_instance *c, const struct check_setting *s)
{
    return s->options && questions_adopt(&c->questions, s);
}

static void tcp_drop(struct collector_instance *c, uint32_t check)
{
    questions_drop(&c->questions, check);
}

static void tcp_start(struct collector_instance *c, uint32_t check, uint32_t round,
                      enum round_kind kind, struct mono deadline)
{
    questions_start(&c->questions, check, round, kind, deadline);
}

static void tcp_cancel(struct collector_instance *c, uint32_t check, uint32_t round)
{
    questions_cancel(&c->questions, check, round);
}

static void tcp_destroy(struct collector_instance *c)
{
    if (c)
        questions_fini(&c->questions);
    free(c);
}

extern const struct collector tcp_collector;
const struct collector tcp_collector = {
    .name = "tcp",
    .summary = "a TCP port accepts connections",
    .options = &tcp_record,
    .interval_ns = SECONDS(60),
    .create = tcp_create,
    .adopt = tcp_adopt,
    .drop = tcp_drop,
    .start = tcp_start,
    .cancel = tcp_cancel,
    .destroy = tcp_destroy,
};
