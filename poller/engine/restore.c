#include "poller/engine/restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/calendar.h"
#include "poller/engine/gauges.h"
#include "poller/engine/incidents.h"
#include "poller/engine/networks.h"
#include "poller/engine/notify.h"
#include "poller/engine/pace.h"
#include "poller/engine/reports.h"
#include "poller/engine/usual_server.h"

static struct instant before(const struct engine *e, struct wall since)
{
    int64_t ago_ns = e->now.wall.ns - since.ns;
    if (ago_ns < 0)
        ago_ns = 0; /* the clock was set back meanwhile */
    return (struct instant){mono_after(e->now.mono, -ago_ns), since};
}

static void take_node(struct engine *e, const struct restored_node *r)
{
    struct node *n = r->node ? engine_node(e, r->node) : NULL;
    if (!n)
        return;
    struct instant since = before(e, r->since);
    n->state = r->state;
    n->since = r->since;
    n->state_since = since.mono;
    snprintf(n->reason, sizeof n->reason, "%s", r->reason ? r->reason : "");
    free(n->behind);
    n->behind = r->behind ? strdup(r->behind) : NULL;
    node_show(e, n);
    n->was_alive = n->was_alive || r->state == STATE_UP || r->state == STATE_DEGRADED;
    bool was_silent = r->state == STATE_DOWN || r->state == STATE_UNREACHABLE;
    if (was_silent && n->life && !n->life->judgement.known)
        judge_restore(&n->life->judgement, VERDICT_FAILING, n->reason, since);
}

/* "silence/NODE", "all/", "check/NODE/KIND/LABEL", "certificate/NODE/LABEL", "reading/NODE/CAUSE", "own/WHAT",
 * "network/NAME/MATTER" */
static bool find_subject(struct engine *e, struct incident_record *r)
{
    char key[sizeof r->key], *rest = key;
    snprintf(key, sizeof key, "%s", r->key);
    const char *kind = strsep(&rest, "/"), *name = rest ? strsep(&rest, "/") : NULL;
    r->root = name ? engine_node(e, name) : NULL;
    if (strcmp(kind, "own") == 0) {
        r->kind = SUSPECT_OWN;
        return true;
    }
    if (strcmp(kind, "all") == 0) {
        r->kind = SUSPECT_ALL;
        for (size_t i = 0; i < r->in.affected_count && !r->root; i++)
            r->root = engine_node(e, r->in.affected[i]);
        return r->root != NULL;
    }
    if (strcmp(kind, "silence") == 0) {
        r->kind = SUSPECT_SILENCE;
        return r->root != NULL;
    }
    if (strcmp(kind, "reading") == 0) {
        r->kind = SUSPECT_READING;
        if (r->root)
            gauges_restore(r->root, r->in.cause.kind);
        return r->root != NULL;
    }
    if (strcmp(kind, "network") == 0) {
        r->kind = SUSPECT_NETWORK;
        return r->root && networks_restore(e, r, rest ? rest : "", before(e, r->in.opened).mono);
    }
    r->kind = strcmp(kind, "check") == 0 ? SUSPECT_CHECK : SUSPECT_EXPIRY;
    const char *check = rest ? strsep(&rest, "/") : NULL;
    for (size_t i = 0; r->root && check && i < r->root->check_count; i++)
        if (strcmp(r->root->checks[i]->kind, check) == 0 &&
            strcmp(r->root->checks[i]->label, rest ? rest : "") == 0)
            r->check = r->root->checks[i];
    if (r->kind == SUSPECT_CHECK && r->check && !r->check->judgement.known)
        judge_restore(&r->check->judgement, VERDICT_FAILING, "", before(e, r->in.opened));
    return r->root && (r->check || r->kind == SUSPECT_EXPIRY);
}

static void hold_nodes(struct engine *e, struct incident_record *r)
{
    for (size_t i = 0; i < r->in.affected_count; i++) {
        struct node *n = engine_node(e, r->in.affected[i]);
        bool was_silent = n && (n->state == STATE_DOWN || n->state == STATE_UNREACHABLE);
        if (!was_silent)
            continue;
        n->held_by = r;
        if (n->behind && !r->behind && n != r->root && r->root &&
            strcmp(n->behind, r->root->name) != 0)
            r->behind = strdup(n->behind);
    }
}

static void take_incident(struct engine *e, const struct incident *in)
{
    if (!in->id || !in->cause.sentence)
        return;
    struct incident_record *r = incident_restore(e, in);
    if (!r->open)
        return;
    r->orphan = !find_subject(e, r);
    if (r->kind == SUSPECT_SILENCE || r->kind == SUSPECT_ALL)
        hold_nodes(e, r);
}

void restore_take(struct engine *e, const struct se_restored *r)
{
    if (e->restored || !e->config)
        return; /* store came back while we went on: we know better */
    calendar_learn(e, r);
    for (size_t i = 0; i < r->nodes_count; i++)
        take_node(e, &r->nodes[i]);
    for (size_t i = 0; i < r->open_count; i++)
        take_incident(e, &r->open[i]);
    for (size_t i = 0; i < r->sent_count; i++)
        notify_restore(e, &r->sent[i]);
    for (size_t i = 0; i < r->kept_count; i++) {
        reports_restore(e, &r->kept[i]);
        pace_restore(e, &r->kept[i]);
        usual_server_restore(e, &r->kept[i]);
    }
    if (!r->last)
        return;
    e->restored = true;
    calendar_restored(e);
    for (size_t i = 0; i < e->incident_count; i++)
        if (e->incidents[i]->orphan)
            incident_drop(e, e->incidents[i]);
        else
            notify_resume(e, e->incidents[i]);
    e->dirty = e->show_status = true;
}
