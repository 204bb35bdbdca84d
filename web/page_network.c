#include <string.h>

#include "web/handlers.h"
#include "web/html.h"
#include "web/page.h"
#include "web/web.h"

static const struct ew_network *find(const struct snapshot *view, const char *name)
{
    for (size_t i = 0; i < snapshot_network_count(view); i++)
        if (strcmp(snapshot_network_at(view, i)->name, name) == 0)
            return snapshot_network_at(view, i);
    return NULL;
}

static const char *word_of(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "works";
    case VERDICT_DEGRADED: return "works, with trouble";
    case VERDICT_FAILING: return "does not work";
    case VERDICT_UNKNOWN: return "not checked from here";
    }
    return "";
}

static void put_sites(struct buf *out, const struct ew_network *n)
{
    html(out, "<section aria-labelledby=\"sites\"><h2 id=\"sites\">At each site</h2><ul class=\"tree\">");
    for (size_t i = 0; i < n->sites_count; i++) {
        const struct site_verdict *s = &n->sites[i];
        html(out, "<li class=\"row\">");
        page_sign(out, sign_of_verdict(s->verdict));
        html(out, "<span class=\"name\">{}</span><span class=\"word {}\">{}</span><span class=\"fine\">{}"
                  "</span></li>", s->site, sign_class(sign_of_verdict(s->verdict)), word_of(s->verdict), s->proved_by);
    }
    html(out, "</ul></section>");
}

void page_network_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct ew_network *n = find(backend_view(x->web->backend), exchange_segment(x, 1));
    if (!n) {
        reply_error(x, 404, "There is no network of this name.");
        return;
    }
    page_begin(x, n->name, PLACE_NOW);
    html(out, "<div id=\"now\" data-live><div class=\"say {}\">", sign_class(sign_of_verdict(n->verdict)));
    page_sign(out, sign_of_verdict(n->verdict));
    html(out, "<div><h1>{}</h1><p>{}</p></div></div>", n->name,
         n->sentence && *n->sentence ? n->sentence : word_of(n->verdict));
    put_sites(out, n);
    html(out, "</div>");
    page_end(x);
    reply_html(x, 200);
}
