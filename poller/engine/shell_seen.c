/* Who the kernel has heard on our links: its table of neighbours is read when a configuration comes and
 * once a minute. Nothing is sent for this. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/seen.h"
#include "poller/engine/shell.h"
#include "poller/engine/view.h"

#define LOOK_EVERY_S 60
#define HEARD_MAX (4 * SEEN_MAX) /* of one look, watched ones among them */

struct shell_seen {
    struct shell *shell;
    struct seen *seen;
    struct timer look;
    struct addr *watched; /* sorted; made for each look, for names get new addresses */
    size_t watched_count;
    uint64_t unread;      /* neighbours the last look had no room for */
};

static int compare(const void *a, const void *b)
{
    const struct addr *x = a, *y = b;
    if (x->family != y->family)
        return x->family < y->family ? -1 : 1;
    return memcmp(x->bytes, y->bytes, sizeof x->bytes);
}

static bool is_watched(void *ctx, const struct addr *a, const struct mac *mac)
{
    const struct shell_seen *n = ctx;
    bool ours = view_is_ours(n->shell->engine, mac);
    return ours || (n->watched_count && bsearch(a, n->watched, n->watched_count, sizeof *n->watched, compare));
}

static struct ew_seen row_of(const struct seen_device *d)
{
    return (struct ew_seen){
        .address = d->address, .mac = d->mac, .first = d->first, .last = d->last};
}

static void show(void *ctx, const struct seen_device *d)
{
    const struct shell_seen *n = ctx;
    struct ew_seen row = row_of(d);
    shell_control_seen(n->shell->control, EW_SEEN, &row);
}

static void gone(void *ctx, const struct seen_device *d)
{
    const struct shell_seen *n = ctx;
    struct ew_seen row = row_of(d);
    shell_control_seen(n->shell->control, EW_SEEN_GONE, &row);
}

static void keep(void *ctx, const char *key, const char *value)
{
    const struct shell_seen *n = ctx;
    shell_store_keep(n->shell->store, "", key, value);
}

static size_t count_configured(const struct config *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->nodes_count; i++)
        count += c->nodes[i].addresses_count;
    return count;
}

static bool list_watched(struct shell_seen *n)
{
    const struct config *c = &n->shell->running->config;
    size_t named = shell_names_list(n->shell->names, NULL, 0), at = 0;
    size_t count = count_configured(c) + named;
    n->watched = calloc(count + 1, sizeof *n->watched);
    if (!n->watched)
        return false;
    for (size_t i = 0; i < c->nodes_count; i++)
        for (size_t k = 0; k < c->nodes[i].addresses_count; k++)
            n->watched[at++] = c->nodes[i].addresses[k];
    at += shell_names_list(n->shell->names, n->watched + at, named);
    qsort(n->watched, at, sizeof *n->watched, compare);
    n->watched_count = at;
    return true;
}

static void look(void *arg)
{
    struct shell_seen *n = arg;
    const struct netinfo *net = n->shell->env.netinfo;
    const struct seen_listener listener = {n, is_watched, show, gone, keep};
    struct netinfo_heard *heard = calloc(HEARD_MAX, sizeof *heard);
    shell_step(n->shell, &(struct input){.kind = INPUT_TICK}); /* a clock gone wrong would make all of them old */
    if (heard && list_watched(n)) {
        size_t count = net->ops->neighbours(net->self, heard, HEARD_MAX);
        n->unread = count > HEARD_MAX ? count - HEARD_MAX : 0;
        seen_look(n->seen, heard, count - n->unread, clock_wall(), &listener);
        struct heard_addresses all = {heard, count - n->unread};
        shell_step(n->shell, &(struct input){.kind = INPUT_HEARD, .heard = &all});
    }
    free(heard);
    free(n->watched);
    n->watched = NULL;
    n->watched_count = 0;
    shell_timer_set(n->shell, &n->look, mono_after(clock_mono(), SECONDS(LOOK_EVERY_S)));
}

struct shell_seen *shell_seen_create(struct shell *s)
{
    struct shell_seen *n = calloc(1, sizeof *n);
    if (!n || !(n->seen = seen_create()))
        fatal("no memory for what is seen");
    n->shell = s;
    n->look = (struct timer){.ring = look, .arg = n};
    return n;
}

void shell_seen_adopt(struct shell_seen *n)
{
    if (n->shell->env.netinfo && n->shell->running)
        look(n);
}

void shell_seen_recall(struct shell_seen *n, const struct se_restored *r)
{
    for (size_t i = 0; i < r->kept_count; i++) {
        const struct kept_item *k = &r->kept[i];
        if (k->key && k->value && (!k->node || !*k->node))
            seen_recall(n->seen, k->key, k->value);
    }
    if (!r->last)
        return;
    seen_recalled(n->seen);
    shell_seen_adopt(n); /* whoever looks gets the true first times at once */
}

void shell_seen_restamp(struct shell_seen *n, const struct restamp *span)
{
    seen_restamp(n->seen, span->from, span->until, span->shift_ns);
}

size_t shell_seen_count(const struct shell_seen *n)
{
    return seen_count(n->seen);
}

struct ew_seen shell_seen_at(const struct shell_seen *n, size_t i)
{
    return row_of(seen_at(n->seen, i));
}

uint64_t shell_seen_left_out(const struct shell_seen *n)
{
    return n->unread + seen_left_out(n->seen);
}

void shell_seen_destroy(struct shell_seen *n)
{
    if (!n)
        return;
    shell_timer_stop(n->shell, &n->look);
    seen_destroy(n->seen);
    free(n);
}
