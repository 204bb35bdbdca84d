#include "poller/engine/judge.h"

#include <stdio.h>
#include <string.h>

/* A round of these tries at least twice inside, so at 1 % loss one round in 10,000 is bad by chance;
 * three in a row: 3e-5 false alarms per 60 nodes and year. So does the Internet's round for names; and while
 * the gap after it is shorter than a burst of loss may be, two bad rounds could be one burst and one chance. */
static const struct judge judges[] = {
    {.kind = "ping", .echoes = true, .life = true},
    {.kind = "snmp", .life = true, .tables = true, .bad_rounds = 3, .good_rounds = 1},
    {.kind = "internet", .life = true, .bad_rounds = 3, .good_rounds = 2,
     .confirm_gap_ns = SECONDS(3)},
    {.kind = "guest", .network = true},
    {.kind = "rogue", .network = true},
    {.kind = "arp", .bad_rounds = 2, .good_rounds = 2, .confirm_gap_ns = SECONDS(5)},
    {.kind = "", .life = true, .bad_rounds = 3, .good_rounds = 2, .confirm_gap_ns = SECONDS(5)},
};

const struct judge *judge_for(const char *check_kind)
{
    const struct judge *j = judges;
    while (*j->kind && strcmp(j->kind, check_kind) != 0)
        j++;
    return j;
}

static void set_verdict(struct judgement *v, enum verdict verdict, const char *reason,
                        struct instant now)
{
    snprintf(v->reason, sizeof v->reason, "%s", reason ? reason : "");
    if (v->verdict == verdict)
        return;
    v->verdict = verdict;
    v->since = now.mono;
}

/* What answers, though wrongly, and then for once not at all: a burst of loss does that. */
static bool is_once_silent(const struct judge *j, const struct judgement *v, const struct report *r)
{
    return v->verdict == VERDICT_FAILING && v->answers_wrong && r->outcome == OUTCOME_SILENT &&
           v->silent_in_row + 1 < j->bad_rounds;
}

static void remember_detail(struct judgement *v, const struct report *r)
{
    snprintf(v->detail, sizeof v->detail, "%s", r->detail ? r->detail : "");
    v->answers_neighbour = r->resolved_by_neighbour;
}

static void begin_silence(struct judgement *v, struct instant now)
{
    v->stage = STAGE_CONFIRMING;
    v->silent_since = now.mono;
    v->word_pending = v->burst_silent = false;
}

static enum judge_step begin_confirming(struct judgement *v, struct instant now)
{
    if (v->stage != STAGE_STEADY || v->verdict == VERDICT_FAILING)
        return JUDGE_NOTHING;
    begin_silence(v, now);
    return JUDGE_CONFIRM;
}

static enum judge_step begin_recovering(struct judgement *v)
{
    if (v->stage != STAGE_STEADY || v->verdict != VERDICT_FAILING)
        return JUDGE_NOTHING;
    v->stage = STAGE_RECOVERING;
    return JUDGE_RECOVER;
}

static void well(struct judgement *v, struct instant now)
{
    v->stage = STAGE_STEADY;
    v->burst_silent = false;
    v->bad_in_row = v->good_in_row = 0;
    v->detail[0] = '\0';
    v->answers_neighbour = false;
    if (v->verdict != VERDICT_DEGRADED)
        set_verdict(v, VERDICT_OK, "", now);
}

/* An answer that did not come by the burst itself. */
static enum judge_step answered_aside(struct judgement *v, struct instant now)
{
    v->answered_at = now.mono;
    v->known = true;
    if (v->verdict == VERDICT_FAILING)
        return begin_recovering(v);
    bool bursting = v->stage == STAGE_CONFIRMING;
    v->disturbances += bursting;
    well(v, now);
    return bursting ? JUDGE_STOP_BURST : JUDGE_NOTHING;
}

static void weigh_loss(struct judgement *v, const struct report *r, struct instant now)
{
    double ratio = r->sent ? (double)r->lost / r->sent : 0;
    window_put(&v->lossy, ratio >= LOSSY_RATIO);
    window_put(&v->clean, ratio < CLEAN_RATIO);
    if (v->verdict == VERDICT_OK && window_all(&v->lossy, LOSSY_ROUNDS))
        set_verdict(v, VERDICT_DEGRADED, "loss", now);
    else if (v->verdict == VERDICT_DEGRADED && window_all(&v->clean, LOSSY_ROUNDS))
        set_verdict(v, VERDICT_OK, "", now);
}

