/* Collectors and their checks: what the engine wants started is handed to the collector of its
 * kind; one that cannot be had answers by a report of its own fault. All of it goes by env: no loop
 * and no clock of its own. */
#ifndef HAYLOFT_ENGINE_COLLECT_H
#define HAYLOFT_ENGINE_COLLECT_H

#include "collectors/collector.h"
#include "poller/engine/engine.h"

/* Addresses of nodes that are configured by a name. */
struct collect_names {
    void *ctx;
    bool (*has)(void *ctx, const char *node); /* it is known by a name only; NULL: no node is */
    size_t (*find)(void *ctx, const char *node, const struct addr **out); /* 0 when nothing yet */
};

struct collect;

/* Collectors are made when first needed, with this env; it and names stay the caller's. */
struct collect *collect_create(const struct env *env, const struct collect_names *names);
void collect_destroy(struct collect *c); /* NULL is fine */

/* Before the engine takes it; outlives the checks adopted from it. */
void collect_configure(struct collect *c, const struct config *config);
void collect_perform(struct collect *c, const struct output *o); /* ADOPT DROP START CANCEL */
void collect_flush(struct collect *c);
bool collect_is(const struct collect *c, uint32_t check, const char *kind);
bool collect_waits_for_address(const struct collect *c, uint32_t check); /* of a node's name */
/* The node's name has new addresses. */
void collect_readdress(struct collect *c, const char *node, const struct addr *addresses,
                       size_t count);

void collect_reprofile(struct collect *c); /* another set of profiles stands in env */

/* internet_options.c: the Internet's settings as its collector wants them; NULL when it has none */
void *internet_options(const struct config *config, const struct record *wanted,
                       struct arena *arena);

#endif
