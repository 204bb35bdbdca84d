#include "poller/vote.h"

#include <stdio.h>
#include <string.h>

void vote_open(struct vote *v, uint64_t generation, const bool voters[static ROLE_COUNT],
               struct mono now)
{
    *v = (struct vote){.generation = generation, .deadline = mono_after(now, VOTE_PATIENCE_NS)};
    memcpy(v->voter, voters, sizeof v->voter);
    memcpy(v->waiting, voters, sizeof v->waiting);
}

static void refuse(struct vote *v, enum role role, const char *reason)
{
    if (!v->refused)
        snprintf(v->reason, sizeof v->reason, "%s: %s", role_words[role], reason);
    v->refused = true;
}

void vote_cast(struct vote *v, enum role role, uint64_t generation, bool ok, const char *reason)
{
    if (v->generation == 0 || generation != v->generation || !v->waiting[role])
        return;
    v->waiting[role] = false;
    if (!ok)
        refuse(v, role, reason ? reason : "refused without a word");
}

void vote_leave(struct vote *v, enum role role)
{
    if (v->generation == 0 || !v->voter[role])
        return;
    v->voter[role] = v->waiting[role] = false;
    refuse(v, role, "ended while it prepared the new configuration");
}

enum vote_result vote_count(struct vote *v, struct mono now)
{
    bool late = !mono_before(now, v->deadline), open = false;
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (v->waiting[i] && late)
            refuse(v, (enum role)i, "did not answer in time");
        open = open || v->waiting[i];
    }
    if (v->refused)
        return VOTE_FORGET;
    return open ? VOTE_OPEN : VOTE_ADOPT;
}

struct mono vote_due(const struct vote *v)
{
    return v->generation ? v->deadline : MONO_NEVER;
}
