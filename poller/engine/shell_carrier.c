/* What happens to this machine itself, looked at every few seconds: has our interface a link on the ways
 * that lead to nodes, and did the machine sleep? */
#include <stdlib.h>
#include <time.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"

#define LOOK_EVERY_S 3
#define WAYS_MAX 8
#define SLEPT_NS SECONDS(5) /* the clock that counts sleep ran ahead by so much */

struct shell_carrier {
    struct shell *shell;
    struct timer look;
    uint32_t ways[WAYS_MAX];
    size_t count;
    int64_t slept_ns; /* since boot, when last looked */
};

static int64_t slept_since_boot(void)
{
    struct timespec boot;
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return SECONDS((int64_t)boot.tv_sec) + boot.tv_nsec - clock_mono().ns;
}

static void notice_sleep(struct shell_carrier *c)
{
    int64_t slept_ns = slept_since_boot();
    if (slept_ns - c->slept_ns > SLEPT_NS)
        shell_step(c->shell, &(struct input){.kind = INPUT_RESUMED});
    c->slept_ns = slept_ns;
}

static void look(void *arg)
{
    struct shell_carrier *c = arg;
    notice_sleep(c);
    const struct netinfo *n = c->shell->env.netinfo;
    for (size_t i = 0; i < c->count; i++) {
        struct netinfo_link link;
        if (!n->ops->link(n->self, c->ways[i], &link))
            continue;
        struct own_fact f = {"own.carrier", link.name, link.carrier ? "up" : "down"};
        shell_step(c->shell, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &f});
    }
    shell_timer_set(c->shell, &c->look, mono_after(clock_mono(), SECONDS(LOOK_EVERY_S)));
}

struct shell_carrier *shell_carrier_create(struct shell *s)
{
    struct shell_carrier *c = calloc(1, sizeof *c);
    if (!c)
        fatal("no memory for the carrier");
    c->shell = s;
    c->look = (struct timer){.ring = look, .arg = c};
    c->slept_ns = slept_since_boot();
    return c;
}

/* A link is asked about once, however many nodes are behind it: the first echo waits for this. */
static void add_way(struct shell_carrier *c, const struct addr *to, uint32_t *loopback)
{
    const struct netinfo *n = c->shell->env.netinfo;
    struct netinfo_path path;
    struct netinfo_link link;
    if (!n->ops->path(n->self, to, &path) || path.ifindex == *loopback)
        return;
    for (size_t i = 0; i < c->count; i++)
        if (c->ways[i] == path.ifindex)
            return;
    if (!n->ops->link(n->self, path.ifindex, &link))
        return;
    if (link.loopback)
        *loopback = path.ifindex;
    else if (c->count < WAYS_MAX)
        c->ways[c->count++] = path.ifindex;
}

void shell_carrier_adopt(struct shell_carrier *c, const struct config *config)
{
    uint32_t loopback = 0; /* no link has this number */
    if (!c->shell->env.netinfo)
        return;
    for (size_t i = 0; i < config->nodes_count && c->count < WAYS_MAX; i++)
        if (config->nodes[i].addresses_count)
            add_way(c, &config->nodes[i].addresses[0], &loopback);
    if (c->count && !c->look.link)
        look(c);
}

void shell_carrier_destroy(struct shell_carrier *c)
{
    if (!c)
        return;
    shell_timer_stop(c->shell, &c->look);
    free(c);
}
