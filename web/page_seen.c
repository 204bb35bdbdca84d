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
    html(out, "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>", s->name,
         addr_text(&s->address, address), mac_is_set(&s->mac) ? mac_text(&s->mac, mac) : "", s->vendor,
         s->class);
    page_time(out, s->last);
    html(out, "</td></tr>");
}

void page_seen_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct snapshot *view = backend_view(x->web->backend);
    size_t count = snapshot_seen_count(view);
    page_begin(x, "Seen", PLACE_SEEN);
    html(out, "<h1 id=\"seen\">Seen, not watched</h1><p class=\"lead\">Devices that answered on this network. "
              "Give one a line under <code>nodes:</code> in the configuration to have it watched.</p>");
    if (count == 0) {
        html(out, "<p>None so far.</p>");
    } else {
        html(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"seen\"><table><thead><tr>"
                  "<th scope=\"col\">Name</th><th scope=\"col\">Address</th><th scope=\"col\">MAC</th>"
                  "<th scope=\"col\">Maker</th><th scope=\"col\">Sort</th><th scope=\"col\">Last heard</th></tr>"
                  "</thead><tbody>");
        for (size_t i = 0; i < count && i < ROWS_MAX; i++)
            put_row(out, snapshot_seen_at(view, i));
        html(out, "</tbody></table></div>");
    }
    page_end(x);
    reply_html(x, 200);
}
