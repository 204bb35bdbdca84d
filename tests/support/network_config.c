/* A network written down as its owner would, and read as the daemon does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/config/assemble.h"
#include "poller/config/profiles.h"
#include "tests/support/network_internal.h"

#define KINDS_MAX 64

static void write_node(FILE *f, const struct network *n, const struct net_node *node)
{
    char address[ADDR_TEXT_MAX];
    fprintf(f, "  %s: {address: %s", node->name, addr_text(&node->addr, address));
    if (node->parent != NETWORK_NONE)
        fprintf(f, ", parent: %s", n->nodes[node->parent].name);
    if (*node->site)
        fprintf(f, ", site: %s", node->site);
    if (*node->plan)
        fprintf(f, ", port: %s", node->plan);
    for (unsigned i = 0; i < node->check_count; i++)
        fprintf(f, ", %s", node->checks[i]);
    fprintf(f, "}\n");
}

static char *write_down(const struct network *n)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    fprintf(f, "site: Simulated farm\nlan: off\nreceivers: {me: {exec: [/bin/true]}}\nnodes:\n");
    for (uint32_t i = 0; i < n->node_count; i++)
        if (!n->nodes[i].beyond)
            write_node(f, n, &n->nodes[i]);
    if (n->bridge_count)
        fprintf(f, "links:\n");
    for (size_t i = 0; i < n->bridge_count; i++)
        fprintf(f, "  %s: {bridge: [%s, %s]}\n", n->bridges[i].name, n->bridges[i].near,
                n->bridges[i].far);
    if (*n->router)
        fprintf(f, "internet: {gateway: %s}\n", n->router);
    else
        fprintf(f, "internet: off\n");
    fclose(f);
    return text;
}

static struct check_kinds kinds(struct check_kind list[static KINDS_MAX])
{
    size_t count = 0;
    for (const struct collector *const *c = collectors; *c && count < KINDS_MAX; c++)
        if (!(*c)->by_engine)
            list[count++] =
                (struct check_kind){(*c)->name, (*c)->options, (*c)->interval_ns, (*c)->automatic};
    return (struct check_kinds){list, count, collector_options};
}

static void give_up(struct complaints *c, const char *text)
{
    struct buf said = {0};
    complaints_print(c, &said);
    fprintf(stderr, "%s%s", text, buf_string(&said));
    abort();
}

/* The engine gets its slice packed, as over a socket. */
static void carry_over(struct network *n, const struct config *whole, struct arena *arena)
{
    struct config slice;
    struct buf packed = {0};
    if (!config_slice(whole, ROLE_ENGINE, arena, &slice))
        abort();
    config_pack(&slice, collector_options, &packed);
    if (!config_unpack(packed.data, packed.len, collector_options, n->config_arena, &n->config))
        abort();
    n->config.generation = 1;
    buf_fini(&packed);
}

/* Those hayloft comes with, read once for all networks of a program. */
static const struct profile_set *own_profiles(void)
{
    static struct profile_library library;
    static struct arena *arena;
    if (arena)
        return &library.set;
    arena = arena_create(0);
    struct complaints *complaints = complaints_create(arena);
    if (!profiles_read(PROFILES, NULL, arena, complaints, &library))
        give_up(complaints, "");
    return &library.set;
}

void network_configure(struct network *n)
{
    struct check_kind list[KINDS_MAX];
    struct check_kinds known = kinds(list);
    struct arena *arena = arena_create(0);
    n->config_arena = arena_create(0);
    char *text = write_down(n);
    struct source source = {"network.yaml", text, strlen(text)};
    struct complaints *complaints = complaints_create(arena);
    const struct yaml *root = yaml_parse(&source, arena, complaints);
    struct binder b = {.arena = arena, .complaints = complaints, .secrets_file = "secrets.yaml"};
    struct config whole;
    if (root)
        config_assemble(&b, &known, NULL, own_profiles(), root, &whole);
    if (!root || complaints_errors(complaints))
        give_up(complaints, text);
    carry_over(n, &whole, arena);
    sim_profiles(n->sim, own_profiles());
    free(text);
    arena_destroy(arena);
}
