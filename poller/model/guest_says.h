/* What the result of one probe says of each thing that can be wrong with a network by itself: whether guests are
 * served, whether they are kept apart, and who else hands out addresses or plays router there. */
#ifndef HAYLOFT_MODEL_GUEST_SAYS_H
#define HAYLOFT_MODEL_GUEST_SAYS_H

#include "poller/model/guest.h"

enum guest_matter {
    GUEST_MATTER_SERVICE,   /* link to full-size frames: the first step that fails */
    GUEST_MATTER_ISOLATION, /* a guest reaches what it must not */
    GUEST_MATTER_DHCP,      /* a stranger offers addresses on this VLAN */
    GUEST_MATTER_RA,        /* a stranger says on this VLAN that it is a router */
    GUEST_MATTERS
};
extern const char *const guest_matter_words[]; /* service isolation dhcp ra; ends with NULL */

struct guest_saying {
    enum verdict verdict;   /* unknown: nothing is said; degraded: too much was lost to tell */
    enum guest_step step;   /* that is not well */
    enum guest_reason reason;
};

struct guest_saying guest_says(const struct guest_result *r, enum guest_matter m);
/* The same for who knows whom offers came from while all was well: what that one offers otherwise is no stranger's
 * doing but wrong settings. */
struct guest_saying guest_says_beside(const struct guest_result *r, enum guest_matter m, const struct mac *usual);
/* Whom the expected offer came from; not set: there was none. */
struct mac guest_server_mac(const struct guest_result *r);
/* Why the whole probe says nothing: ours (no-link, no-right, not-heard), or not-carried. GUEST_NONE: it says
 * something. */
enum guest_reason guest_says_nothing(const struct guest_result *r);
/* The step's result; one that is not done when the probe does not tell. */
struct guest_step_result guest_step_of(const struct guest_result *r, enum guest_step step);

#endif
