#include "collectors/protocol/joined_rounds.h"

#include <stdlib.h>

struct joined_round {
    struct joined_round *next;
    uint32_t number;
    enum round_kind kind;
    struct mono started;
};

static const struct report cancelled = {.outcome = OUTCOME_CANCELLED, .reason = ""};

static void report(const struct joined_rounds *j, const struct joined_round *r, const struct report *findings)
{
    struct report full = *findings;
    full.check = j->check;
    full.round = r->number;
    full.kind = r->kind;
    full.started = r->started;
    full.ended = j->env->now(j->env->ctx).mono;
    full.object_count = r->kind == ROUND_REGULAR ? findings->object_count : 0;
    j->env->report(j->env->ctx, &full);
}

bool joined_rounds_add(struct joined_rounds *j, uint32_t number, enum round_kind kind)
{
    static const struct report busy = {.outcome = OUTCOME_OWN_FAULT, .reason = "busy"};
    struct joined_round fresh = {j->list, number, kind, j->env->now(j->env->ctx).mono};
    struct joined_round *r = malloc(sizeof *r);
    if (!r) {
        report(j, &fresh, &busy);
        return false;
    }
    *r = fresh;
    j->list = r;
    return true;
}

void joined_rounds_end(struct joined_rounds *j, const struct report *findings)
{
    struct joined_round *ending = j->list;
    j->list = NULL; /* a report may begin the next round */
    while (ending) {
        struct joined_round *r = ending;
        ending = r->next;
        report(j, r, findings);
        free(r);
    }
}

void joined_rounds_end_cancelled(struct joined_rounds *j)
{
    joined_rounds_end(j, &cancelled);
}

bool joined_rounds_cancel(struct joined_rounds *j, uint32_t number)
{
    for (struct joined_round **link = &j->list; *link; link = &(*link)->next)
        if ((*link)->number == number) {
            struct joined_round *r = *link;
            *link = r->next;
            bool last = !j->list;
            report(j, r, &cancelled);
            free(r);
            return last;
        }
    return false;
}
