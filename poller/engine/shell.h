/* The shell around the step function: sockets, timers, collectors, links to the other roles. All that
 * knows libuv in the engine's process is in the shell_* files. */
#ifndef HAYLOFT_ENGINE_SHELL_H
#define HAYLOFT_ENGINE_SHELL_H

#include <uv.h>

#include "collectors/collector.h"
#include "poller/base/netinfo_kernel.h"
#include "poller/base/packets_kernel.h"
#include "poller/engine/runner.h"
#include "poller/message/role.h"

struct shell_store;
struct shell_control;
struct shell_courier;
struct shell_resolver;
struct shell_names;
struct shell_kept;
struct shell_carrier;
struct shell_seen;
struct shell_upstream;
struct held_profiles;
struct shell_work;
struct shell_wire;

struct held_config {
    struct arena *arena;
    struct config config;
};

struct shell {
    uv_loop_t *loop;
    struct role_runtime *role;
    struct engine *engine;
    struct held_config *running, *prepared;
    struct held_profiles *profiles, *prepared_profiles; /* prepared: NULL when they are the same again */
    struct runner runner;
    uv_timer_t timer;
    struct packets_kernel *packets;
    struct netinfo_kernel *netinfo;
    struct env env; /* for the runner */
    struct shell_store *store;
    struct shell_control *control;
    struct shell_courier *courier;
    struct shell_resolver *resolver;
    struct shell_names *names;
    struct shell_kept *kept;
    struct shell_carrier *carrier;
    struct shell_seen *seen;
    struct shell_upstream *upstream;
    struct shell_work *work;
    struct shell_wire *wire;
    int early_store;      /* store's channel, come before the first configuration; -1: none */
    int64_t slept_ns;     /* of this machine since it started */
    uint64_t slow_rounds; /* turns of the loop over 5 ms */
};

/* Hands an input to the engine and does what it answers. */
void shell_step(struct shell *s, const struct input *in);
void shell_measure_rounds(struct shell *s);  /* counts slow turns of the loop */
/* The runner's. */
struct instant shell_begin(void *shell);
void shell_taken(void *shell);
void shell_perform(void *shell, const struct output *o);

/* shell_timers.c */
void shell_timers_start(struct shell *s);
void shell_arm(void *shell, struct mono due); /* the runner's */
void shell_timer_set(struct shell *s, struct timer *t, struct mono when);
void shell_timer_stop(struct shell *s, struct timer *t);
void shell_timers_stop(struct shell *s);

/* shell_env.c */
void shell_run(struct shell *s); /* makes the runner; the engine is there */

/* shell_profiles.c: what collectors go by */
bool shell_profiles_prepare(struct shell *s, struct reader *packed); /* false: not a whole set */
/* Puts what was prepared into env. The old set, which its user drops when no check goes by it any more;
 * NULL: there was none, or it stays. */
struct held_profiles *shell_profiles_adopt(struct shell *s);
void shell_profiles_drop(struct held_profiles *h); /* NULL is fine */

/* shell_store.c: the numbered link to store */
struct shell_store *shell_store_create(struct shell *s);
void shell_store_connect(struct shell_store *l, int fd);
void shell_store_commit(struct shell_store *l, const struct es_commit *commit);
void shell_store_sample(struct shell_store *l, const struct object *o);
void shell_store_keep(struct shell_store *l, const char *node, const char *key, const char *value);
void shell_store_view(struct shell_store *l, const struct vantage_view *view);
void shell_store_flush(struct shell_store *l); /* what was batched goes out now, if the time is known */
/* The best known time, after each step. set: the system's clock is believed; settled: samples may be stamped
 * by it. Until then they wait here. */
void shell_store_time(struct shell_store *l, struct instant now, bool set, bool settled);
void shell_store_describe(const struct shell_store *l, struct ew_status *out);
void shell_store_destroy(struct shell_store *l);

