/* What people and pages see of the engine: messages made from its state whenever somebody looks. */
#ifndef HAYLOFT_ENGINE_VIEW_H
#define HAYLOFT_ENGINE_VIEW_H

#include "poller/base/netinfo.h"
#include "poller/engine/engine.h"

/* Texts point into the engine or live in arena: use them before the next take. */
void view_status(const struct engine *e, struct arena *arena, struct ew_status *out);
size_t view_node_count(const struct engine *e);
void view_node(const struct engine *e, size_t index, struct arena *arena, struct ew_node *out);
bool view_node_named(const struct engine *e, const char *name, struct arena *arena,
                     struct ew_node *out);
size_t view_link_count(const struct engine *e);
void view_link(const struct engine *e, size_t index, struct ew_link *out);
/* Networks, the one this machine stands in last; see view_network.c for what is told of them. */
size_t view_network_count(const struct engine *e);
bool view_network_find(const struct engine *e, const char *name, size_t *index);
void view_network(const struct engine *e, size_t index, struct arena *arena,
                  struct ew_network *out);
/* Is it an address that guests and listeners of ours go by? */
bool view_is_ours(const struct engine *e, const struct mac *mac);
/* view_vantage.c: how it is here, for who hears it elsewhere; and those that report to us. */
void view_for_upstream(const struct engine *e, struct arena *arena, struct vantage_view *out);
size_t view_vantage_count(const struct engine *e);
void view_vantage(const struct engine *e, size_t index, struct arena *arena, struct ew_vantage *out);
bool view_vantage_named(const struct engine *e, const char *name, struct arena *arena, struct ew_vantage *out);
/* As vantages see a node. */
void view_elsewhere(const struct engine *e, const char *node, struct arena *arena, struct ew_detail *out);
/* heard: the kernel's neighbours, for whose the addresses are; may be none. */
void view_tables(const struct engine *e, const char *name, const struct netinfo_heard *heard, size_t heard_count,
                 struct arena *arena, struct ew_tables *out);
void view_detail(const struct engine *e, const char *name, struct arena *arena,
                 struct ew_detail *out);

#endif