static enum judge_step echo_regular(struct judgement *v, const struct report *r, struct instant now)
{
    bool answered = r->outcome == OUTCOME_ANSWERED || r->lost < r->sent;
    if (!answered)
        return begin_confirming(v, now);
    v->known = true;
    if (v->verdict == VERDICT_FAILING)
        return begin_recovering(v);
    if (v->verdict == VERDICT_UNKNOWN)
        set_verdict(v, VERDICT_OK, "", now);
    if (v->stage == STAGE_STEADY) /* while confirming the burst knows better when the last one came */
        v->answered_at = now.mono;
    weigh_loss(v, r, now);
    return JUDGE_NOTHING;
}

static void fail(struct judgement *v, const char *reason, struct instant now)
{
    v->stage = STAGE_STEADY;
    v->burst_silent = false;
    v->known = true;
    window_clear(&v->lossy);
    window_clear(&v->clean);
    set_verdict(v, VERDICT_FAILING, *reason ? reason : "timeout", now);
}

static enum judge_step echo_confirmed(struct judgement *v, const struct report *r,
                                      struct instant now)
{
    if (r->outcome == OUTCOME_ANSWERED) {
        v->stage = v->stage == STAGE_CONFIRMING ? STAGE_STEADY : v->stage;
        v->disturbances += v->verdict != VERDICT_FAILING;
        return answered_aside(v, now);
    }
    if (v->stage != STAGE_CONFIRMING)
        return JUDGE_NOTHING;
    if (v->word_pending)
        v->burst_silent = true;
    else
        fail(v, r->reason, now);
    return JUDGE_NOTHING;
}

static enum judge_step echo_recovered(struct judgement *v, const struct report *r,
                                      struct instant now)
{
    if (v->stage != STAGE_RECOVERING)
        return JUDGE_NOTHING;
    v->stage = STAGE_STEADY;
    uint32_t answered = r->sent - r->lost;
    if (answered >= RECOVER_ANSWERED) {
        v->verdict = VERDICT_UNKNOWN;
        v->answered_at = now.mono;
        well(v, now);
        return JUDGE_NOTHING;
    }
    if (answered == 0)
        return JUDGE_NOTHING; /* the next hint begins anew */
    v->stage = STAGE_RECOVERING;
    return JUDGE_RECOVER_LATER;
}

static enum judge_step echo_asked(struct judgement *v, const struct report *r, struct instant now)
{
    v->word_pending = false;
    if (r->outcome == OUTCOME_ANSWERED)
        return answered_aside(v, now);
    if (v->stage == STAGE_CONFIRMING) {
        if (v->burst_silent)
            fail(v, r->reason, now);
        return JUDGE_NOTHING;
    }
    return begin_confirming(v, now);
}

static enum judge_step echo_report(struct judgement *v, const struct report *r, struct instant now)
{
    switch (r->kind) {
    case ROUND_REGULAR:
        return echo_regular(v, r, now);
    case ROUND_CONFIRM:
        return echo_confirmed(v, r, now);
    case ROUND_RECOVER:
        return echo_recovered(v, r, now);
    case ROUND_ASK:
        return echo_asked(v, r, now);
    case ROUND_TABLES:
    case ROUND_ALL_TABLES:
        break;
    }
    return JUDGE_NOTHING;
}

static enum judge_step good_round(const struct judge *j, struct judgement *v, struct instant now)
{
    v->answered_at = now.mono;
    v->bad_in_row = v->silent_in_row = 0;
    if (v->verdict == VERDICT_FAILING && ++v->good_in_row < j->good_rounds) {
        v->stage = STAGE_RECOVERING;
        return JUDGE_RECOVER;
    }
    if (v->verdict == VERDICT_FAILING)
        v->verdict = VERDICT_UNKNOWN;
    v->disturbances += v->stage == STAGE_CONFIRMING;
    well(v, now);
    return JUDGE_NOTHING;
}

static void fail_by_round(struct judgement *v, const struct report *r, const char *reason,
                          struct instant now)
{
    v->stage = STAGE_STEADY;
    v->answers_wrong = r->outcome == OUTCOME_WRONG;
    set_verdict(v, VERDICT_FAILING, reason, now);
}

