#include "poller/engine/guest_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

struct guest_watch *guest_watch_create(void)
{
    struct guest_watch *w = calloc(1, sizeof *w);
    if (!w)
        fatal("no memory for a network");
    return w;
}

void guest_watch_destroy(struct guest_watch *w)
{
    for (int m = 0; w && m < GUEST_MATTERS; m++)
        arena_destroy(w->matters[m].failed.arena);
    if (w)
        arena_destroy(w->last.arena);
    free(w);
}

/* ---- one matter ---- */

/* How often in a row it must be said: bad before it fails, well before it is. */
static uint8_t bad_needed(enum guest_matter m)
{
    return m == GUEST_MATTER_DHCP || m == GUEST_MATTER_RA ? 1 : 2;
}

static uint8_t well_needed(enum guest_matter m)
{
    return m == GUEST_MATTER_DHCP || m == GUEST_MATTER_RA ? 2 : 1;
}

static void set(struct matter_watch *w, enum verdict verdict, struct mono now)
{
    if (w->verdict != verdict)
        w->since = now;
    w->verdict = verdict;
}

static bool same(const struct guest_saying *a, const struct guest_saying *b)
{
    return a->step == b->step && a->reason == b->reason;
}

static void forget_rows(struct matter_watch *w)
{
    w->bad_in_row = w->same_in_row = w->well_in_row = 0;
}

static void well(struct matter_watch *w, enum guest_matter m, struct mono now)
{
    uint8_t row = w->well_in_row;
    forget_rows(w);
    w->lossy_in_row = 0;
    w->well_in_row = row < UINT8_MAX ? row + 1 : row;
    if (w->verdict != VERDICT_FAILING || w->well_in_row >= well_needed(m)) {
        w->well_in_row = 0;
        w->was_well = true;
        set(w, VERDICT_OK, now);
    }
}

static void count_bad(struct matter_watch *w, const struct guest_saying *said, struct mono now)
{
    bool again = w->bad_in_row && same(&w->heard, said);
    if (!w->bad_in_row)
        w->bad_since = now;
    w->same_in_row = !again ? 1 : w->same_in_row < UINT8_MAX ? w->same_in_row + 1 : UINT8_MAX;
    w->bad_in_row += w->bad_in_row < UINT8_MAX;
    w->well_in_row = w->lossy_in_row = 0;
    w->heard = *said;
}

/* Two different failures in a row are two disturbances, or one fault seen from two sides: a third decides. */
static bool is_confirmed(const struct matter_watch *w, enum guest_matter m)
{
    return w->same_in_row >= bad_needed(m) || w->bad_in_row > bad_needed(m);
}

static void bad(struct matter_watch *w, enum guest_matter m, const struct guest_saying *said, struct mono now)
{
    count_bad(w, said, now);
    if (!is_confirmed(w, m))
        return;
    w->failure = *said;
    set(w, VERDICT_FAILING, now);
}

/* Neither well nor bad: it may hide either. */
static void lossy(struct matter_watch *w, bool regular, struct mono now)
{
    forget_rows(w);
    w->lossy_in_row += regular && w->lossy_in_row < UINT8_MAX;
    if (w->lossy_in_row >= WATCH_LOSSY_ROUNDS && w->verdict != VERDICT_FAILING)
        set(w, VERDICT_DEGRADED, now);
}

/* Would one more word change the verdict, or what is told of it? */
static bool is_pending(const struct matter_watch *w)
{
    if (w->verdict == VERDICT_FAILING)
        return w->well_in_row || (w->bad_in_row && !same(&w->failure, &w->heard));
    return w->bad_in_row;
}

static void take(struct matter_watch *w, enum guest_matter m, const struct guest_saying *said, bool regular,
                 struct mono now)
{
    w->said_at = said->verdict == VERDICT_UNKNOWN ? w->said_at : now;
    switch (said->verdict) {
    case VERDICT_OK:
        well(w, m, now);
        break;
    case VERDICT_FAILING:
        bad(w, m, said, now);
        break;
    case VERDICT_DEGRADED:
        lossy(w, regular, now);
        break;
    case VERDICT_UNKNOWN:
        break;
    }
}

/* ---- all of them ---- */

static void keep(struct kept_guest *k, const struct guest_result *r, struct mono now)
{
    struct kept_guest fresh = {.arena = arena_create(0), .at = now};
    if (!fresh.arena || !field_copy(&guest_result_record, r, NULL, fresh.arena, &fresh.result))
        fatal("no memory for a network");
    arena_destroy(k->arena);
    *k = fresh;
}

static void note_control(struct guest_watch *w, const struct guest_result *r)
{
    struct guest_step_result control = guest_step_of(r, GUEST_CONTROL);
    w->control_was_well |= control.done && control.verdict == VERDICT_OK;
}

