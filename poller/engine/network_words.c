#include "poller/engine/network_words.h"

#include <stdio.h>
#include <string.h>

#include "poller/engine/incidents.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/networks.h"

static bool is_guest(const struct check *c)
{
    return strcmp(c->kind, NETWORK_GUEST) == 0;
}

bool network_shows(const struct node *n, const struct check *c)
{
    return is_guest(c) || !n->network;
}

static const struct incident *incident_about(const struct engine *e, const struct node *n, const char *matter)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        const struct incident_record *r = e->incidents[i];
        const char *slash = strrchr(r->key, '/');
        if (r->open && r->kind == SUSPECT_NETWORK && slash && strcmp(slash + 1, matter) == 0 &&
            incident_affects(r, n->name))
            return incident_of(r);
    }
    return NULL;
}

static const struct incident *worst_incident(const struct engine *e, const struct node *n)
{
    const struct incident *in = incident_about(e, n, NETWORK_WAY);
    for (int m = 0; m < GUEST_MATTERS && !in; m++)
        in = incident_about(e, n, guest_matter_words[m]);
    return in;
}

static const struct check *first_unknown(const struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (network_shows(n, n->checks[i]) && n->checks[i]->judgement.verdict == VERDICT_UNKNOWN)
            return n->checks[i];
    return NULL;
}

static const char *or_dot(const char *detail)
{
    return *detail ? detail : "nothing more is known";
}

static void say_unknown(const struct check *c, char out[static NETWORK_WORDS_MAX])
{
    const struct guest_watch *w = c->guest;
    char vlan[40] = "it";
    bool on_air = guest_step_of(&w->last.result, GUEST_SCAN).done;
    if (*c->label)
        snprintf(vlan, sizeof vlan, "VLAN %s", c->label);
    if (!c->last_round.ns && !*w->reason)
        snprintf(out, NETWORK_WORDS_MAX, "Not asked yet.");
    else if (on_air && strcmp(w->reason, guest_reason_words[GUEST_NOT_CARRIED]) == 0)
        snprintf(out, NETWORK_WORDS_MAX,
                 "The Wi-Fi card of this machine never heard it, so nobody can be asked from here: %s. Look whether "
                 "its name is right, and whether it reaches this place.", or_dot(w->detail));
    else if (strcmp(w->reason, guest_reason_words[GUEST_NOT_CARRIED]) == 0)
        snprintf(out, NETWORK_WORDS_MAX,
                 "The port of this machine carries nothing of %s, so nobody can be asked from here. Let the port carry "
                 "it, tagged; then it is probed by itself.", vlan);
    else if (strcmp(w->reason, guest_reason_words[GUEST_NO_LINK]) == 0)
        snprintf(out, NETWORK_WORDS_MAX, "The port of this machine has no link, so nothing is known of %s.", vlan);
    else if (strcmp(w->reason, guest_reason_words[GUEST_NO_RIGHT]) == 0)
        snprintf(out, NETWORK_WORDS_MAX, "hayloft may not send frames here, so nothing is known of %s: %s.", vlan,
                 or_dot(w->detail));
    else if (strcmp(w->reason, guest_reason_words[GUEST_NOT_HEARD]) == 0)
        snprintf(out, NETWORK_WORDS_MAX, "What is sent to us on %s does not reach us, so nothing is known of it: %s.",
                 vlan, or_dot(w->detail));
    else
        snprintf(out, NETWORK_WORDS_MAX, "Nothing is known of %s: %s.", vlan,
                 or_dot(*w->detail ? w->detail : w->reason));
}

static const char *what_works(enum guest_depth depth)
{
    switch (depth) {
    case GUEST_DEPTH_OFFER:
        return "Guests are offered an address, and their gateway answers.";
    case GUEST_DEPTH_LEASE:
        return "Guests get an address and full-size frames through to their gateway.";
    case GUEST_DEPTH_INTERNET:
        break;
    }
    return "Guests get an address, names and pages.";
}

bool network_fails(const struct node *n, enum guest_matter m)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (n->checks[i]->guest->matters[m].verdict == VERDICT_FAILING)
            return true;
    return false;
}

static int badness(enum verdict v)
{
    return v == VERDICT_FAILING ? 3 : v == VERDICT_DEGRADED ? 2 : v == VERDICT_OK ? 1 : 0;
}

enum verdict network_probes_verdict(const struct node *n)
{
    enum verdict worst = VERDICT_UNKNOWN;
    for (size_t i = 0; i < n->check_count; i++) {
        const struct check *c = n->checks[i];
        bool strangers = !is_guest(c) && c->judgement.verdict == VERDICT_FAILING;
        if ((network_shows(n, c) || strangers) && badness(c->judgement.verdict) > badness(worst))
            worst = c->judgement.verdict;
    }
    return worst;
}

/* Where guests at one site only lack it, others have it. */
static enum verdict look_verdict(const struct network_look *l)
{
    if (!l || l->finding.kind == CAUSE_NONE)
        return VERDICT_UNKNOWN;
    return l->finding.site ? VERDICT_DEGRADED : VERDICT_FAILING;
}

enum verdict network_verdict(const struct node *n)
{
    enum verdict worst = network_probes_verdict(n);
    for (size_t i = 0; i < n->check_count; i++)
        if (badness(look_verdict(n->checks[i]->look)) > badness(worst))
            worst = look_verdict(n->checks[i]->look);
    return worst;
}

/* What fails has no incident of its own, or not yet. */
static void say_explained(const struct engine *e, const struct node *n, char out[static NETWORK_WORDS_MAX])
{
    const struct node *internet = NULL;
    for (size_t i = 0; i < e->shown_count; i++)
        internet = e->nodes[i]->kind == NODE_INTERNET ? e->nodes[i] : internet;
    if (!network_fails(n, GUEST_MATTER_SERVICE))
        snprintf(out, NETWORK_WORDS_MAX, "Something is wrong here; it is being looked at.");
    else if (e->router && e->scene_nodes[e->router->index].silent)
        snprintf(out, NETWORK_WORDS_MAX, "%s is silent, and with it all that guests are given.", e->router->name);
    else if (internet && internet->life && internet->life->judgement.verdict == VERDICT_FAILING)
        snprintf(out, NETWORK_WORDS_MAX, "Guests lack the Internet, as everybody does.");
    else
        snprintf(out, NETWORK_WORDS_MAX, "Guests do not get through; why is being looked at.");
}

void network_words(const struct engine *e, const struct node *n, char out[static NETWORK_WORDS_MAX])
{
    enum verdict verdict = network_verdict(n);
    const struct incident *in = verdict == VERDICT_UNKNOWN ? NULL : worst_incident(e, n);
    const struct check *unknown = first_unknown(n);
    if (in && in->cause.sentence)
        snprintf(out, NETWORK_WORDS_MAX, "%s", in->cause.sentence);
    else if (verdict == VERDICT_FAILING)
        say_explained(e, n, out);
    else if (verdict == VERDICT_DEGRADED)
        snprintf(out, NETWORK_WORDS_MAX, "Guests get through, but much gets lost on the way.");
    else if (unknown)
        say_unknown(unknown, out);
    else
        snprintf(out, NETWORK_WORDS_MAX, "%s", n->network ? what_works(n->network->depth)
                                                          : "No stranger hands out addresses or plays router here.");
}
