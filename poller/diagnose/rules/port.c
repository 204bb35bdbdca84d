#include "poller/diagnose/rules/port.h"

#include <stdio.h>
#include <string.h>

#define PORT_AGE_MAX_S 90      /* older than a poll and a half says nothing about now */
#define STARTS_WITHIN_S 60     /* a device has so long to answer after its port has link again */
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

/* How long a port still counts as down that came back while the node was silent: what is plugged in
 * again has to start, and that a cable or an injector was the cause stays true. */
static int64_t back_for(const struct scene *s, const struct scene_node *node,
                        const struct known_fact *f)
{
    bool came_back =
        f->changed && read_state(f) == PORT_UP && !mono_before(f->changed_at, node->silent_since);
    int64_t left_ns = SECONDS(STARTS_WITHIN_S) - mono_since(s->now.mono, f->changed_at);
    return came_back && left_ns > 0 ? left_ns : 0;
}

/* Did it go down when the node fell silent? */
static bool fell_with(const struct scene *s, const struct scene_node *node,
                      const struct known_fact *f)
{
    bool back = back_for(s, node, f) && f->before_at.ns;
    struct mono down_at = back ? f->before_at : f->changed_at;
    return (back || read_state(f) == PORT_DOWN) &&
           mono_since(node->silent_since, down_at) <= SECONDS(SAME_MOMENT_BEFORE_S);
}

/* The one port that went down when the node fell silent; none when there are two. */
static struct port_finding changed_port(const struct scene *s, const struct scene_node *parent,
                                        const struct scene_node *node)
{
    struct port_finding found = {.state = PORT_UNKNOWN};
    for (size_t i = 0; i < parent->facts->count; i++) {
        const struct known_fact *f = &parent->facts->facts[i];
        if (strcmp(f->name, "port.oper") != 0 || !f->value || !f->changed || !is_young(s, f) ||
            !fell_with(s, node, f))
            continue;
        if (found.fact)
            return (struct port_finding){.state = PORT_UNKNOWN};
        found = (struct port_finding){PORT_DOWN, f->subject, false, f, back_for(s, node, f)};
    }
    return found;
}

struct port_finding port_before(const struct scene *s, uint32_t node)
{
    struct port_finding none = {.state = PORT_UNKNOWN};
    const struct scene_node *parent = scene_parent(s, node), *n = &s->nodes[node];
    if (!parent || parent->silent)
        return none;
    if (!n->port)
        return changed_port(s, parent, n);
    const struct known_fact *f = facts_find(parent->facts, "port.oper", n->port);
    if (!f || !is_young(s, f))
        return none;
    int64_t back_ns = back_for(s, n, f);
    enum port_state state = back_ns ? PORT_DOWN : read_state(f);
    if (state == PORT_UP && mono_before(f->at, n->silent_since))
        return none; /* it was up before the silence began */
    return (struct port_finding){state, n->port, true, f, back_ns};
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
    out->again_ns = p->back_ns;
    finding_evidence(out, p->fact->at, source, "port %s of %s %s%s", p->port, parent->name,
                     p->back_ns ? "was down, and is " : "is ", p->fact->value);
}
