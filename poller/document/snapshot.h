/* The engine's live view, as last told: what EW_* messages say, kept decoded. After a new subscription
 * (the engine came back) old things stay readable until EW_SNAPSHOT_END and go then if not named again. */
#ifndef HAYLOFT_DOCUMENT_SNAPSHOT_H
#define HAYLOFT_DOCUMENT_SNAPSHOT_H

#include "poller/base/frame.h"
#include "poller/message/web_engine.h"

#define SNAPSHOT_THINGS_MAX 65536 /* of each sort; more are counted as refused, not kept */

struct snapshot;

struct snapshot *snapshot_create(void);
void snapshot_destroy(struct snapshot *s); /* NULL is fine */

/* Call before each WE_SUBSCRIBE. */
void snapshot_begin(struct snapshot *s);
/* Keeps what the message says; the frame's bytes are not needed afterwards. False: not one of the view's
 * messages, or not understood. */
bool snapshot_take(struct snapshot *s, const struct frame *frame);
bool snapshot_is_whole(const struct snapshot *s); /* EW_SNAPSHOT_END was seen since the last begin */
bool snapshot_was_whole(const struct snapshot *s); /* ... since the beginning */
uint64_t snapshot_version(const struct snapshot *s); /* grows with each change */

/* Pointers live until the next take. Order: as the engine first told them. */
const struct ew_status *snapshot_status(const struct snapshot *s); /* NULL before the first */
/* What the engine reckons while the system's clock is not believed is this process's time too. After each
 * status. */
void snapshot_follow_clock(const struct snapshot *s);
size_t snapshot_node_count(const struct snapshot *s);
const struct ew_node *snapshot_node_at(const struct snapshot *s, size_t i);
const struct ew_node *snapshot_node(const struct snapshot *s, const char *name);
size_t snapshot_link_count(const struct snapshot *s);
const struct ew_link *snapshot_link_at(const struct snapshot *s, size_t i);
size_t snapshot_network_count(const struct snapshot *s);
const struct ew_network *snapshot_network_at(const struct snapshot *s, size_t i);
size_t snapshot_seen_count(const struct snapshot *s);
const struct ew_seen *snapshot_seen_at(const struct snapshot *s, size_t i);
size_t snapshot_vantage_count(const struct snapshot *s);
const struct ew_vantage *snapshot_vantage_at(const struct snapshot *s, size_t i);

#endif
