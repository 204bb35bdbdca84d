#include "poller/engine/aftermath.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/buf.h"
#include "poller/base/log.h"
#include "poller/diagnose/settle.h"
#include "poller/engine/round.h"

#define BOOT_BEFORE_SILENCE_S 5 /* agents count from about their start, and silence is noticed late */

static bool was_cut_off(const struct incident_record *r)
{
    return r->in.cause.kind == CAUSE_SITE_CUT_OFF && r->kind == SUSPECT_SILENCE;
}

void aftermath_ask(struct engine *e, const struct incident_record *r)
{
    const char *provider = fact_provider("sys.uptime");
    for (size_t i = 0; i < r->in.affected_count && was_cut_off(r) && provider; i++) {
        struct node *n = engine_node(e, r->in.affected[i]);
        for (size_t k = 0; n && k < n->check_count; k++)
            if (strcmp(n->checks[k]->kind, provider) == 0)
                round_ask(e, n->checks[k]);
    }
}

/* False when it has not told since it is back. */
static bool look_at(const struct incident_record *r, const struct node *n, struct settle_node *out)
{
    const struct known_fact *f = facts_find(&n->facts, "sys.uptime", "");
    if (!f || mono_before(f->at, r->damping.ended))
        return false;
    struct mono booted = mono_after(f->at, -strtoll(f->value, NULL, 10));
    struct mono before = mono_after(r->began, -SECONDS(BOOT_BEFORE_SILENCE_S));
    *out = (struct settle_node){n->name, n == r->root, mono_before(before, booted)};
    return true;
}

static bool is_bridge(const struct engine *e, const char *link)
{
    for (size_t i = 0; i < e->scene.link_count; i++)
        if (link && strcmp(e->scene_links[i].name, link) == 0)
            return e->scene_links[i].bridge;
    return false;
}

char *aftermath_tell(struct engine *e, const struct incident_record *r)
{
    if (!was_cut_off(r))
        return NULL;
    struct settle_node *nodes = calloc(r->in.affected_count + 1, sizeof *nodes);
    struct buf text = {0};
    size_t count = 0;
    if (!nodes)
        fatal("no memory for an incident");
    for (size_t i = 0; i < r->in.affected_count; i++) {
        const struct node *n = engine_node(e, r->in.affected[i]);
        count += n && look_at(r, n, &nodes[count]);
    }
    settle_render(settle(nodes, count), nodes, count, is_bridge(e, r->in.cause.link), &text);
    char *told = text.len ? strdup(buf_string(&text)) : NULL;
    buf_fini(&text);
    free(nodes);
    return told;
}
