/* What the offers of addresses on a network say of it. Pure. */
#ifndef HAYLOFT_COLLECTORS_GUEST_JUDGE_OFFER_H
#define HAYLOFT_COLLECTORS_GUEST_JUDGE_OFFER_H

#include "collectors/protocol/offers.h"
#include "collectors/protocol/trusted.h"

#define JUDGE_DETAIL_MAX 240

struct offer_judgement {
    enum verdict verdict;
    enum guest_reason reason;
    char detail[JUDGE_DETAIL_MAX]; /* for people; "" when there is nothing to add */
    const struct offer *chosen;    /* to go on with, among the offers; NULL: none */
    struct addr first;             /* who is trusted from now on, when nobody was; else not set */
};

/* Sets `expected` of each offer. A network that says nothing of itself is judged by common sense alone. */
void judge_offer(const struct guest_setting *s, const struct trusted *servers, struct offers *offers,
                 struct offer_judgement *out);

#endif
