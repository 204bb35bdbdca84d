/* Samples in the journal that the upstream has not acknowledged, on their way into reports, oldest first. Where the
 * journal's ceiling took some unread, it says which. */
#ifndef HAYLOFT_STORE_BACKLOG_H
#define HAYLOFT_STORE_BACKLOG_H

#include "poller/base/buf.h"
#include "poller/message/vantage.h"
#include "poller/store/journal.h"
#include "poller/store/series.h"

struct backlog;

struct backlog *backlog_create(const struct journal *j, const struct series *s, struct journal_position from);
void backlog_destroy(struct backlog *b); /* NULL is fine */

/* Appends to a report pieces of at most so many bytes: objects, and rows of them. The same again until backlog_told. */
void backlog_put(struct backlog *b, struct buf *out, size_t most_bytes);
/* What the last put left: stamp of the oldest sample behind it; ns 0: none waits. */
struct wall backlog_behind(const struct backlog *b);
/* Dropped unread before what was put; NULL: nothing. */
const struct vantage_lost *backlog_lost(const struct backlog *b);
/* What the last put took is the upstream's now. */
void backlog_told(struct backlog *b);
struct journal_position backlog_position(const struct backlog *b); /* before the oldest that is not */

#endif
