/* Who reports to whom: the house this daemon reports to, and those that report to it. */
#include <string.h>

#include "poller/config/relations_internal.h"

#define NAME_MAX_CHARS 32  /* it begins ids and stands in addresses and folders */
#define TOKEN_MIN_CHARS 16 /* shorter ones can be guessed over the network */

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

static void check_name(struct relations *r, const char *name, struct place at)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX_CHARS || name[strspn(name, name_characters)] || name[0] == '-')
        complain(r->binder->complaints, at,
                 "a vantage's name has at most %d characters of a-z, 0-9, - and _, not '%.40s'", NAME_MAX_CHARS, name);
}

static void check_token(struct relations *r, const char *token, struct place at)
{
    if (token && strlen(token) < TOKEN_MIN_CHARS)
        complain(r->binder->complaints, at, "token: expected %d characters or more, as of openssl rand -hex 32",
                 TOKEN_MIN_CHARS);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* A token in clear is everybody's, unless it does not leave this machine, as into a tunnel. */
static bool is_private(const char *url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    bool is_here = false;
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++)
        is_here = is_here || (begins(url, here[i]) && strchr(":/", url[strlen(here[i])]));
    return (begins(url, "https://") || is_here) && !strchr(url, '@');
}

static void check_upstream(struct relations *r)
{
    const struct config *c = r->config;
    const struct config_upstream *u = &c->upstream;
    const struct yaml *upstream = yaml_get(r->root, "upstream");
    struct complaints *complaints = r->binder->complaints;
    if (!upstream || (!u->url && !u->token && !u->pin))
        return;
    if (!u->url || !u->token) {
        complain(complaints, upstream->key_at, "'url' and 'token' go together");
        return;
    }
    if (!is_private(u->url))
        complain(complaints, relations_place(upstream, "url"),
                 "url: expected an address that begins with https://, since others could read the token");
    if (u->pin && !begins(u->pin, "sha256//"))
        complain(complaints, relations_place(upstream, "pin"),
                 "pin: expected sha256// and the digest of the house's public key");
    check_token(r, u->token, relations_place(upstream, "token"));
    if (c->vantage && strcmp(c->vantage, CONFIG_OWN_VANTAGE) == 0)
        complain(complaints, upstream->key_at, "who reports has a name of its own: say `vantage`, as barn");
}

static bool has_site(const struct config *c, const char *site, struct nearest *near)
{
    for (size_t i = 0; i < c->nodes_count; i++) {
        nearest_offer(near, c->nodes[i].site);
        if (c->nodes[i].site && strcmp(c->nodes[i].site, site) == 0)
            return true;
    }
    return false;
}

static void check_place(struct relations *r, const struct config_vantage *v, const struct yaml *entry)
{
    struct nearest near = nearest_to(v->site ? v->site : "");
    if (v->site && !has_site(r->config, v->site, &near))
        complain_mildly(r->binder->complaints, relations_place(entry, "site"),
                        "no node stands at site '%.80s'" NEAREST_FORMAT, v->site, NEAREST_ARGS(near));
    if (v->node && !relations_node(r, v->node))
        relations_no_node(r, relations_place(entry, "node"), "node", v->node);
}

static void check_vantage(struct relations *r, const struct config_vantage *v, const struct yaml *entry)
{
    const struct config *c = r->config;
    check_name(r, v->name, entry->key_at);
    if (strcmp(v->name, CONFIG_OWN_VANTAGE) == 0 || (c->vantage && strcmp(v->name, c->vantage) == 0))
        complain(r->binder->complaints, entry->key_at, "'%.40s' is what this daemon itself is called", v->name);
    check_token(r, v->token, relations_place(entry, "token"));
    check_place(r, v, entry);
}

void vantages_check(struct relations *r)
{
    const struct config *c = r->config;
    const struct yaml *entry = relations_entries(r, "vantages");
    if (c->vantage)
        check_name(r, c->vantage, relations_place(r->root, "vantage"));
    check_upstream(r);
    for (size_t i = 0; i < c->vantages_count && entry; i++, entry = entry->next)
        if (c->vantages[i].name)
            check_vantage(r, &c->vantages[i], entry);
    if (c->vantages_count && !c->web.enabled)
        complain(r->binder->complaints, relations_place(r->root, "vantages"),
                 "reports of vantages come by the pages' door: `web` must not be off");
}
