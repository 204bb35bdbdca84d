#include "poller/command/probe_network.h"

#include <stdio.h>
#include <string.h>

#include "poller/command/lines.h"
#include "poller/document/networks.h"

static void put_verdict(enum verdict v)
{
    put_safely(verdict_words[v], colour_of_state(verdict_words[v]));
}

static void put_columns(const char *first, enum verdict verdict, const char *text)
{
    printf("  ");
    put_safely(first, COLOUR_NONE);
    for (size_t i = strlen(first); i < 16; i++)
        putchar(' ');
    putchar(' ');
    put_verdict(verdict);
    if (text && *text) {
        fputs("  ", stdout);
        put_safely(text, COLOUR_NONE);
    }
}

void probe_network_step(const struct ew_probe_step *s)
{
    char name[48];
    snprintf(name, sizeof name, "%s%s%s", s->step ? s->step : "", *s->vlan ? " " : "", s->vlan);
    put_columns(name, s->verdict, s->detail);
    printf("  (%.1f ms)\n", (double)s->took_ns / (double)NS_PER_MS);
    fflush(stdout);
}

static void put_sites(const struct ew_network *n)
{
    for (size_t i = 0; i < n->sites_count; i++) {
        put_columns(n->sites[i].site, n->sites[i].verdict, n->sites[i].proved_by);
        putchar('\n');
    }
}

/* "port5 of lan-switch", "lan-switch" */
static void name_hop(const struct view_hop *h, char *out, size_t size)
{
    const char *port = h->out && *h->out ? h->out : h->in;
    if (port && *port)
        snprintf(out, size, "%s (%s)", h->node, port);
    else
        snprintf(out, size, "%s", h->node);
}

static void put_hops(const struct ew_network *n)
{
    char name[160];
    for (size_t i = 0; i < n->hops_count; i++) {
        name_hop(&n->hops[i], name, sizeof name);
        put_columns(name, n->hops[i].verdict, n->hops[i].detail);
        putchar('\n');
    }
}

int probe_network_show(const struct invocation *v, const struct ew_network *n)
{
    if (v->json) {
        cJSON *document = document_network_probe(n);
        command_print_json(document);
        cJSON_Delete(document);
        return command_exit_of(n->verdict);
    }
    put_hops(n);
    put_safely(n->sentence ? n->sentence : "", n->verdict == VERDICT_FAILING ? COLOUR_BAD : COLOUR_NONE);
    putchar('\n');
    put_sites(n);
    return command_exit_of(n->verdict);
}
