/* What a health report says: the answer first, then what is open, what is over, and who is missing. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/buf.h"
#include "poller/engine/incidents.h"
#include "poller/engine/reports.h"

#define LINES_MAX 10 /* of one list; more are counted */
#define LOOK_BACK_S 86400

void reports_remember(struct engine *e, const struct incident_record *r)
{
    if (e->past_count == PAST_MAX) {
        free(e->past[0].sentence);
        memmove(e->past, e->past + 1, --e->past_count * sizeof *e->past);
    }
    char *sentence = strdup(r->in.cause.sentence);
    if (sentence)
        e->past[e->past_count++] = (struct past_incident){
            sentence, e->now.mono, mono_since(e->now.mono, r->opened_at)};
}

static bool counts(const struct node *n)
{
    return n->life && n->config && n->config->class != CLASS_ROAMING;
}

static bool answers(const struct node *n)
{
    return n->state == STATE_UP || n->state == STATE_DEGRADED;
}

static void put_verdict(const struct engine *e, struct buf *out)
{
    size_t open = 0, all = 0, up = 0;
    for (size_t i = 0; i < e->incident_count; i++)
        open += e->incidents[i]->open;
    for (size_t i = 0; i < e->node_count; i++) {
        all += counts(e->nodes[i]);
        up += counts(e->nodes[i]) && answers(e->nodes[i]);
    }
    if (open)
        buf_printf(out, "%zu problem%s open, ", open, open == 1 ? " is" : "s are");
    else
        buf_text(out, up == all ? "All is well, " : "No problem is open, ");
    buf_printf(out, "%zu of %zu devices answer.\n", up, all);
}

static void put_more(struct buf *out, size_t count)
{
    if (count > LINES_MAX)
        buf_printf(out, "- and %zu more\n", count - LINES_MAX);
}

static void put_open(const struct engine *e, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < e->incident_count; i++) {
        const struct incident_record *r = e->incidents[i];
        char span[CLOCK_TEXT_MAX];
        if (!r->open || count++ >= LINES_MAX)
            continue;
        buf_printf(out, "%s- %s (for %s)\n", count == 1 ? "\nOpen now:\n" : "", r->in.cause.sentence,
                   span_text(mono_since(e->now.mono, r->opened_at), span));
    }
    put_more(out, count);
}

static void put_past(const struct engine *e, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < e->past_count; i++) {
        const struct past_incident *p = &e->past[i];
        char span[CLOCK_TEXT_MAX];
        if (mono_since(e->now.mono, p->resolved) > SECONDS(LOOK_BACK_S) || count++ >= LINES_MAX)
            continue;
        buf_printf(out, "%s- %s (lasted %s)\n", count == 1 ? "\nSolved in the last 24 hours:\n" : "",
                   p->sentence, span_text(p->lasted_ns, span));
    }
    put_more(out, count);
    if (count)
        return;
    char span[CLOCK_TEXT_MAX];
    int64_t watched_ns = mono_since(e->now.mono, e->started);
    bool whole_day = watched_ns >= SECONDS(LOOK_BACK_S);
    buf_printf(out, "\nNothing else was reported in the last %s.\n",
               whole_day ? "24 hours" : span_text(watched_ns, span));
}

static void put_missing(const struct engine *e, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < e->node_count; i++) {
        const struct node *n = e->nodes[i];
        char span[CLOCK_TEXT_MAX];
        if (!counts(n) || answers(n) || count++ >= LINES_MAX)
            continue;
        buf_printf(out, "%s- %s: %s for %s\n", count == 1 ? "\nNot answering:\n" : "", n->name,
                   node_state_words[n->state],
                   span_text(mono_since(e->now.mono, n->state_since), span));
    }
    put_more(out, count);
}

static bool is_first_of_site(const struct engine *e, size_t node)
{
    for (size_t i = 0; i < node; i++)
        if (counts(e->nodes[i]) && e->nodes[i]->config->site &&
            strcmp(e->nodes[i]->config->site, e->nodes[node]->config->site) == 0)
            return false;
    return true;
}

static void put_site(const struct engine *e, const char *site, struct buf *out)
{
    size_t all = 0, up = 0;
    for (size_t i = 0; i < e->node_count; i++) {
        const struct node *n = e->nodes[i];
        if (!counts(n) || !n->config->site || strcmp(n->config->site, site) != 0)
            continue;
        all++;
        up += answers(n);
    }
    buf_printf(out, "- %s: %zu of %zu answer\n", site, up, all);
}

static void put_sites(const struct engine *e, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < e->node_count; i++) {
        if (!counts(e->nodes[i]) || !e->nodes[i]->config->site || !is_first_of_site(e, i) ||
            count++ >= LINES_MAX)
            continue;
        buf_text(out, count == 1 ? "\nSites:\n" : "");
        put_site(e, e->nodes[i]->config->site, out);
    }
    put_more(out, count);
}

void reports_write(const struct engine *e, struct buf *out)
{
    put_verdict(e, out);
    put_open(e, out);
    put_past(e, out);
    put_missing(e, out);
    put_sites(e, out);
}
