/* Devices that were heard but are not watched: to be found by a name or a maker, and taken into the
 * configuration by hand. */
#include "web/handlers.h"
#include "web/html.h"
#include "web/page.h"
#include "web/web.h"

#define ROWS_MAX 500

static void put_row(struct buf *out, const struct ew_seen *s)
{
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    const char *name = s->name && *s->name ? s->name : s->vendor && *s->vendor ? s->vendor : "without a name";
    html(out, "<li class=\"row\">");
    page_sign(out, SIGN_UNKNOWN);
    html(out, "<span class=\"name\">{}</span><span class=\"num\">{}</span><span class=\"fine\">{}{}", name,
         addr_text(&s->address, address), s->vendor, s->vendor && *s->vendor ? " \xc2\xb7 " : "");
    if (mac_is_set(&s->mac))
        html(out, "{} \xc2\xb7 ", mac_text(&s->mac, mac));
    html(out, "last heard ");
    page_time(out, s->last);
    html(out, "</span></li>");
}

void page_seen_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct snapshot *view = backend_view(x->web->backend);
    size_t count = snapshot_seen_count(view);
    page_begin(x, "Seen", PLACE_SEEN);
    html(out, "<h1>Seen, not watched</h1><p class=\"lead\">Devices that answered on this network. Give one a "
              "line under <code>nodes:</code> in the configuration to have it watched.</p>");
    html(out, count ? "<ul class=\"tree\">" : "<p>None so far.</p>");
    for (size_t i = 0; i < count && i < ROWS_MAX; i++)
        put_row(out, snapshot_seen_at(view, i));
    html(out, count ? "</ul>" : "");
    page_end(x);
    reply_html(x, 200);
}
