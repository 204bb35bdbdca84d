#include "poller/engine/control.h"

#include <stdio.h>
#include <string.h>

#include "poller/engine/incidents.h"
#include "poller/engine/network_probe.h"
#include "poller/engine/notify.h"
#include "poller/engine/round.h"

void control_answer(struct engine *e, uint32_t request, bool ok, const char *text)
{
    struct output *o = outputs_add(e->out, OUTPUT_RESULT);
    char *kept = outputs_text(e->out, text);
    o->result = (struct ew_result){request, ok, kept};
}

void control_acknowledge(struct engine *e, const struct we_ack *a)
{
    for (size_t i = 0; i < e->incident_count && a->incident; i++) {
        struct incident_record *r = e->incidents[i];
        if (!r->open || strcmp(r->in.id, a->incident) != 0)
            continue;
        incident_acknowledge(e, r, a->by);
        control_answer(e, a->request, true, "acknowledged");
        return;
    }
    control_answer(e, a->request, false, "no open incident of that id");
}

void control_probe(struct engine *e, const struct we_name *who)
{
    struct node *n = who->name ? engine_node(e, who->name) : NULL;
    unsigned asked = n && n->kind == NODE_NETWORK && network_probe(e, n, who->request);
    for (size_t i = 0; n && n->kind != NODE_NETWORK && i < n->check_count; i++) {
        struct check *c = n->checks[i];
        c->probe_request = who->request;
        round_ask(e, c); /* one already under way answers as well */
        if (round_read_tables(e, c))
            c->tables_request = who->request;
        asked++;
    }
    if (!n)
        control_answer(e, who->request, false, "no such node or network");
    else if (!asked)
        control_answer(e, who->request, false, "nothing is asked of it");
}

static unsigned still_asked(const struct node *n, uint32_t request)
{
    unsigned count = 0;
    for (size_t i = 0; i < n->check_count; i++)
        count += (n->checks[i]->probe_request == request) + (n->checks[i]->tables_request == request);
    return count;
}

static enum verdict verdict_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ANSWERED:
        return VERDICT_OK;
    case OUTCOME_WRONG: case OUTCOME_SILENT:
        return VERDICT_FAILING;
    case OUTCOME_OWN_FAULT: case OUTCOME_CANCELLED:
        break;
    }
    return VERDICT_UNKNOWN;
}

void control_tell_step(struct engine *e, const struct ew_probe_step *step)
{
    struct output *o = outputs_add(e->out, OUTPUT_PROBE_STEP);
    o->step = *step;
    o->step.step = outputs_text(e->out, step->step);
    o->step.detail = outputs_text(e->out, step->detail);
    o->step.vlan = step->vlan ? outputs_text(e->out, step->vlan) : NULL;
}

static void tell_step(struct engine *e, uint32_t request, const char *step, const char *detail,
                      enum verdict verdict, int64_t took_ns)
{
    control_tell_step(e, &(struct ew_probe_step){request, (char *)(uintptr_t)step, (char *)(uintptr_t)detail, verdict,
                                                 took_ns, NULL});
}

void control_probe_step(struct engine *e, struct check *c, const struct hint *h)
{
    tell_step(e, c->probe_request, h->step, h->detail, h->verdict, h->took_ns);
}

static void tell_report(struct engine *e, struct check *c, const struct report *r, uint32_t *request,
                        const char *what, const char *detail, enum verdict verdict)
{
    char step[96];
    uint32_t asked = *request;
    snprintf(step, sizeof step, "%s%s%s%s", c->kind, *c->label ? " " : "", c->label, what);
    tell_step(e, asked, step, detail, verdict, mono_since(r->ended, r->started));
    *request = 0;
    if (still_asked(c->node, asked) == 0)
        control_answer(e, asked, true, node_state_words[c->node->state]);
}

static const char *words_of(const struct report *r)
{
    return r->detail && *r->detail ? r->detail : r->reason;
}

void control_probe_report(struct engine *e, struct check *c, const struct report *r)
{
    tell_report(e, c, r, &c->probe_request, "", words_of(r), verdict_of(r->outcome));
}

/* That some cannot be read is no failure of the node: what it answers otherwise says that. */
void control_tables_report(struct engine *e, struct check *c, const struct report *r)
{
    char found[128], text[256];
    bool whole = r->wiring && !*r->reason;
    snprintf(text, sizeof text, "%s%s%s", r->wiring ? tables_describe(r->wiring, found, sizeof found) : "",
             r->wiring && !whole ? "; " : "", whole ? "" : words_of(r));
    bool lost = r->outcome == OUTCOME_SILENT || r->outcome == OUTCOME_WRONG || (r->wiring && !whole);
    tell_report(e, c, r, &c->tables_request, " tables", text,
                whole ? VERDICT_OK : lost ? VERDICT_DEGRADED : VERDICT_UNKNOWN);
}

void control_send_test(struct engine *e, const struct we_name *who)
{
    bool ok = who->name && notify_test(e, who->name);
    control_answer(e, who->request, ok, ok ? "queued" : "no such receiver");
}
