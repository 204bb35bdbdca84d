#include "web/leads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"
#include "web/html.h"

#define ADDRESSES_OF_PORT 64    /* shown of one port */
#define ADDRESSES_OF_PAGE 512   /* shown of all; the API has every one */
#define NUMBER_MAX 24

static void put_lead(struct buf *out, const cJSON *lead)
{
    const char *node = json_text(lead, "node"), *name = json_text(lead, "name"), *port = json_text(lead, "port");
    bool told = strcmp(json_text(lead, "known_by"), "lldp") == 0;
    html(out, "<li>");
    if (node)
        html(out, "<a href=\"/node/{u}\">{}</a>", node, name);
    else
        html(out, "{}", name);
    if (port)
        html(out, " <span class=\"fine\">port {} \xc2\xb7</span>", port);
    html(out, told ? " <span class=\"fine\">by LLDP</span></li>" : " <span class=\"fine\">heard here</span></li>");
}

/* Rows of the forwarding table by port, as many as are shown. They are gone through once: there are thousands. */
struct heard {
    const char *port;
    const cJSON *known[ADDRESSES_OF_PORT], *other[ADDRESSES_OF_PORT];
    size_t known_count, other_count;
};

static void hear(struct heard *h, const cJSON *row)
{
    if (json_text(row, "node")) {
        if (h->known_count < ADDRESSES_OF_PORT)
            h->known[h->known_count++] = row;
    } else if (h->other_count < ADDRESSES_OF_PORT) {
        h->other[h->other_count++] = row;
    }
}

/* NULL: no memory, or there are no ports. One for each of the ports, in their order. */
static struct heard *listen_at_ports(const cJSON *node)
{
    const cJSON *port, *row;
    size_t count = (size_t)cJSON_GetArraySize(json_member(node, "ports")), at = 0;
    struct heard *all = count ? calloc(count, sizeof *all) : NULL;
    if (!all)
        return NULL;
    cJSON_ArrayForEach(port, json_member(node, "ports"))
        all[at++].port = json_text(port, "name");
    cJSON_ArrayForEach(row, json_member(node, "fdb")) {
        const char *name = json_text(row, "port_name");
        for (at = 0; name && at < count && !(all[at].port && strcmp(all[at].port, name) == 0);)
            at++;
        if (name && at < count && !cJSON_IsTrue(json_member(row, "own")))
            hear(&all[at], row);
    }
    return all;
}

static void put_address(struct buf *out, const cJSON *row)
{
    const char *node = json_text(row, "node");
    double vid = json_number(row, "vid", 0);
    char number[NUMBER_MAX];
    html(out, "<li>");
    if (node)
        html(out, "<a href=\"/node/{u}\">{}</a> ", node, node);
    html(out, "<code>{}</code>", json_text(row, "mac"));
    if (vid > 0) {
        snprintf(number, sizeof number, "%.0f", vid);
        html(out, " <span class=\"fine\">VLAN {}</span>", number);
    }
    html(out, "</li>");
}

static size_t put_rows(struct buf *out, const cJSON *const *rows, size_t count, size_t *left)
{
    size_t shown = 0;
    for (; shown < count && *left; shown++, --*left)
        put_address(out, rows[shown]);
    return shown;
}

/* In a part that opens: they are many, and few people ask. Those that are known come first. */
static void put_addresses(struct buf *out, const char *node, const struct heard *h, double count, size_t *left)
{
    char number[NUMBER_MAX];
    size_t room = ADDRESSES_OF_PORT - h->known_count;
    snprintf(number, sizeof number, "%.0f", count);
    html(out, "<details id=\"heard-{u}\"><summary>{} {}</summary><ul class=\"macs\">", h->port, number,
         count == 1 ? "address" : "addresses");
    size_t shown = put_rows(out, h->known, h->known_count, left);
    shown += put_rows(out, h->other, h->other_count < room ? h->other_count : room, left);
    html(out, "</ul>");
    if ((double)shown < count) {
        snprintf(number, sizeof number, "%.0f", count - (double)shown);
        html(out, "<p class=\"fine\">and {} more: all are at <a href=\"/api/v1/nodes/{u}\">/api/v1/nodes/{}</a></p>",
             number, node, node);
    }
    html(out, "</details>");
}

static void put_port(struct buf *out, const char *node, const cJSON *port, const struct heard *h, size_t *left)
{
    const char *name = json_text(port, "name"), *alias = json_text(port, "alias");
    const cJSON *leads = json_member(port, "leads_to"), *lead;
    double addresses = json_number(port, "addresses", 0);
    html(out, "<dt>{} <span class=\"fine\">{}</span></dt><dd>", name, alias);
    if (leads)
        html(out, "<ul>");
    cJSON_ArrayForEach(lead, leads)
        put_lead(out, lead);
    if (leads)
        html(out, "</ul>");
    if (addresses > 0)
        put_addresses(out, node, h, addresses, left);
    html(out, "</dd>");
}

static bool leads_somewhere(const cJSON *port)
{
    return json_text(port, "name") && (json_member(port, "leads_to") || json_number(port, "addresses", 0) > 0);
}

/* Neighbours at a port that is none of its interfaces. */
static void put_lost_neighbours(struct buf *out, const cJSON *node)
{
    const cJSON *n;
    cJSON_ArrayForEach(n, json_member(node, "neighbours")) {
        const char *name = json_text(n, "name");
        if (!json_text(n, "port_name"))
            html(out, "<dt>some port</dt><dd>{} <span class=\"fine\">by LLDP</span></dd>",
                 name && *name ? name : json_text(n, "chassis"));
    }
}

void leads_put_rows(struct buf *out, const cJSON *node)
{
    size_t left = ADDRESSES_OF_PAGE;
    struct heard *heard = listen_at_ports(node), *at = heard;
    const cJSON *ports = heard ? json_member(node, "ports") : NULL, *port;
    cJSON_ArrayForEach(port, ports) {
        if (leads_somewhere(port))
            put_port(out, json_text(node, "name"), port, at, &left);
        at++;
    }
    free(heard);
    put_lost_neighbours(out, node);
}
