#include "poller/diagnose/rules/port.h"

#include <stdio.h>
#include <string.h>

#define PORT_AGE_MAX_S 90      /* older than a poll and a half says nothing about now */
#define SAME_MOMENT_BEFORE_S 75 /* a port seen to change by the poll before or after the silence began */

static bool is_young(const struct scene *s, const struct known_fact *f)
{
    return mono_since(s->now.mono, f->at) <= SECONDS(PORT_AGE_MAX_S);
}

static enum port_state read_state(const struct known_fact *f)
{
    if (strcmp(f->value, "up") == 0)
        return PORT_UP;
    bool down = strcmp(f->value, "down") == 0 || strcmp(f->value, "lowerLayerDown") == 0 ||
                strcmp(f->value, "notPresent") == 0;
    return down ? PORT_DOWN : PORT_UNKNOWN;
}

/* The one port that went down when the node fell silent; none when there are two. */
static struct port_finding changed_port(const struct scene *s, const struct scene_node *parent,
                                        const struct scene_node *node)
{
    struct port_finding found = {PORT_UNKNOWN, NULL, false, NULL};
    for (size_t i = 0; i < parent->facts->count; i++) {
        const struct known_fact *f = &parent->facts->facts[i];
        if (strcmp(f->name, "port.oper") != 0 || !f->value || !f->changed || !is_young(s, f) ||
            read_state(f) != PORT_DOWN ||
            mono_since(node->silent_since, f->changed_at) > SECONDS(SAME_MOMENT_BEFORE_S))
            continue;
        if (found.fact)
            return (struct port_finding){PORT_UNKNOWN, NULL, false, NULL};
        found = (struct port_finding){PORT_DOWN, f->subject, false, f};
    }
    return found;
}

struct port_finding port_before(const struct scene *s, uint32_t node)
{
    struct port_finding none = {PORT_UNKNOWN, NULL, false, NULL};
    const struct scene_node *parent = scene_parent(s, node), *n = &s->nodes[node];
    if (!parent || parent->silent)
        return none;
    if (!n->port)
        return changed_port(s, parent, n);
    const struct known_fact *f = facts_find(parent->facts, "port.oper", n->port);
    if (!f || !is_young(s, f))
        return none;
    enum port_state state = read_state(f);
    if (state == PORT_UP && mono_before(f->at, n->silent_since))
        return none; /* it was up before the silence began */
    return (struct port_finding){state, n->port, true, f};
}

void port_tell(const struct scene *s, uint32_t node, const struct port_finding *p,
               struct finding *out)
{
    const struct scene_node *parent = scene_parent(s, node);
    char source[EVIDENCE_SOURCE_MAX];
    if (!p->fact || !parent)
        return;
    snprintf(out->port, sizeof out->port, "%s", p->port);
    snprintf(source, sizeof source, "snmp %s", parent->name);
    finding_evidence(out, p->fact->at, source, "port %s of %s is %s", p->port, parent->name,
                     p->fact->value);
}
