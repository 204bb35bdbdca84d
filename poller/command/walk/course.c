#include "poller/command/walk/course.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "collectors/protocol/snmp_client.h"
#include "collectors/protocol/snmp_keys.h"
#include "collectors/protocol/snmp_secure.h"
#include "poller/command/once.h"

struct walking {
    const struct course_plan *plan;
    struct course *out;
    struct snmp_client *client;
    struct snmp_agent agent;
    struct snmp_request request;
    struct tree tree;
    size_t root;
    bool may_fall_back, no_memory, silent_before, done;
};

static void cut(struct walking *w, const char *word, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void cut(struct walking *w, const char *word, const char *format, ...)
{
    va_list args;
    if (w->out->cut_count == COURSE_CUTS_MAX)
        return;
    struct course_cut *c = &w->out->cuts[w->out->cut_count++];
    c->word = word;
    va_start(args, format);
    vsnprintf(c->sentence, sizeof c->sentence, format, args);
    va_end(args);
}

static const char *error_word(int32_t status, char text[static 32])
{
    static const char *const words[] = {[SNMP_TOO_BIG] = "tooBig",
                                        [SNMP_GEN_ERR] = "genErr",
                                        [SNMP_AUTHORIZATION_ERROR] = "authorizationError"};
    bool known = status > 0 && (size_t)status < sizeof words / sizeof words[0] && words[status];
    snprintf(text, 32, "error %" PRId32, status);
    return known ? words[status] : text;
}

static void tell_passed(struct walking *w)
{
    char at[SNMP_OID_TEXT_MAX], error[32];
    if (w->tree.passed)
        cut(w, "passed-over", "at %u %s the agent could not tell what follows (%s), first after %s",
            w->tree.passed, w->tree.passed == 1 ? "place" : "places",
            error_word(w->tree.error_status, error),
            snmp_oid_text(tree_oid_view(&w->tree.passed_after), at));
}

static void tell_end(struct walking *w)
{
    const struct tree *t = &w->tree;
    char from[SNMP_OID_TEXT_MAX], to[SNMP_OID_TEXT_MAX], error[32];
    snmp_oid_text(tree_oid_view(&t->last), from);
    tell_passed(w);
    if (t->end == TREE_NOT_RISING)
        cut(w, "not-rising", "the agent goes round: after %s it told %s", from,
            snmp_oid_text(tree_oid_view(&t->to), to));
    else if (t->end == TREE_TOO_LONG)
        cut(w, "too-long", "after %s the agent told an OID longer than any may be", from);
    else if (t->end == TREE_REFUSED)
        cut(w, "refused", "the agent tells no more after %s (%s)", from,
            error_word(t->error_status, error));
    else if (t->end == TREE_STOPPED && w->no_memory)
        cut(w, "no-memory", "memory ended after %s", from);
    else if (t->end == TREE_STOPPED)
        cut(w, "objects", "stopped at the limit of %zu objects, after %s", w->plan->objects_most,
            from);
}

static bool take_row(void *ctx, struct snmp_oid_view oid, const struct snmp_value *value)
{
    struct walking *w = ctx;
    w->no_memory = !w->plan->row(w->plan->ctx, oid, value);
    w->out->objects += !w->no_memory;
    return !w->no_memory && w->out->objects < w->plan->objects_most;
}

static bool on_answer(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at)
{
    struct walking *w = r->ctx;
    if (!tree_take(&w->tree, pdu, take_row, w))
        return false;
    w->out->answered = true;
    w->silent_before = false;
    return true;
}

/* How much it may be asked at once was learned at the roots before. */
static void recall_size(struct walking *w, const struct tree *before)
{
    struct tree *t = &w->tree;
    if (!before->repetitions_most)
        return;
    t->repetitions_most = before->repetitions_most;
    if (t->repetitions > t->repetitions_most)
        t->repetitions = t->repetitions_most;
    if (!before->bulk_allowed)
        t->bulk = t->bulk_allowed = false;
}

static void begin_root(struct walking *w)
{
    const struct course_root *root = &w->plan->roots[w->root];
    const struct tree before = w->tree;
    struct snmp_oid_view oid = tree_oid_view(&root->oid);
    tree_begin(&w->tree, oid, root->after.len ? tree_oid_view(&root->after) : oid,
               w->agent.version != SNMP_V1);
    recall_size(w, &before);
    if (!w->out->answered)
        w->tree.bulk = false; /* who answers nothing else may still answer GETNEXT */
}

static bool next_root(struct walking *w)
{
    tell_end(w);
    if (w->tree.end == TREE_STOPPED || ++w->root >= w->plan->root_count)
        return false;
    begin_root(w);
    return true;
}

static void own_fault(struct walking *w)
{
    w->out->own_fault = w->done = true;
    w->out->error = "own-fault";
    snprintf(w->out->detail, sizeof w->out->detail, "could not ask: no memory or no socket");
}

static void ask(struct walking *w)
{
    uint8_t buffer[TREE_REQUEST_BYTES_MAX];
    struct snmp_written request;
    while (!tree_ask(&w->tree, &w->agent, buffer, sizeof buffer, &request))
        if (!next_root(w)) {
            w->done = true;
            return;
        }
    w->out->requests++;
    if (!snmp_client_ask(w->client, &w->request, &request))
        own_fault(w);
    else
        snmp_client_flush(w->client);
}

static void on_over(struct snmp_request *r)
{
    ask(r->ctx);
}

/* Nothing was ever heard of it. */
static void give_up(struct walking *w, enum snmp_loss loss, int error)
{
    struct course *out = w->out;
    bool secure = w->agent.secure != NULL;
    w->done = true;
    out->own_fault = loss == SNMP_LOSS_OWN;
    out->error = loss == SNMP_LOSS_REFUSED       ? "refused"
                 : loss == SNMP_LOSS_UNREACHABLE ? "unreachable"
                                                 : "timeout";
    const char *detail = loss == SNMP_LOSS_REFUSED       ? "nothing listens on that port"
                         : loss == SNMP_LOSS_UNREACHABLE ? strerror(error)
                         : secure ? "no answer: down, filtered or version 3 is off"
                                  : "no answer: down, filtered or wrong community";
    if (loss == SNMP_LOSS_OWN) {
        out->error = error ? "own-fault" : "keys";
        detail = error ? strerror(error) : "no keys can be made here for these protocols";
    }
    snprintf(out->detail, sizeof out->detail, "%s", detail);
    if (secure && snmp_secure_refusal(w->agent.secure) != SNMP_NOT_REFUSED) {
        out->error = snmp_refusal_word(snmp_secure_refusal(w->agent.secure));
        snmp_secure_sentence(w->agent.secure, out->detail, sizeof out->detail);
    }
}

static bool fall_back(struct walking *w)
{
    if (!w->may_fall_back || w->out->answered)
        return false;
    w->may_fall_back = false;
    w->agent.version = SNMP_V1;
    begin_root(w);
    return true;
}

/* Some agents hang at one of their tables only: the next root is tried once. */
static void fall_silent(struct walking *w)
{
    char at[SNMP_OID_TEXT_MAX];
    cut(w, "timeout", "no answer any more after %s",
        snmp_oid_text(tree_oid_view(&w->tree.last), at));
    w->tree.end = TREE_DONE;
    w->done = w->silent_before || !next_root(w);
    w->silent_before = true;
    if (!w->done)
        ask(w);
}

static void on_lost(struct snmp_request *r, enum snmp_loss loss, int error)
{
    struct walking *w = r->ctx;
    if (loss == SNMP_LOSS_SILENT && (fall_back(w) || (w->out->answered && tree_ask_less(&w->tree))))
        ask(w);
    else if (!w->out->answered || loss == SNMP_LOSS_OWN)
        give_up(w, loss, error);
    else
        fall_silent(w);
}

static struct snmp_secure *secure_of(const struct snmp_options *o)
{
    struct snmp_credentials c = {.user = o->user,
                                 .level = snmp_options_level(o),
                                 .auth = o->auth,
                                 .priv = o->priv,
                                 .auth_password = o->auth_password,
                                 .priv_password = o->priv_password,
                                 .context = o->context};
    return snmp_secure_create(&c);
}

static bool open_agent(struct walking *w)
{
    const struct target *t = w->plan->target;
    const struct snmp_options *o = &t->options;
    enum snmp_version version = o->version == OPTION_V1   ? SNMP_V1
                                : o->version == OPTION_V3 ? SNMP_V3
                                                          : SNMP_V2C;
    w->may_fall_back = o->version == OPTION_AUTO;
    if (!snmp_agent_init(&w->agent, &t->address, (uint16_t)o->port, version, o->community))
        return false;
    w->agent.timeout_ns = o->timeout_ns;
    w->agent.tries = (unsigned)o->retries + 1;
    if (version == SNMP_V3)
        w->agent.secure = secure_of(o);
    return version != SNMP_V3 || w->agent.secure;
}

static void finish(struct walking *w, const struct once *once)
{
    struct course *out = w->out;
    out->version = w->agent.version;
    if (w->agent.secure && out->answered)
        snmp_engine_text(snmp_secure_engine(w->agent.secure), out->engine_id);
    if (!w->done && out->answered && once)
        cut(w, "time", "stopped at the limit of %" PRId64 " s, in root %zu of %zu",
            w->plan->time_most_ns / NS_PER_S, w->root + 1, w->plan->root_count);
    else if (!w->done && !out->answered)
        give_up(w, SNMP_LOSS_SILENT, 0);
}

void course_run(const struct course_plan *plan, struct course *out)
{
    struct walking w = {.plan = plan,
                        .out = out,
                        .request = {.answered = on_answer, .over = on_over, .lost = on_lost}};
    struct mono began = clock_mono();
    struct once *once = once_create(NULL, NULL, NULL);
    *out = (struct course){0};
    snmp_keys_prepare();
    w.request.ctx = &w;
    w.request.agent = &w.agent;
    w.client = once ? snmp_client_create(once_env(once)) : NULL;
    if (w.client && open_agent(&w) && packets_available(once_env(once)->packets, PACKETS_UDP)) {
        packets_receive(once_env(once)->packets, PACKETS_UDP, snmp_client_receive, w.client);
        begin_root(&w);
        ask(&w);
        once_wait(once, &w.done, plan->time_most_ns);
        packets_receive(once_env(once)->packets, PACKETS_UDP, NULL, w.client);
    } else {
        own_fault(&w);
    }
    finish(&w, once);
    snmp_client_destroy(w.client);
    snmp_secure_destroy(w.agent.secure);
    snmp_agent_fini(&w.agent);
    once_destroy(once);
    out->took_ns = mono_since(clock_mono(), began);
}
