#include "poller/engine/pace.h"

#include <stdio.h>
#include <string.h>

#include "poller/base/log.h"

#define KEPT_PREFIX "pace/"
#define KEY_MAX 320
#define VALUE_MAX 48

struct pace pace_of(const struct check *c)
{
    return (struct pace){c->shedding.configured_ns, check_interval_ns(c), c->shedding.takes_ns};
}

/* NULL: asked as configured, and nothing to keep. */
static void keep(struct engine *e, const struct check *c, const char *value)
{
    char key[KEY_MAX];
    snprintf(key, sizeof key, KEPT_PREFIX "%s/%s/%s", c->node->name, c->kind, c->label);
    char *kept_key = outputs_text(e->out, key), *kept_value = outputs_text(e->out, value);
    struct output *o = outputs_add(e->out, OUTPUT_KEEP);
    o->keep.key = kept_key;
    o->keep.value = kept_value;
}

/* "4 6200": asked so many times less often; milliseconds its answers take. */
static void keep_pace(struct engine *e, const struct check *c)
{
    char value[VALUE_MAX];
    snprintf(value, sizeof value, "%u %lld", c->shedding.times, (long long)(c->shedding.takes_ns / NS_PER_MS));
    keep(e, c, c->shedding.times > 1 ? value : NULL);
}

void pace_tell(struct engine *e, const struct check *c)
{
    struct output *o = outputs_add(e->out, OUTPUT_PACE);
    o->pace.check = c->id;
    o->pace.slower = c->shedding.times;
}

static void say(const struct check *c)
{
    char text[PACE_TEXT_MAX];
    const struct shedding *s = &c->shedding;
    struct pace p = {s->configured_ns, shedding_interval_ns(s), s->takes_ns};
    if (s->times > 1)
        log_info("pace", "%s: %s is %s", c->node->name, c->kind, pace_text(&p, text));
    else
        log_info("pace", "%s: %s is asked as configured again: its answers take %.1f s", c->node->name, c->kind,
                 (double)s->takes_ns / (double)NS_PER_S);
}

void pace_learn(struct engine *e, struct check *c, int64_t busy_ns)
{
    if (!shedding_take(&c->shedding, busy_ns, e->now.mono))
        return;
    say(c);
    keep_pace(e, c);
    pace_tell(e, c);
    node_show(e, c->node);
}

void pace_forget(struct engine *e, struct check *c)
{
    if (c->shedding.times > 1)
        keep(e, c, NULL);
}

static struct check *find(struct engine *e, const char *node, const char *kind, const char *label)
{
    struct node *n = engine_node(e, node);
    for (size_t i = 0; n && i < n->check_count; i++)
        if (strcmp(n->checks[i]->kind, kind) == 0 && strcmp(n->checks[i]->label, label) == 0)
            return n->checks[i];
    return NULL;
}

/* "pace/NODE/KIND/LABEL" */
static struct check *find_kept(struct engine *e, const char *kept_key)
{
    char key[KEY_MAX], *rest = key;
    snprintf(key, sizeof key, "%s", kept_key + strlen(KEPT_PREFIX));
    const char *node = strsep(&rest, "/"), *kind = rest ? strsep(&rest, "/") : NULL;
    return rest ? find(e, node, kind, rest) : NULL;
}

void pace_restore(struct engine *e, const struct kept_item *kept)
{
    unsigned times;
    long long takes_ms;
    if (!kept->key || !kept->value || strncmp(kept->key, KEPT_PREFIX, strlen(KEPT_PREFIX)) != 0 ||
        sscanf(kept->value, "%u %lld", &times, &takes_ms) != 2 || takes_ms < 0 || takes_ms > 1000000)
        return;
    struct check *c = find_kept(e, kept->key);
    if (!c || !shedding_restore(&c->shedding, times, MILLISECONDS(takes_ms), e->now.mono))
        return;
    pace_tell(e, c);
    node_show(e, c->node);
}
