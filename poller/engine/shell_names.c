/* Nodes configured by name: asked at once and again every few minutes. The last good address stays in
 * use when the name cannot be resolved. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"

#define ASK_AGAIN_S 300
#define ASK_SOON_S 20     /* while there is no address at all */
#define ADDRESSES_MAX 8

struct named_node {
    struct named_node *next;
    struct shell_names *names;
    char *node, *hostname;
    struct addr addresses[ADDRESSES_MAX];
    size_t count;
    struct timer again;
    bool asking, gone;
    bool failing; /* and said so */
};

struct shell_names {
    struct shell *shell;
    struct named_node *all;
};

struct shell_names *shell_names_create(struct shell *s)
{
    struct shell_names *n = calloc(1, sizeof *n);
    if (!n)
        fatal("no memory for names");
    n->shell = s;
    return n;
}

static void forget(struct named_node *n)
{
    shell_timer_stop(n->names->shell, &n->again);
    free(n->node);
    free(n->hostname);
    free(n);
}

static bool same(const struct named_node *n, const struct addr *addresses, size_t count)
{
    if (n->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!addr_equal(&n->addresses[i], &addresses[i]))
            return false;
    return true;
}

static void on_resolved(void *arg, const struct addr *addresses, size_t count, const char *error)
{
    struct named_node *n = arg;
    n->asking = false;
    if (n->gone) {
        forget(n);
        return;
    }
    if (count > ADDRESSES_MAX)
        count = ADDRESSES_MAX;
    if (error && !n->failing)
        log_warnx("names", "%s of %s: %s; asked again until it answers", n->hostname, n->node, error);
    n->failing = error;
    if (count && !same(n, addresses, count)) {
        memcpy(n->addresses, addresses, count * sizeof *addresses);
        n->count = count;
        collect_readdress(n->names->shell->runner.collect, n->node, n->addresses, n->count);
    }
    int64_t wait_s = n->count ? ASK_AGAIN_S : ASK_SOON_S;
    shell_timer_set(n->names->shell, &n->again, mono_after(clock_mono(), SECONDS(wait_s)));
}

static void ask(void *arg)
{
    struct named_node *n = arg;
    if (n->asking)
        return;
    n->asking = true;
    shell_resolver_ask(n->names->shell->resolver, n->hostname, on_resolved, n);
}

static bool is_wanted(const struct config *config, const struct named_node *n)
{
    const struct config_node *c = config_node_find(config, n->node);
    return c && c->hostname && !c->addresses_count && strcmp(c->hostname, n->hostname) == 0;
}

static void drop_unwanted(struct shell_names *names, const struct config *config)
{
    for (struct named_node **at = &names->all, *n; (n = *at);) {
        if (is_wanted(config, n)) {
            at = &n->next;
            continue;
        }
        *at = n->next;
        n->gone = true;
        if (!n->asking)
            forget(n); /* else when its answer comes */
    }
}

static struct named_node *find(const struct shell_names *names, const char *node)
{
    struct named_node *n = names->all;
    while (n && strcmp(n->node, node) != 0)
        n = n->next;
    return n;
}

static void add(struct shell_names *names, const struct config_node *c)
{
    struct named_node *n = calloc(1, sizeof *n);
    if (!n || !(n->node = strdup(c->name)) || !(n->hostname = strdup(c->hostname)))
        fatal("no memory for a name");
    n->names = names;
    n->again = (struct timer){.ring = ask, .arg = n};
    n->next = names->all;
    names->all = n;
    ask(n);
}

void shell_names_adopt(struct shell_names *names, const struct config *config)
{
    drop_unwanted(names, config);
    for (size_t i = 0; i < config->nodes_count; i++) {
        const struct config_node *c = &config->nodes[i];
        if (c->hostname && !c->addresses_count && !find(names, c->name))
            add(names, c);
    }
}

size_t shell_names_find(const struct shell_names *names, const char *node, const struct addr **out)
{
    const struct named_node *n = find(names, node);
    *out = n ? n->addresses : NULL;
    return n ? n->count : 0;
}

bool shell_names_has(const struct shell_names *names, const char *node)
{
    return find(names, node);
}

size_t shell_names_list(const struct shell_names *names, struct addr *out, size_t max)
{
    size_t count = 0;
    for (const struct named_node *n = names->all; n; n = n->next)
        for (size_t i = 0; i < n->count; i++)
            if (count++ < max)
                out[count - 1] = n->addresses[i];
    return count;
}

void shell_names_destroy(struct shell_names *names)
{
    if (!names)
        return;
    for (struct named_node *n = names->all, *next; n; n = next) {
        next = n->next;
        forget(n);
    }
    free(names);
}
