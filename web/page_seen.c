/* Devices that were heard but are not watched: to be found by a name or a maker, and taken into the
 * configuration by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/document/maker.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/page.h"
#include "web/web.h"

#define ROWS_MAX 1024 /* as many as the engine lists */

static bool is_text(const char *text)
{
    return text && *text;
}

static const char *maker_of(const struct web *web, const struct ew_seen *s)
{
    if (is_text(s->vendor))
        return s->vendor;
    return mac_is_made_up(&s->mac) ? "a made-up MAC, as phones use" : makers_find(web->makers, &s->mac);
}

static void put_row(struct buf *out, const struct web *web, const struct ew_seen *s)
{
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    const char *maker = maker_of(web, s);
    addr_text(&s->address, address);
    html(out, "<li class=\"row\">");
    page_sign(out, SIGN_UNKNOWN);
    html(out, "<span class=\"name num\">{}</span><span class=\"num\">{}</span><span class=\"fine\">", address,
         mac_is_set(&s->mac) ? mac_text(&s->mac, mac) : "");
    if (is_text(s->name))
        html(out, "{} \xc2\xb7 ", s->name);
    if (is_text(maker))
        html(out, "{} \xc2\xb7 ", maker);
    html(out, "first heard ");
    page_time(out, s->first);
    html(out, ", last ");
    page_time(out, s->last);
    html(out, "</span></li>");
}

static int by_address(const void *a, const void *b)
{
    const struct ew_seen *x = *(const struct ew_seen *const *)a, *y = *(const struct ew_seen *const *)b;
    if (x->address.family != y->address.family)
        return x->address.family < y->address.family ? -1 : 1;
    int order = memcmp(x->address.bytes, y->address.bytes, sizeof x->address.bytes);
    return order ? order : memcmp(x->mac.bytes, y->mac.bytes, sizeof x->mac.bytes);
}

static void put_rows(struct buf *out, const struct web *web, const struct snapshot *view)
{
    size_t count = snapshot_seen_count(view);
    if (count > ROWS_MAX)
        count = ROWS_MAX;
    const struct ew_seen **rows = calloc(count + 1, sizeof *rows);
    for (size_t i = 0; rows && i < count; i++)
        rows[i] = snapshot_seen_at(view, i);
    if (rows)
        qsort(rows, count, sizeof *rows, by_address);
    html(out, "<ul class=\"tree\">");
    for (size_t i = 0; rows && i < count; i++)
        put_row(out, web, rows[i]);
    html(out, "</ul>");
    free(rows);
}

void page_seen_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct snapshot *view = backend_view(x->web->backend);
    const struct ew_status *s = snapshot_status(view);
    char left_out[24];
    page_begin(x, "Seen", PLACE_SEEN);
    html(out, "<h1>Seen, not watched</h1><p class=\"lead\">Devices this machine has heard on its own network. "
              "Give one a line under <code>nodes:</code> in the configuration to have it watched.</p>");
    if (snapshot_seen_count(view))
        put_rows(out, x->web, view);
    else
        html(out, "<p>None so far.</p>");
    if (s && s->seen_left_out) {
        snprintf(left_out, sizeof left_out, "%llu", (unsigned long long)s->seen_left_out);
        html(out, "<p class=\"fine\">and {} more, for which there is no room in this list</p>", left_out);
    }
    page_end(x);
    reply_html(x, 200);
}