/* shell_control.c: who looks and who commands */
struct shell_control *shell_control_create(struct shell *s);
/* False with errno: it is tried again now and then. */
bool shell_control_listen(struct shell_control *c, const char *state_dir);
void shell_control_connect(struct shell_control *c, int fd); /* the web role */
void shell_control_perform(struct shell_control *c, const struct output *o); /* SHOW_* RESULT ... */
void shell_control_seen(struct shell_control *c, enum engine_to_web type, const struct ew_seen *row);
void shell_control_reloaded(struct shell_control *c, const struct pa_reloaded *r);
void shell_control_destroy(struct shell_control *c);

/* shell_courier.c: pages fetched, and devices' own interfaces read, for checks */
struct shell_courier *shell_courier_create(struct shell *s);
void shell_courier_connect(struct shell_courier *c, int fd);
void shell_courier_fetch(struct shell_courier *c, const struct fetch_request *r, fetch_fn fn,
                         void *arg);
void shell_courier_consult(struct shell_courier *c, const struct consult_request *r, consult_fn fn,
                           void *arg);
void shell_courier_ask_ups(struct shell_courier *c, const struct ups_request *r, ups_fn fn, void *arg);
void shell_courier_destroy(struct shell_courier *c);

/* shell_wire.c: whole Ethernet frames, by the process that may capture. It is started when the first way is
 * opened; one that ends is started again and told of all ways */
struct shell_wire *shell_wire_create(struct shell *s);
void shell_wire_connect(struct shell_wire *w, int fd);
const struct ether *shell_wire_door(const struct shell_wire *w);
const struct wifi *shell_wire_wifi(const struct shell_wire *w);
void shell_wire_destroy(struct shell_wire *w);

/* shell_resolver.c: names by c-ares */
struct shell_resolver *shell_resolver_create(struct shell *s);
void shell_resolver_ask(struct shell_resolver *r, const char *name, resolved_fn fn, void *arg);
void shell_resolver_destroy(struct shell_resolver *r);

/* shell_names.c: addresses of nodes configured by name */
struct shell_names *shell_names_create(struct shell *s);
void shell_names_adopt(struct shell_names *n, const struct config *config);
/* What is known now; 0 when nothing yet. */
bool shell_names_has(const struct shell_names *n, const char *node); /* it is known by a name only */
size_t shell_names_find(const struct shell_names *n, const char *node, const struct addr **out);
/* All known addresses, at most max; returns how many there are. */
size_t shell_names_list(const struct shell_names *n, struct addr *out, size_t max);
void shell_names_destroy(struct shell_names *n);

/* shell_kept.c: what collectors learned and want back after a restart */
struct shell_kept *shell_kept_create(void);
const char *shell_kept_find(const struct shell_kept *k, const char *node, const char *key);
bool shell_kept_put(struct shell_kept *k, const char *node, const char *key,
                    const char *value); /* true when it differs */
void shell_kept_destroy(struct shell_kept *k);

/* shell_carrier.c: has our own interface a link? */
struct shell_carrier *shell_carrier_create(struct shell *s);
void shell_carrier_adopt(struct shell_carrier *c, const struct config *config);
void shell_carrier_destroy(struct shell_carrier *c);

/* shell_seen.c: devices heard on our links that are not watched */
struct shell_seen *shell_seen_create(struct shell *s);
void shell_seen_adopt(struct shell_seen *n); /* a configuration was adopted */
void shell_seen_recall(struct shell_seen *n, const struct se_restored *r);
void shell_seen_restamp(struct shell_seen *n, const struct restamp *span);
size_t shell_seen_count(const struct shell_seen *n);
struct ew_seen shell_seen_at(const struct shell_seen *n, size_t i);
uint64_t shell_seen_left_out(const struct shell_seen *n);
void shell_seen_destroy(struct shell_seen *n);

/* shell_upstream.c: how it is here, for the house */
struct shell_upstream *shell_upstream_create(struct shell *s);
/* Something was decided, store is there, or another configuration. */
void shell_upstream_changed(struct shell_upstream *u);
void shell_upstream_destroy(struct shell_upstream *u);

/* shell_work.c: what is computed beside the loop */
struct shell_work *shell_work_create(uv_loop_t *loop);
void shell_work_do(struct shell_work *w, work_fn run, work_fn done, void *arg);
/* After all who may have asked are gone: waits for what runs, drops what has not begun. */
void shell_work_destroy(struct shell_work *w);

#endif
