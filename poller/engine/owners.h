/* Which of our nodes an address in somebody's tables belongs to. Known are the MACs that are configured, those of
 * bridges that told theirs, and what ARP and ND say of configured addresses: ours, and the tables of all nodes.
 * A MAC that several nodes answer with (a radio that puts its own on everything) is nobody's. */
#ifndef HAYLOFT_ENGINE_OWNERS_H
#define HAYLOFT_ENGINE_OWNERS_H

#include "poller/base/arena.h"
#include "poller/base/netinfo.h"
#include "poller/message/web_engine.h"

struct engine;
struct node;

/* Fills neighbour_nodes and owners of t: of what stands in its wiring, and of n's wireless stations. heard: the
 * kernel's neighbours, may be none. Names are the engine's. Without memory nobody is known. */
void owners_find(const struct engine *e, const struct node *n, const struct netinfo_heard *heard,
                 size_t heard_count, struct arena *arena, struct ew_tables *t);

#endif