static enum judge_step bad_round(const struct judge *j, struct judgement *v, const struct report *r,
                                 struct instant now)
{
    const char *reason = *r->reason ? r->reason : "timeout";
    v->good_in_row = 0;
    v->bad_at = now.mono;
    if (is_once_silent(j, v, r)) {
        v->stage = STAGE_STEADY;
        v->silent_in_row++;
        return JUDGE_NOTHING;
    }
    v->silent_in_row = 0;
    if (v->verdict == VERDICT_FAILING) {
        fail_by_round(v, r, reason, now);
        return JUDGE_NOTHING;
    }
    if (v->bad_in_row == 0)
        begin_silence(v, now);
    if (++v->bad_in_row < j->bad_rounds) {
        snprintf(v->reason, sizeof v->reason, "%s", reason);
        return j->confirm_gap_ns ? JUDGE_CONFIRM : JUDGE_NOTHING;
    }
    fail_by_round(v, r, reason, now);
    return JUDGE_NOTHING;
}

static enum judge_step round_report(const struct judge *j, struct judgement *v,
                                    const struct report *r, struct instant now)
{
    if (r->outcome == OUTCOME_ANSWERED) {
        v->known = true;
        return good_round(j, v, now);
    }
    if (r->kind == ROUND_ASK) /* asked out of turn: an answer tells something, silence does not */
        return JUDGE_NOTHING;
    v->known = true;
    return bad_round(j, v, r, now);
}

static enum judge_step nobody_to_ask(struct judgement *v, struct instant now)
{
    judge_abandon(v);
    v->bad_in_row = 0;
    v->own_in_row = 1;
    set_verdict(v, VERDICT_UNKNOWN, JUDGE_NO_ADDRESS, now);
    return JUDGE_NOTHING;
}

static enum judge_step own_fault(struct judgement *v, const struct report *r, struct instant now)
{
    if (r->reason && strcmp(r->reason, JUDGE_NO_ADDRESS) == 0)
        return nobody_to_ask(v, now);
    if (r->kind == ROUND_ASK)
        judge_word_lost(v, now);
    if (r->kind == ROUND_CONFIRM || r->kind == ROUND_RECOVER)
        judge_abandon(v);
    /* When all falls silent at once, one device is asked by many within a second: that is one fault. */
    if (r->kind != ROUND_ASK && v->own_in_row < OWN_FAULT_ROUNDS)
        v->own_in_row++;
    if (v->own_in_row == OWN_FAULT_ROUNDS) {
        judge_abandon(v);
        v->bad_in_row = 0;
        set_verdict(v, VERDICT_UNKNOWN, "own fault", now);
    }
    return JUDGE_NOTHING;
}

enum judge_step judge_report(const struct judge *j, struct judgement *v, const struct report *r,
                             struct instant now)
{
    if (r->outcome == OUTCOME_CANCELLED && r->kind == ROUND_ASK)
        judge_word_lost(v, now);
    if (r->outcome == OUTCOME_CANCELLED)
        return JUDGE_NOTHING;
    if (r->outcome != OUTCOME_ANSWERED && !is_once_silent(j, v, r))
        remember_detail(v, r);
    if (r->outcome == OUTCOME_OWN_FAULT)
        return own_fault(v, r, now);
    v->own_in_row = 0;
    return j->echoes ? echo_report(v, r, now) : round_report(j, v, r, now);
}

enum judge_step judge_hint(const struct judge *j, struct judgement *v, const struct hint *h,
                           struct instant now)
{
    if (!j->echoes)
        return JUDGE_NOTHING;
    switch (h->kind) {
    case HINT_FIRST_LOSS:
        return begin_confirming(v, now);
    case HINT_FIRST_ANSWER:
        return answered_aside(v, now);
    case HINT_STEP:
        break;
    }
    return JUDGE_NOTHING;
}

enum judge_step judge_suspect(const struct judge *j, struct judgement *v, struct instant now)
{
    return j->echoes ? begin_confirming(v, now) : JUDGE_NOTHING;
}

void judge_word_begins(struct judgement *v)
{
    v->word_pending = true;
}

void judge_word_lost(struct judgement *v, struct instant now)
{
    v->word_pending = false;
    if (v->burst_silent && v->stage == STAGE_CONFIRMING)
        fail(v, v->reason, now);
}

void judge_abandon(struct judgement *v)
{
    v->stage = STAGE_STEADY;
    v->burst_silent = false;
}

void judge_restore(struct judgement *v, enum verdict verdict, const char *reason,
                   struct instant since)
{
    set_verdict(v, verdict, reason, since);
    v->since = since.mono;
    v->silent_since = since.mono;
}
