/* The verdict of one check from what its rounds found: small state, hysteresis both ways, no memory and
 * no clock of its own. What is to be asked next comes back as a step; rounds are started elsewhere.
 *
 *          loss or bad round             confirm all silent
 *   OK ------------------------> CONFIRMING ----------------> FAILING
 *    ^ \  answered                  |                            | first answer
 *    |  <---------------------------+ (a disturbance)            v
 *    |          enough answered                              RECOVERING
 *    +-----------------------------------------------------------+   too few: back to FAILING
 *
 * Two manners. Echo checks (ping): a first loss starts a burst of echoes 1 s apart that ends at the first
 * answer; three quick echoes run early in it, and three more at its end as a "last word", so that neither
 * chance nor a gap that is just over counts. Round checks: so many bad rounds in a row, asked a few seconds apart;
 * as many silent ones until what answered wrongly is called silent.
 *
 * Our own faults never change a verdict to failing: after three in a row it is unknown, "own fault". */
#ifndef HAYLOFT_ENGINE_JUDGE_H
#define HAYLOFT_ENGINE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/clock.h"
#include "poller/model/report.h"
#include "poller/model/window.h"

/* False alarms per 60 nodes and year at 1 % random loss (poller/model/false_alarm.c computes them; its
 * test holds each below 1e-3). */
#define CONFIRM_ECHOES 7        /* lost in a row after the first: 3e-8, with the last word 3e-14 */
#define CONFIRM_GAP_MS 1000     /* 7 s of unbroken silence; 14 s at worst after the fault */
#define LAST_WORD_AFTER_MS 5700 /* its three echoes 300 ms apart end soon after the burst */
#define RECOVER_ECHOES 5        /* 1 s apart */
#define RECOVER_ANSWERED 4
#define LOSSY_RATIO 0.30        /* of 10 echoes, in LOSSY_ROUNDS rounds running: 5e-5 */
#define CLEAN_RATIO 0.15        /* below it LOSSY_ROUNDS times: no longer degraded */
#define LOSSY_ROUNDS 3
#define OWN_FAULT_ROUNDS 3      /* own faults in a row before the verdict is unknown */

struct judge {
    const char *kind;           /* check kind */
    bool echoes;                /* judged by echoes, else by rounds */
    bool life;                  /* its failing means the node is silent */
    bool tables;                /* it has rounds for tables: ROUND_TABLES */
    bool network;               /* judged by what its probes say of a network: guest_watch.h; no two at a time */
    uint8_t bad_rounds;         /* this many in a row: failing */
    uint8_t good_rounds;        /* this many in a row: well again */
    int64_t confirm_gap_ns;     /* between confirming rounds; 0: wait for the next regular one */
};

const struct judge *judge_for(const char *check_kind); /* never NULL: unknown kinds are services */

enum stage { STAGE_STEADY, STAGE_CONFIRMING, STAGE_RECOVERING };

#define REASON_MAX 32
#define DETAIL_MAX 160

struct judgement {
    enum verdict verdict;
    enum stage stage;
    char reason[REASON_MAX];    /* stable word of the latest bad round, "" when well */
    char detail[DETAIL_MAX];    /* for people; hostile text, cut */
    struct mono since;          /* of the verdict */
    struct mono silent_since;   /* the first loss, while confirming or failing */
    struct mono answered_at;    /* the last answer known; ns 0: none */
    struct mono bad_at;         /* the last bad round of a round check */
    uint8_t bad_in_row, good_in_row, own_in_row;
    uint8_t silent_in_row;      /* rounds without any answer of what fails by what it answers */
    bool answers_wrong;         /* failing by what was answered, not by silence */
    bool word_pending;          /* quick echoes are under way beside the burst */
    bool burst_silent;          /* the burst is over, the word is not: it decides */
    bool answers_neighbour;
    bool known;                 /* some round was judged since the start */
    struct window lossy, clean; /* of regular rounds */
    uint32_t disturbances;      /* short gaps: counted, never told */
};

/* What the judge would like to be done next. A change of verdict shows in the judgement itself. */
enum judge_step {
    JUDGE_NOTHING,
    JUDGE_CONFIRM,       /* start the confirming burst (and the last word in time), or a confirm round
                            after the gap */
    JUDGE_RECOVER,       /* start the recovery burst, or a recover round after the gap */
    JUDGE_RECOVER_LATER, /* the burst was answered in part: another one in some seconds */
    JUDGE_STOP_BURST     /* the burst is answered by other means */
};

/* The reason of a round that had nobody to ask: the node's name leads to no address (yet). Unknown at
 * once, and no trouble of ours: a dead resolver or a wrong name, either is said elsewhere. */
#define JUDGE_NO_ADDRESS "no address"

enum judge_step judge_hint(const struct judge *j, struct judgement *v, const struct hint *h,
                           struct instant now);
enum judge_step judge_report(const struct judge *j, struct judgement *v, const struct report *r,
                             struct instant now);
/* Somebody else's silence makes this one worth confirming now, or a failing one worth asking. */
enum judge_step judge_suspect(const struct judge *j, struct judgement *v, struct instant now);
/* Quick echoes begin, or end without having told anything. */
void judge_word_begins(struct judgement *v);
void judge_word_lost(struct judgement *v, struct instant now);
/* A burst that never ended, or was cancelled: nothing was learned. */
void judge_abandon(struct judgement *v);
/* Carried over a restart. */
void judge_restore(struct judgement *v, enum verdict verdict, const char *reason, struct instant since);

#endif
