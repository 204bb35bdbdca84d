/* The first phase of a reload: each running role says whether it can take the new generation. One
 * refusal, one end or silence for too long, and the old one stays everywhere. */
#ifndef HAYLOFT_VOTE_H
#define HAYLOFT_VOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/clock.h"
#include "poller/model/words.h"

#define VOTE_REASON_MAX  1024
#define VOTE_PATIENCE_NS SECONDS(10) /* a thousand nodes are prepared in well under one */

enum vote_result { VOTE_OPEN, VOTE_ADOPT, VOTE_FORGET };

struct vote {
    uint64_t generation; /* 0: no vote is on */
    struct mono deadline;
    bool voter[ROLE_COUNT];   /* took part */
    bool waiting[ROLE_COUNT]; /* has not answered yet */
    bool refused;
    char reason[VOTE_REASON_MAX]; /* of the first refusal, with the role's name */
};

void vote_open(struct vote *v, uint64_t generation, const bool voters[static ROLE_COUNT],
               struct mono now);
void vote_cast(struct vote *v, enum role role, uint64_t generation, bool ok, const char *reason);
void vote_leave(struct vote *v, enum role role); /* its process ended */
enum vote_result vote_count(struct vote *v, struct mono now);
struct mono vote_due(const struct vote *v);

#endif
