/* A recorded device without its owner: names, addresses, serial numbers, users, places go, and what
 * stands in for them keeps what programs need of it, so that the device is still known and read as
 * before. Pure.
 *
 *   learn  what every object holds by standard or profile, or looks like, is noted
 *   write  what was noted is replaced wherever it stands, and what looks like it even if it was not
 *
 * It stands in values, as text or octets, in indexes of OIDs, inside other texts.
 *
 * Texts are replaced word by word; words that are everybody's (makers, families, models, "router")
 * stay. Left out is what no profile needs and others own: connections, programs that run, users and
 * views of the agent. */
#ifndef HAYLOFT_COMMAND_WALK_SCRUB_H
#define HAYLOFT_COMMAND_WALK_SCRUB_H

#include "poller/command/walk/rows.h"
#include "poller/model/profile.h"

struct scrub;

/* What an installed MIB calls the object; NULL: nothing. */
typedef const char *(*scrub_label_fn)(struct snmp_oid_view oid);

struct scrub_counts {
    size_t macs, addresses, texts; /* different ones that were replaced */
    size_t left_out;               /* objects */
    size_t kept;                   /* texts of makers' own objects that were left as they are */
};

/* Both may be NULL; the profiles outlive it. keep_texts: of texts in makers' own objects that no
 * profile reads, only what is an address or was learned goes. NULL: no memory. */
struct scrub *scrub_create(const struct profile_set *profiles, scrub_label_fn label,
                           bool keep_texts);
void scrub_destroy(struct scrub *s);
/* A word that must not be left wherever it stands: a community, a user. NULL is fine; false: no
 * memory. */
bool scrub_secret(struct scrub *s, const char *text);
/* Once. Appends to out, sorted. False: no memory. */
bool scrub_rows(struct scrub *s, const struct walk_rows *in, struct walk_rows *out);
struct scrub_counts scrub_counts(const struct scrub *s);

#endif
