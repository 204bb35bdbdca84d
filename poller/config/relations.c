#include "poller/config/relations.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "poller/config/relations_internal.h"

struct index_entry {
    const char *name;
    size_t node;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct index_entry *)a)->name, ((const struct index_entry *)b)->name);
}

static bool make_index(struct relations *r)
{
    size_t count = r->config->nodes_count;
    r->index = arena_take(r->binder->arena, (count + 1) * sizeof *r->index);
    if (!r->index)
        return false;
    for (size_t i = 0; i < count; i++)
        r->index[i] = (struct index_entry){r->config->nodes[i].name ? r->config->nodes[i].name : "", i};
    qsort(r->index, count, sizeof *r->index, by_name);
    return true;
}

struct config_node *relations_node(const struct relations *r, const char *name)
{
    struct index_entry wanted = {name, 0};
    const struct index_entry *found =
        *name ? bsearch(&wanted, r->index, r->config->nodes_count, sizeof wanted, by_name) : NULL;
    return found ? &r->config->nodes[found->node] : NULL;
}

struct place relations_place(const struct yaml *entry, const char *key)
{
    const struct yaml *y = yaml_get(entry, key);
    return y ? y->at : entry->key_at;
}

const struct yaml *relations_entries(const struct relations *r, const char *key)
{
    const struct yaml *map = yaml_get(r->root, key);
    return map && map->kind == YAML_MAP ? map->first : NULL;
}

void relations_no_node(struct relations *r, struct place at, const char *what, const char *name)
{
    struct nearest near = nearest_to(name);
    for (size_t i = 0; i < r->config->nodes_count; i++)
        nearest_offer(&near, r->config->nodes[i].name);
    complain(r->binder->complaints, at, "%s '%.80s' is no node" NEAREST_FORMAT, what, name,
             NEAREST_ARGS(near));
}

static void check_links(struct relations *r)
{
    const struct yaml *entry = relations_entries(r, "links");
    for (size_t i = 0; i < r->config->links_count && entry; i++, entry = entry->next) {
        const struct config_link *l = &r->config->links[i];
        struct place at = relations_place(entry, link_kind_words[l->kind]);
        for (size_t k = 0; k < l->ends_count; k++)
            if (l->ends[k] && !relations_node(r, l->ends[k]))
                relations_no_node(r, at, "link end", l->ends[k]);
        if (l->ends_count == 2 && l->ends[0] && l->ends[1] && strcmp(l->ends[0], l->ends[1]) == 0)
            complain(r->binder->complaints, at, "both ends of this link are '%s'", l->ends[0]);
    }
}

struct owner {
    struct addr addr;
    size_t node;
};

static int by_address(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;
    int order = memcmp(&x->addr.bytes, &y->addr.bytes, sizeof x->addr.bytes);
    if (order == 0)
        order = (int)x->addr.family - (int)y->addr.family;
    if (order == 0 && x->addr.scope != y->addr.scope)
        order = x->addr.scope > y->addr.scope ? 1 : -1;
    return order ? order : x->node > y->node ? 1 : x->node < y->node ? -1 : 0;
}

static const struct yaml *nth(const struct yaml *entry, size_t n)
{
    for (; entry && n > 0; n--)
        entry = entry->next;
    return entry;
}

static void warn_of_same_addresses(struct relations *r)
{
    size_t count = 0, total = 0;
    for (size_t i = 0; i < r->config->nodes_count; i++)
        total += r->config->nodes[i].addresses_count;
    struct owner *all = arena_take(r->binder->arena, (total + 1) * sizeof *all);
    if (!all)
        return;
    for (size_t i = 0; i < r->config->nodes_count; i++)
        for (size_t k = 0; k < r->config->nodes[i].addresses_count; k++)
            all[count++] = (struct owner){r->config->nodes[i].addresses[k], i};
    qsort(all, count, sizeof *all, by_address);
    for (size_t i = 1; i < count; i++) {
        char text[ADDR_TEXT_MAX];
        const struct yaml *entry = addr_equal(&all[i - 1].addr, &all[i].addr)
                                       ? nth(relations_entries(r, "nodes"), all[i].node) : NULL;
        if (entry)
            complain_mildly(r->binder->complaints, relations_place(entry, "address"),
                            "address %s is given to %s too", addr_text(&all[i].addr, text),
                            r->config->nodes[all[i - 1].node].name);
    }
}

