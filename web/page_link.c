/* A link: its two ends side by side. */
#include <string.h>

#include "web/graph.h"
#include "web/handlers.h"
#include "web/html.h"
#include "web/page.h"
#include "web/web.h"

static const struct ew_link *find(const struct snapshot *view, const char *name)
{
    for (size_t i = 0; i < snapshot_link_count(view); i++)
        if (strcmp(snapshot_link_at(view, i)->name, name) == 0)
            return snapshot_link_at(view, i);
    return NULL;
}

static const char *word_of(enum verdict v)
{
    switch (v) {
    case VERDICT_OK: return "up";
    case VERDICT_DEGRADED: return "in trouble";
    case VERDICT_FAILING: return "down";
    case VERDICT_UNKNOWN: return "not known yet";
    }
    return "";
}

static void put_end(struct buf *out, const struct snapshot *view, const char *name)
{
    const struct ew_node *n = name ? snapshot_node(view, name) : NULL;
    if (!n)
        return;
    enum sign sign = sign_of_state(n->state);
    html(out, "<section><h2><a href=\"/node/{u}\">{}</a></h2><ul class=\"tree\"><li class=\"row\">", name, name);
    page_sign(out, sign);
    html(out, "<span class=\"name\">{}</span><span class=\"word {}\">", page_state_word(n->state), sign_class(sign));
    page_time(out, n->since);
    html(out, "</span></li></ul>");
    graph_picture(out, name, "ping", NULL, graph_span_find(NULL), 220, "Latency");
    html(out, "</section>");
}

void page_link_get(struct exchange *x)
{
    struct buf *out = &x->reply;
    const struct snapshot *view = backend_view(x->web->backend);
    const struct ew_link *l = find(view, exchange_segment(x, 1));
    if (!l) {
        reply_error(x, 404, "There is no link of this name.");
        return;
    }
    enum sign sign = sign_of_verdict(l->verdict);
    page_begin(x, l->name, PLACE_NOW);
    html(out, "<div id=\"now\" data-live><div class=\"say {}\">", sign_class(sign));
    page_sign(out, sign);
    html(out, "<div><h1>{}</h1><p>{}", l->name, word_of(l->verdict));
    html(out, l->reason && *l->reason ? ": {}</p></div></div></div>" : "{}</p></div></div></div>", l->reason);
    html(out, "<div class=\"pair\">");
    put_end(out, view, l->a);
    put_end(out, view, l->b);
    html(out, "</div>");
    page_end(x);
    reply_html(x, 200);
}
