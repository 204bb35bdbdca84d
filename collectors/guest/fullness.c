#include "collectors/guest/fullness.h"

/* With one way in twenty lost each direction, all 8 full ones are lost by chance once in 10^8 probes. With a third of
 * the short ones lost it would be once in 6,000, so then all of 24 have to be lost; with more than that nothing is
 * told. */
#define CALM(pairs, back) ((back)*4 >= (pairs)*3)
#define SAYS_SOMETHING(pairs, back) ((back)*2 >= (pairs))
#define MUCH_IS_LOST(sent, back) ((back)*10 < (sent)*6)

enum fullness_judgement fullness_judge(const struct fullness *f)
{
    if (f->full_back)
        return MUCH_IS_LOST(2 * f->pairs, f->short_back + f->full_back) ? FULLNESS_LOSSY : FULLNESS_FINE;
    if (CALM(f->pairs, f->short_back))
        return FULLNESS_GIANTS_DROPPED;
    if (f->pairs < FULLNESS_MOST)
        return FULLNESS_MORE;
    if (!f->short_back)
        return FULLNESS_SILENT;
    return SAYS_SOMETHING(f->pairs, f->short_back) ? FULLNESS_GIANTS_DROPPED : FULLNESS_UNTOLD;
}