static bool has_receiver(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->receivers_count; i++)
        if (c->receivers[i].name && strcmp(c->receivers[i].name, name) == 0)
            return true;
    return false;
}

static bool is_time_of_day(const char *t)
{
    return strlen(t) == 5 && isdigit((unsigned char)t[0]) && isdigit((unsigned char)t[1]) &&
           t[2] == ':' && isdigit((unsigned char)t[3]) && isdigit((unsigned char)t[4]) &&
           (t[0] - '0') * 10 + t[1] - '0' <= 23 && t[3] <= '5';
}

static void check_reports(struct relations *r)
{
    const struct yaml *entry = relations_entries(r, "reports");
    for (size_t i = 0; i < r->config->reports_count && entry; i++, entry = entry->next) {
        const struct config_report *p = &r->config->reports[i];
        if (p->at && !is_time_of_day(p->at))
            complain(r->binder->complaints, relations_place(entry, "at"),
                     "at: expected a time of day as \"07:00\", not '%.20s'", p->at);
        for (size_t k = 0; k < p->to_count; k++) {
            struct nearest near = nearest_to(p->to[k] ? p->to[k] : "");
            for (size_t j = 0; j < r->config->receivers_count; j++)
                nearest_offer(&near, r->config->receivers[j].name);
            if (p->to[k] && !has_receiver(r->config, p->to[k]))
                complain(r->binder->complaints, relations_place(entry, "to"),
                         "'%.80s' is no receiver" NEAREST_FORMAT, p->to[k], NEAREST_ARGS(near));
        }
    }
}

/* What we call by a name of our own no node may be called. */
static void check_reserved(struct relations *r, const char *name, const char *what)
{
    const struct config_node *taken = relations_node(r, name);
    const struct yaml *entry = taken ? nth(relations_entries(r, "nodes"), (size_t)(taken - r->config->nodes)) : NULL;
    if (entry)
        complain(r->binder->complaints, entry->key_at, "'%s' is what hayloft calls %s: give this node another name",
                 name, what);
}

static void check_severities(struct relations *r)
{
    const struct yaml *map = yaml_get(yaml_get(r->root, "notify"), "severities");
    for (const struct yaml *y = map && map->kind == YAML_MAP ? map->first : NULL; y; y = y->next) {
        struct nearest near = nearest_to(y->key);
        for (size_t i = 1; cause_kind_words[i]; i++)
            nearest_offer(&near, cause_kind_words[i]);
        if (field_word_index(cause_kind_words, y->key) <= CAUSE_NONE)
            complain(r->binder->complaints, y->key_at, "'%.80s' is no cause" NEAREST_FORMAT, y->key,
                     NEAREST_ARGS(near));
        if (y->kind == YAML_TEXT && field_word_index(severity_words, y->text) < 0)
            complain(r->binder->complaints, y->at, "expected report, day or wake, not '%.80s'", y->text);
    }
}

/* "address:port" or "[address]:port". */
static bool listen_parse(const char *text, struct addr *addr)
{
    char host[ADDR_TEXT_MAX];
    const char *colon = strrchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    bool bracketed = len > 2 && text[0] == '[' && text[len - 1] == ']';
    char *end;
    if (!colon || len >= sizeof host || !isdigit((unsigned char)colon[1]))
        return false;
    long port = strtol(colon + 1, &end, 10);
    memcpy(host, text + bracketed, len - 2 * bracketed);
    host[len - 2 * bracketed] = '\0';
    return !*end && port >= 1 && port <= 65535 && addr_parse(host, addr) &&
           (addr->family == AF_INET6) == bracketed;
}

