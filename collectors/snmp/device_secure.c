/* Version 3 with a device: its engine is remembered, its refusals are told and not provoked. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/device_internal.h"

#define KEPT          "snmp.engine"
#define CLOCK_SLACK_S 30         /* closer than that what is kept is not written anew */
#define HOLD_FIRST_NS MINUTES(5) /* lock-outs count a handful of failures in some minutes */
#define HOLD_MOST_NS  MINUTES(60)
#define ASK_GAP_NS    MINUTES(1) /* somebody who wants to know now gets one try in so long */

static size_t id_from_text(const char *text, uint8_t out[static SNMP_ENGINE_ID_MAX])
{
    size_t len = 0;
    unsigned byte;
    while (len < SNMP_ENGINE_ID_MAX && sscanf(text + 2 * len, "%2x", &byte) == 1)
        out[len++] = (uint8_t)byte;
    return text[2 * len] ? 0 : len;
}

static int64_t wall_now_s(const struct device *d)
{
    return wall_seconds(d->env->now(d->env->ctx).wall);
}

/* Kept as id, boots and the moment it booted, which stands still while its clock runs. */
static bool read_kept(const struct device *d, struct snmp_engine *e, int64_t *booted_s)
{
    char hex[SNMP_ENGINE_TEXT_MAX];
    const char *text = d->env->recall(d->env->ctx, d->node, KEPT);
    *e = (struct snmp_engine){0};
    if (!text || sscanf(text, "%64s %" SCNu32 " %" SCNd64, hex, &e->boots, booted_s) != 3)
        return false;
    e->id_len = id_from_text(hex, e->id);
    return e->id_len && e->boots < SNMP_USM_NUMBER_MAX;
}

static void recall(struct device *d)
{
    struct snmp_engine kept;
    int64_t booted_s;
    if (!read_kept(d, &kept, &booted_s))
        return;
    int64_t time_s = wall_now_s(d) - booted_s;
    if (time_s < 0 || time_s > SNMP_USM_NUMBER_MAX)
        time_s = 0;
    snmp_secure_recall(d->secure->talk, snmp_engine_id(&kept), kept.boots, (uint32_t)time_s,
                       d->env->now(d->env->ctx).mono);
}

static void remember(struct device *d, const struct snmp_engine *e)
{
    struct snmp_engine kept;
    char hex[SNMP_ENGINE_TEXT_MAX], text[SNMP_ENGINE_TEXT_MAX + 40];
    int64_t kept_s, booted_s = wall_now_s(d) - snmp_engine_time(e, d->env->now(d->env->ctx).mono);
    bool known = read_kept(d, &kept, &kept_s) &&
                 snmp_oid_equal(snmp_engine_id(&kept), snmp_engine_id(e)) &&
                 kept.boots == e->boots && llabs(kept_s - booted_s) <= CLOCK_SLACK_S;
    if (known || !e->id_len)
        return;
    snprintf(text, sizeof text, "%s %" PRIu32 " %" PRId64, snmp_engine_text(e, hex), e->boots,
             booted_s);
    d->env->remember(d->env->ctx, d->node, KEPT, text);
}

bool device_secure_open(struct device *d, const struct snmp_options *o)
{
    struct snmp_credentials c = {.user = o->user,
                                 .level = snmp_options_level(o),
                                 .auth = o->auth,
                                 .priv = o->priv,
                                 .auth_password = o->auth_password,
                                 .priv_password = o->priv_password,
                                 .context = o->context};
    d->secure = calloc(1, sizeof *d->secure);
    if (!d->secure || !(d->secure->talk = snmp_secure_create(&c)))
        return false;
    d->agent.secure = d->secure->talk;
    recall(d);
    return true;
}

void device_secure_close(struct device *d)
{
    if (!d->secure)
        return;
    snmp_secure_destroy(d->secure->talk);
    free(d->secure->twin);
    free(d->secure);
}

void device_secure_begin(struct device *d)
{
    if (!d->secure)
        return;
    d->secure->tried = d->env->now(d->env->ctx).mono;
    d->secure->engine_changed = d->secure->clock_back = false;
}

