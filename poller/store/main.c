/* hayloft-store: the one writer. Takes its slice and its peers from the parent, then turns the loop. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/config/config.h"
#include "poller/message/role.h"
#include "poller/store/store.h"

struct main {
    uv_loop_t *loop;
    struct role_runtime *runtime;
    struct store *store;
    struct arena *prepared_arena;
    struct config *prepared;
    struct layout_span spans[LAYOUT_SPANS_MAX];
    const char **vantages; /* names, of the settings being made */
    int early[ROLE_COUNT]; /* peers that came before the first slice was adopted; -1: none */
};

static void want_courier(void *ctx)
{
    struct main *m = ctx;
    role_want(m->runtime, ROLE_COURIER);
}

static void forget(void *ctx, uint64_t generation)
{
    struct main *m = ctx;
    (void)generation;
    arena_destroy(m->prepared_arena);
    m->prepared_arena = NULL;
    m->prepared = NULL;
}

static bool prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    struct main *m = ctx;
    forget(m, 0);
    m->prepared_arena = arena_create(0);
    m->prepared = m->prepared_arena ? arena_take(m->prepared_arena, sizeof *m->prepared) : NULL;
    if (m->prepared && config_unpack(slice, len, NULL, m->prepared_arena, m->prepared) &&
        m->prepared->state_dir)
        return true;
    forget(m, generation);
    *error = strdup("store cannot read its part of the configuration");
    return false;
}

static struct store_settings settings_of(struct main *m, const struct config *c)
{
    size_t n = c->keep.archives_count < LAYOUT_SPANS_MAX ? c->keep.archives_count : LAYOUT_SPANS_MAX;
    for (size_t i = 0; i < n; i++)
        m->spans[i] = (struct layout_span){c->keep.archives[i].step_ns / NS_PER_S,
                                           c->keep.archives[i].keep_ns / NS_PER_S};
    m->vantages = arena_take(m->prepared_arena, (c->vantages_count + 1) * sizeof *m->vantages);
    for (size_t i = 0; m->vantages && i < c->vantages_count; i++)
        m->vantages[i] = c->vantages[i].name;
    return (struct store_settings){
        .state_folder = c->state_dir,
        .journal_sync_ns = c->journal.sync_ns > 0 ? c->journal.sync_ns : SECONDS(10),
        .journal_ceiling_bytes = (uint64_t)c->journal.ceiling_bytes,
        .spans = n ? m->spans : NULL,
        .span_count = n,
        .series_ceiling = (uint32_t)c->keep.series_ceiling,
        .events_keep_ns = c->keep.events_ns,
        .vantage = c->vantage,
        .upstream_url = c->upstream.url,
        .upstream_every_ns = c->upstream.url ? c->upstream.every_ns : 0,
        .vantages = m->vantages,
        .want_courier = want_courier,
        .ctx = m,
    };
}

static void adopt(void *ctx, uint64_t generation)
{
    struct main *m = ctx;
    if (!m->prepared)
        return;
    struct store_settings settings = settings_of(m, m->prepared);
    if (m->store) {
        store_configure(m->store, &settings);
    } else {
        sandbox_enter(SANDBOX_STORE, &(struct sandbox_paths){.state_dir = settings.state_folder});
        m->store = store_create(m->loop, &settings);
        if (!m->store)
            fatalx("%s cannot be used", settings.state_folder);
        for (int peer = 0; peer < ROLE_COUNT; peer++)
            if (m->early[peer] >= 0)
                store_peer(m->store, (enum role)peer, m->early[peer]);
    }
    forget(m, generation);
}

static void peer(void *ctx, enum role peer, int fd)
{
    struct main *m = ctx;
    if (m->store) {
        store_peer(m->store, peer, fd);
        return;
    }
    if (m->early[peer] >= 0)
        close(m->early[peer]);
    m->early[peer] = fd;
}

static void stop(void *ctx)
{
    struct main *m = ctx;
    uv_stop(m->loop);
}

static const struct role_hooks hooks = {
    .prepare = prepare, .adopt = adopt, .forget = forget, .peer = peer, .stop = stop};

/* Small machines: one heap for all threads, and large blocks (a segment that is read) go back at once. */
static void keep_memory_small(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

int main(void)
{
    struct main m = {.loop = uv_default_loop()};
    log_init("store", LOG_LEVEL_INFO);
    umask(027);
    keep_memory_small();
    for (int i = 0; i < ROLE_COUNT; i++)
        m.early[i] = -1;
    m.runtime = role_start(m.loop, ROLE_STORE, &hooks, &m);
    uv_run(m.loop, UV_RUN_DEFAULT);
    store_destroy(m.store);
    role_finish(m.runtime);
    return 0;
}