static bool is_loopback(const struct addr *a)
{
    static const uint8_t one[16] = {[15] = 1};
    return a->family == AF_INET ? a->bytes[0] == 127 : memcmp(a->bytes, one, 16) == 0;
}

static void check_web(struct relations *r)
{
    const struct config_web *w = &r->config->web;
    const struct yaml *web = yaml_get(r->root, "web");
    struct place at = web ? relations_place(web, "listen") : r->root->at;
    struct addr addr;
    if (!w->enabled || !w->listen)
        return;
    if (!listen_parse(w->listen, &addr))
        complain(r->binder->complaints, at,
                 "listen: expected address and port from 1 to 65535, as 127.0.0.1:8480, not '%.80s'",
                 w->listen);
    else if (!is_loopback(&addr) && !w->certificate && !w->trusted_network)
        complain(r->binder->complaints, at,
                 "others could read along: give `certificate` and `key`, or say `trusted_network: yes`");
    if (!w->certificate != !w->key)
        complain(r->binder->complaints, web ? web->key_at : at, "'certificate' and 'key' go together");
}

static void check_internet(struct relations *r)
{
    const struct config_internet *n = &r->config->internet;
    const struct yaml *internet = yaml_get(r->root, "internet");
    const char *const names[] = {n->gateway, n->modem}, *const keys[] = {"gateway", "modem"};
    struct addr addr;
    for (size_t i = 0; i < 2 && internet; i++)
        if (names[i] && !addr_parse(names[i], &addr) && !relations_node(r, names[i]))
            relations_no_node(r, relations_place(internet, keys[i]), keys[i], names[i]);
    for (size_t i = 0; i < n->anchors_count && internet; i++)
        if (n->anchors[i] && !addr_parse(n->anchors[i], &addr) && !relation_is_hostname(n->anchors[i]))
            complain(r->binder->complaints, relations_place(internet, "anchors"),
                     "anchors: expected an address or a host name, not '%.80s'", n->anchors[i]);
}

static void check_state(struct relations *r)
{
    if (r->config->state_dir && r->config->state_dir[0] != '/')
        complain(r->binder->complaints, relations_place(r->root, "state"),
                 "state: expected a path that begins with '/', not '%.80s'", r->config->state_dir);
}

static void check_language(struct relations *r)
{
    const char *l = r->config->language;
    if (l && (strlen(l) > 16 || l[strspn(l, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-")]))
        complain(r->binder->complaints, relations_place(r->root, "language"),
                 "language: expected a word as en, not '%.20s'", l);
}

void relations_check(struct binder *b, const struct check_kinds *kinds, const struct yaml *root,
                     struct config *c)
{
    struct relations r = {b, c, root, NULL};
    if (root->kind != YAML_MAP || !make_index(&r))
        return;
    check_links(&r);
    parents_check(&r);
    warn_of_same_addresses(&r);
    check_reports(&r);
    networks_check(&r);
    check_severities(&r);
    check_web(&r);
    vantages_check(&r);
    check_internet(&r);
    if (c->internet.enabled)
        check_reserved(&r, "internet", "the Internet itself");
    if (c->lan.rogue)
        check_reserved(&r, CONFIG_LAN_NAME, "the network this machine stands in");
    check_state(&r);
    check_language(&r);
}

bool relation_is_hostname(const char *text)
{
    size_t part = 0, len = strlen(text);
    bool letter = false;
    for (const char *p = text; *p; p++) {
        bool plain = isalnum((unsigned char)*p) || *p == '-' || *p == '_';
        if (!plain && (*p != '.' || part == 0))
            return false;
        part = plain ? part + 1 : 0;
        letter = letter || isalpha((unsigned char)*p);
        if (part > 63)
            return false;
    }
    return len > 0 && len <= 253 && letter; /* only digits and dots: a number that went wrong */
}
