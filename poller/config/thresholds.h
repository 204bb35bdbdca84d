/* `warn: {signal: -70 dBm}` and `bad:` of nodes, links and defaults: each value read by its meaning, which
 * says the unit and which way is worse. */
#ifndef HAYLOFT_CONFIG_THRESHOLDS_H
#define HAYLOFT_CONFIG_THRESHOLDS_H

#include "poller/config/bind.h"
#include "poller/config/config.h"
#include "poller/model/profile.h"

/* A value of one meaning into the bounds of its warning, or of what is bad: "-70 dBm"; "..60 C" above,
 * "5.. C" below, "5..60 C" both; "off". What it does not say stays. False with a sentence in *why. */
bool threshold_read(const struct meaning *m, const char *text, bool bad, struct reading_limits *l,
                    struct buf *why);

/* What was written, and what it comes to. */
struct written_thresholds {
    struct config_header *const *warn, *const *bad;
    const size_t *warn_count, *bad_count;
    struct config_threshold **list;
    size_t *count;
};
/* entry: the map that holds `warn` and `bad`, for places. profiles NULL, or without meanings: nothing is
 * read. */
void thresholds_bind(struct binder *b, const struct profile_set *profiles, const struct yaml *entry,
                     const struct written_thresholds *w);

#endif
