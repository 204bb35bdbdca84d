#include "poller/command/discover/write.h"

#include <stdio.h>
#include <string.h>

/* As a double-quoted YAML scalar. What is not printable ASCII becomes '?': it is a comment or a
 * name. */
static void put_quoted(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        buf_char(out, *text >= 0x20 && *text < 0x7f ? *text : '?');
    }
    buf_char(out, '"');
}

static void put_comment_text(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_char(out, *text >= 0x20 && *text < 0x7f ? *text : '?');
}

static void put_head(const struct write_plan *plan, struct buf *out)
{
    char when[CLOCK_TEXT_MAX];
    buf_printf(
        out,
        "# Made from what was found on %s. It is yours now: nothing writes it again.\n"
        "# After a change: hayloft check-config, then hayloft reload. man hayloft.yaml tells all.\n"
        "site: Home\n",
        wall_rfc3339(plan->now, when));
    if (plan->state_dir) {
        buf_text(out, "state: ");
        put_quoted(out, plan->state_dir);
        buf_char(out, '\n');
    }
    if (plan->on_card)
        buf_text(out, "journal: {sync: 30s} # a card: written seldom, and a power cut may take half a minute\n");
}

static void put_description(const struct found *f, struct buf *out)
{
    const char *text = f->sysdescr[0] ? f->sysdescr : f->vendor;
    if (!text[0])
        return;
    buf_text(out, "  # ");
    put_comment_text(out, text);
}

static void put_node(const struct write_plan *plan, const struct found *f, const char *parent,
                     const char *margin, struct buf *out)
{
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    buf_printf(out, "%s", margin);
    put_quoted(out, f->name);
    buf_printf(out, ": {address: \"%s\"", addr_text(&f->addr, address));
    if (f->class != CLASS_NETWORK)
        buf_printf(out, ", class: %s", node_class_words[f->class]);
    if (f->class == CLASS_ROAMING && mac_is_set(&f->mac))
        buf_printf(out, ", mac: \"%s\"", mac_text(&f->mac, mac));
    if (parent) {
        buf_text(out, ", parent: ");
        put_quoted(out, parent);
    }
    if (f->snmp) {
        buf_text(out, ", snmp: {community: ");
        if (plan->community_is_secret)
            buf_text(out, "!secret snmp");
        else
            put_quoted(out, plan->community);
        buf_char(out, '}');
    }
    buf_char(out, '}');
    put_description(f, out);
    buf_char(out, '\n');
}

static const char *gateway_name(const struct household *h)
{
    return h->count && h->items[0].gateway ? h->items[0].name : NULL;
}

static void put_self(const struct own_place *place, struct buf *out)
{
    char name[FOUND_NAME_MAX];
    found_sane_name(place->hostname, name);
    buf_text(out, "  ");
    put_quoted(out, name[0] ? name : "this-machine");
    buf_text(
        out,
        ": {address: \"127.0.0.1\"}  # nothing else was found: hayloft watches its own machine\n");
}

static void put_watched(const struct write_plan *plan, const struct own_place *place,
                        const struct household *h, struct buf *out)
{
    const char *gateway = gateway_name(h);
    size_t watched = 0;
    buf_text(
        out,
        "\n# Watched: the gateway, the Internet, network gear and what speaks SNMP.\nnodes:\n");
    for (size_t i = 0; i < h->count; i++) {
        const struct found *f = &h->items[i];
        if (!f->watched)
            continue;
        put_node(plan, f, f->gateway ? NULL : gateway, "  ", out);
        watched++;
    }
    if (watched == 0)
        put_self(place, out);
}

static void put_seen(const struct write_plan *plan, const struct household *h, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < h->count; i++) {
        if (h->items[i].watched)
            continue;
        if (first)
            buf_text(out,
                     "\n  # Seen, not watched. Take the '#' away to watch one; parent says what it"
                     " hangs behind.\n");
        first = false;
        put_node(plan, &h->items[i], NULL, "  # ", out);
    }
}

static void put_web(const struct own_place *place, struct buf *out)
{
    char address[ADDR_TEXT_MAX];
    if (place->card_count == 0 || !own_place_private(place)) {
        buf_printf(out, "\n# Only this machine sees the pages.\nweb: {listen: \"127.0.0.1:%d\"}\n",
                   WRITE_WEB_PORT);
        return;
    }
    buf_printf(
        out,
        "\n# Everybody in the house may open the pages, and has to log in. Without a certificate"
        " the way\n# there can be listened to; say listen: \"127.0.0.1:%d\" to keep them to this"
        " machine.\nweb:\n  listen: \"0.0.0.0:%d\"\n  trusted_network: yes\n  hosts: [",
        WRITE_WEB_PORT, WRITE_WEB_PORT);
    for (size_t i = 0; i < place->card_count; i++)
        buf_printf(out, "\"%s\", ", addr_text(&place->cards[i].net.addr, address));
    put_quoted(out, place->hostname[0] ? place->hostname : "localhost");
    if (place->hostname[0] && !strchr(place->hostname, '.'))
        buf_printf(out, ", \"%s.local\"", place->hostname);
    buf_text(out, "]\n");
}

void write_configuration(const struct write_plan *plan, const struct own_place *place,
                         const struct household *h, struct buf *out)
{
    put_head(plan, out);
    put_watched(plan, place, h, out);
    put_seen(plan, h, out);
    if (!addr_is_set(&place->gateway))
        buf_text(out, "\n# There was no way to the Internet; take this line away when there is.\n"
                      "internet: no\n");
    put_web(place, out);
}

void write_page_address(const struct own_place *place, char *out, size_t size)
{
    char address[ADDR_TEXT_MAX] = "127.0.0.1";
    if (place->card_count && own_place_private(place))
        addr_text(&place->cards[0].net.addr, address);
    snprintf(out, size, "http://%s:%d/", address, WRITE_WEB_PORT);
}