void device_secure_answered(struct device *d)
{
    struct device_secure *s = d->secure;
    if (!s)
        return;
    const struct snmp_engine *e = snmp_secure_engine(s->talk);
    bool first = !s->engine.id_len,
         same = snmp_oid_equal(snmp_engine_id(&s->engine), snmp_engine_id(e));
    s->engine_changed = !first && !same;
    s->clock_back = !first && same && e->proven && e->boots < s->engine.boots;
    s->engine = *e;
    s->worked = true;
    s->refusals = 0;
    s->hold_until = (struct mono){0};
    remember(d, e);
    if (same)
        return;
    d->facts_due = true;
    free(s->twin);
    s->twin = NULL;
    if (d->means->listener.fn)
        d->means->listener.fn(d->means->listener.ctx, d);
}

/* ---- refusals ---- */

/* Good credentials get another try at the next round: one refusal may be anybody's forgery. */
static void hold(struct device_secure *s)
{
    unsigned turns = ++s->refusals - (s->worked ? 1 : 0);
    int64_t span_ns = HOLD_FIRST_NS;
    for (unsigned i = 1; i < turns && span_ns < HOLD_MOST_NS; i++)
        span_ns *= 2;
    s->hold_ns = span_ns < HOLD_MOST_NS ? span_ns : HOLD_MOST_NS;
    if (turns)
        s->hold_until = mono_after(s->tried, s->hold_ns);
}

const char *device_secure_loss(struct device *d, enum snmp_loss loss, char *text, size_t size)
{
    struct device_secure *s = d->secure;
    if (!s || (loss != SNMP_LOSS_DENIED && loss != SNMP_LOSS_SILENT))
        return NULL;
    enum snmp_refusal refusal = snmp_secure_refusal(s->talk);
    if (refusal == SNMP_NOT_REFUSED)
        return NULL;
    if (snmp_refusal_is_credentials(refusal))
        hold(s);
    snmp_secure_sentence(s->talk, text, size);
    return snmp_refusal_word(refusal);
}

const char *device_secure_hold(const struct device *d, enum round_kind kind, char *text,
                               size_t size)
{
    const struct device_secure *s = d->secure;
    if (!s || !snmp_refusal_is_credentials(snmp_secure_refusal(s->talk)))
        return NULL;
    struct mono now = d->env->now(d->env->ctx).mono;
    if (!mono_before(now, s->hold_until) || (kind != ROUND_REGULAR && mono_since(now, s->tried) >= ASK_GAP_NS))
        return NULL;
    snmp_secure_sentence(s->talk, text, size);
    size_t len = strlen(text);
    snprintf(
        text + len, size - len, "; asked again after %lld min, lest we are locked out",
        (long long)(s->hold_ns / MINUTES(1))); /* the same text all the time: nothing new to tell */
    return snmp_refusal_word(snmp_secure_refusal(s->talk));
}

/* ---- twins ---- */

static void set_twin(struct device *d, const char *node)
{
    if (!d->secure->twin)
        d->secure->twin = strdup(node);
}

void device_compare_engines(struct device *a, struct device *b)
{
    if (!a->secure || !b->secure || !a->secure->engine.id_len || strcmp(a->node, b->node) == 0 ||
        !snmp_oid_equal(snmp_engine_id(&a->secure->engine), snmp_engine_id(&b->secure->engine)))
        return;
    set_twin(a, b->node);
    set_twin(b, a->node);
}

void device_forget_twin(struct device *d, const char *node)
{
    if (!d->secure || !d->secure->twin || strcmp(d->secure->twin, node) != 0)
        return;
    free(d->secure->twin);
    d->secure->twin = NULL;
}

const char *device_secure_remark(const struct device *d, char *text, size_t size)
{
    const struct device_secure *s = d->secure;
    if (!s)
        return NULL;
    if (s->engine_changed)
        snprintf(text, size, "its SNMP engine id is another than before: exchanged, or reset");
    else if (s->clock_back)
        snprintf(text, size, "its SNMP engine counts its starts from anew: its memory was cleared");
    else if (s->twin)
        snprintf(text, size,
                 "has the same SNMP engine id as %s, which should be its own; both are asked all "
                 "the same",
                 s->twin);
    else
        return NULL;
    return text;
}