static const char *detail_of(const struct guest_result *r, enum guest_reason reason)
{
    for (size_t i = 0; i < r->steps_count; i++)
        if (r->steps[i].done && r->steps[i].reason == reason && r->steps[i].detail)
            return r->steps[i].detail;
    return NULL;
}

static void say_nothing(struct guest_watch *w, const char *reason, const char *detail)
{
    w->nothing = *reason;
    snprintf(w->reason, sizeof w->reason, "%s", reason);
    snprintf(w->detail, sizeof w->detail, "%s", detail ? detail : "");
}

static void note_why(struct guest_watch *w, const struct report *r)
{
    enum guest_reason why = r->guest ? guest_says_nothing(r->guest) : GUEST_NONE;
    if (why != GUEST_NONE) {
        const char *detail = detail_of(r->guest, why);
        say_nothing(w, guest_reason_words[why], detail ? detail : r->detail);
    } else if (!r->guest) {
        say_nothing(w, r->reason && *r->reason ? r->reason : "own fault", r->detail);
    } else {
        say_nothing(w, "", NULL);
    }
}

/* Who is kept apart is looked at seldom; but an end of what leaks is not waited for. */
static bool leak_was_left_out(const struct guest_watch *w, const struct guest_result *r)
{
    return w->matters[GUEST_MATTER_ISOLATION].verdict == VERDICT_FAILING &&
           guest_says_beside(r, GUEST_MATTER_ISOLATION, &w->usual).verdict == VERDICT_UNKNOWN &&
           guest_says_beside(r, GUEST_MATTER_SERVICE, &w->usual).verdict == VERDICT_OK;
}

/* While a stranger is about it is not clear who is who. */
static void note_usual(struct guest_watch *w, const struct guest_result *r)
{
    struct mac server = guest_server_mac(r);
    if (mac_is_set(&server) && guest_says_beside(r, GUEST_MATTER_DHCP, &w->usual).verdict == VERDICT_OK)
        w->usual = server;
}

static bool shows_failure(const struct matter_watch *w, const struct guest_saying *said)
{
    return said->verdict == VERDICT_FAILING && w->verdict == VERDICT_FAILING && same(&w->failure, said);
}

bool guest_watch_take(struct guest_watch *w, const struct report *r, struct mono now)
{
    bool regular = r->kind == ROUND_REGULAR, pending = false, was_pending = false;
    if (r->outcome == OUTCOME_CANCELLED)
        return false;
    w->asks = regular ? 0 : w->asks + (w->asks < WATCH_ASKS);
    note_why(w, r);
    if (!r->guest)
        return false;
    keep(&w->last, r->guest, now);
    note_control(w, r->guest);
    for (int m = 0; m < GUEST_MATTERS; m++) {
        struct guest_saying said = guest_says_beside(r->guest, (enum guest_matter)m, &w->usual);
        was_pending = was_pending || (is_pending(&w->matters[m]) && said.verdict == VERDICT_DEGRADED);
        take(&w->matters[m], (enum guest_matter)m, &said, regular, now);
        if (shows_failure(&w->matters[m], &said))
            keep(&w->matters[m].failed, r->guest, now);
        pending = pending || is_pending(&w->matters[m]);
    }
    note_usual(w, r->guest);
    return (pending || was_pending || leak_was_left_out(w, r->guest)) && !w->nothing && w->asks < WATCH_ASKS;
}

static int badness(enum verdict v)
{
    return v == VERDICT_FAILING ? 3 : v == VERDICT_DEGRADED ? 2 : v == VERDICT_OK ? 1 : 0;
}

enum verdict guest_watch_verdict(const struct guest_watch *w, const char **reason)
{
    enum verdict worst = VERDICT_UNKNOWN;
    *reason = w->reason;
    for (int m = 0; m < GUEST_MATTERS && !w->nothing; m++) {
        const struct matter_watch *of = &w->matters[m];
        if (badness(of->verdict) <= badness(worst))
            continue;
        worst = of->verdict;
        *reason = worst == VERDICT_FAILING ? guest_reason_words[of->failure.reason]
                  : worst == VERDICT_DEGRADED ? guest_reason_words[GUEST_LOSSY]
                                              : "";
    }
    return worst;
}

void guest_watch_restore(struct guest_watch *w, enum guest_matter m, struct mono since)
{
    if (w->matters[m].said_at.ns)
        return;
    w->matters[m].verdict = VERDICT_FAILING;
    w->matters[m].since = w->matters[m].bad_since = since;
}

void guest_watch_forget_suspicion(struct guest_watch *w)
{
    for (int m = 0; m < GUEST_MATTERS; m++)
        forget_rows(&w->matters[m]);
}
