/* hayloft-web: pages, JSON and events for people and programs. It reads and asks; it writes nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/document/maker.h"
#include "poller/message/role.h"
#include "web/server.h"
#include "web/session.h"
#include "web/stream.h"
#include "web/web.h"

#define PEM_MAX_BYTES 65536

/* One generation of the configuration. Behind the fence no certificate can be read any more: its text is
 * handed on as long as the paths stay the same. */
struct generation {
    struct arena *arena;
    struct config config;
    char *certificate, *key; /* PEM; both NULL without TLS */
};

struct front {
    uv_loop_t loop;
    struct role_runtime *role;
    struct web web;
    struct generation *current, *next;
    bool fenced;
};

static void generation_destroy(struct generation *g)
{
    if (!g)
        return;
    arena_destroy(g->arena);
    free(g->certificate);
    free(g->key);
    free(g);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static char *read_pem(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, PEM_MAX_BYTES + 1) : NULL;
    if (text && fread(text, 1, PEM_MAX_BYTES, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

static bool take_certificate(const struct front *f, struct generation *g, char **error)
{
    const struct config_web *w = &g->config.web;
    const struct generation *old = f->current;
    struct buf sentence = {0};
    if (!w->certificate || !*w->certificate || !w->key || !*w->key)
        return true;
    bool same = old && old->certificate && same_text(old->config.web.certificate, w->certificate) &&
                same_text(old->config.web.key, w->key);
    g->certificate = same ? strdup(old->certificate) : read_pem(w->certificate);
    g->key = same ? strdup(old->key) : read_pem(w->key);
    if (g->certificate && g->key)
        return true;
    buf_printf(&sentence, "cannot read %s%s", g->certificate ? w->key : w->certificate,
               f->fenced ? ": another certificate takes a restart of hayloft" : "");
    *error = buf_detach(&sentence);
    return false;
}

static bool prepare(void *ctx, uint64_t number, const void *slice, size_t len, char **error)
{
    struct front *f = ctx;
    struct generation *g = calloc(1, sizeof *g);
    if (g)
        g->arena = arena_create(0);
    if (!g || !g->arena || !config_unpack(slice, len, NULL, g->arena, &g->config)) {
        generation_destroy(g);
        *error = strdup("the configuration was not understood");
        return false;
    }
    if (!take_certificate(f, g, error)) {
        generation_destroy(g);
        return false;
    }
    generation_destroy(f->next);
    f->next = g;
    return true;
}

static void forget(void *ctx, uint64_t number)
{
    struct front *f = ctx;
    generation_destroy(f->next);
    f->next = NULL;
}

static bool listens_beyond(const char *listen)
{
    return strncmp(listen, "127.", 4) != 0 && strncmp(listen, "[::1]", 5) != 0;
}

/* Passwords over plain HTTP are for this machine alone, unless somebody said that the network is theirs. */
static const char *allowed_listen(const struct config_web *w, bool secure, char here[static 32])
{
    const char *port = strrchr(w->listen, ':');
    if (!listens_beyond(w->listen) || secure || w->trusted_network)
        return w->listen;
    snprintf(here, 32, "127.0.0.1%.8s", port ? port : ":8480");
    log_warnx("web", "serving only at %s: beyond this machine it takes certificate: and key:, or "
                     "trusted_network: true", here);
    return here;
}

static bool serves_alike(const struct config_web *a, const struct config_web *b)
{
    return a->enabled == b->enabled && same_text(a->listen, b->listen) &&
           same_text(a->certificate, b->certificate) && same_text(a->key, b->key) &&
           a->trusted_network == b->trusted_network;
}

static void serve(struct front *f)
{
    const struct config_web *w = &f->current->config.web;
    char here[32], *error = NULL;
    server_destroy(f->web.server);
    f->web.server = NULL;
    if (!w->enabled)
        return;
    f->web.secure = f->current->certificate != NULL;
    const char *listen = allowed_listen(w, f->web.secure, here);
    f->web.server = server_create(&f->loop, &f->web, listen, f->current->certificate, f->current->key, &error);
    if (f->web.server)
        log_info("web", "serving at %s://%s/", f->web.secure ? "https" : "http", listen);
    else
        log_warnx("web", "%s", error ? error : "out of memory");
    free(error);
}

static void adopt(void *ctx, uint64_t number)
{
    struct front *f = ctx;
    struct generation *old = f->current;
    if (!f->next)
        return;
    f->current = f->next;
    f->next = NULL;
    f->web.config = &f->current->config;
    backend_set_state_dir(f->web.backend, f->current->config.state_dir);
    if (!old || !f->web.server || !serves_alike(&old->config.web, &f->current->config.web))
        serve(f);
    if (!f->fenced) /* after the certificate was read, before anybody is listened to */
        f->fenced = sandbox_enter(SANDBOX_WEB, &(struct sandbox_paths){.state_dir = f->current->config.state_dir});
    generation_destroy(old);
}

static void peer(void *ctx, enum role who, int fd)
{
    struct front *f = ctx;
    backend_set_peer(f->web.backend, who, fd);
}

static void stop(void *ctx)
{
    struct front *f = ctx;
    uv_stop(&f->loop);
}

static void changed(void *ctx)
{
    struct front *f = ctx;
    streams_changed(f->web.streams);
}

int main(void)
{
    static struct front f;
    static const struct role_hooks hooks = {.prepare = prepare, .adopt = adopt, .forget = forget,
                                            .peer = peer, .stop = stop};
    log_init("web", LOG_LEVEL_INFO);
    tzset(); /* while the zone's file can still be read */
    uv_loop_init(&f.loop);
    gethostname(f.web.own_name, sizeof f.web.own_name - 1);
    f.web.sessions = sessions_create();
    f.web.streams = streams_create(&f.loop, &f.web);
    f.web.backend = backend_create(&f.loop, changed, &f);
    f.web.makers = makers_open(); /* while it can still be opened */
    f.role = role_start(&f.loop, ROLE_WEB, &hooks, &f);
    backend_set_role(f.web.backend, f.role);

    uv_run(&f.loop, UV_RUN_DEFAULT);

    server_destroy(f.web.server);
    f.web.server = NULL;
    backend_destroy(f.web.backend);
    streams_destroy(f.web.streams);
    role_finish(f.role);
    uv_run(&f.loop, UV_RUN_NOWAIT);
    sessions_destroy(f.web.sessions);
    makers_close(f.web.makers);
    generation_destroy(f.current);
    generation_destroy(f.next);
    return 0;
}
