/* Do frames of full size come through, where short ones do? Tagged ones are four bytes longer than others, and
 * some boxes drop them for that. Loss must not look like it. Pure. */
#ifndef HAYLOFT_COLLECTORS_GUEST_FULLNESS_H
#define HAYLOFT_COLLECTORS_GUEST_FULLNESS_H

#include <stdbool.h>

#define FULLNESS_ROUND 8    /* pairs of a short and a full echo, then it is judged */
#define FULLNESS_MOST 24    /* pairs, when loss leaves doubts */

struct fullness {
    unsigned pairs;                   /* sent so far */
    unsigned short_back, full_back;   /* answered of each */
};

enum fullness_judgement {
    FULLNESS_FINE, FULLNESS_LOSSY /* it works, much is lost */, FULLNESS_GIANTS_DROPPED,
    FULLNESS_SILENT /* not even short ones are answered */, FULLNESS_UNTOLD /* too much is lost to tell */,
    FULLNESS_MORE   /* another round of pairs will tell */
};

enum fullness_judgement fullness_judge(const struct fullness *f);

#endif
