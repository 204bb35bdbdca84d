#include "poller/diagnose/witness.h"

#include <time.h>

#define NAMES_SHOWN 4

static size_t count_silent(const struct witness *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        count += w->nodes[i].silent.ns != 0;
    return count;
}

static const struct witness_node *link_end(const struct witness *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->nodes[i].link_end)
            return &w->nodes[i];
    return NULL;
}

enum testimony witness_find(const struct witness *w)
{
    size_t silent = count_silent(w);
    const struct witness_node *end = link_end(w);
    if (w->blind.ns)
        return w->restarted ? TESTIMONY_POWER : TESTIMONY_BLIND;
    if (!w->count)
        return TESTIMONY_NONE;
    if (!silent)
        return TESTIMONY_FINE;
    if (end && end->silent.ns && silent == 1 && w->count > 1)
        return TESTIMONY_UNIT;
    return silent == w->count ? TESTIMONY_ALL : TESTIMONY_SOME;
}

/* --- words --- */

/* The date as well where it is another day than the one it ended on. */
static void put_time(struct wall t, struct wall end, struct buf *out)
{
    char text[32];
    struct tm at, last;
    time_t at_s = (time_t)wall_seconds(t), end_s = (time_t)wall_seconds(end);
    localtime_r(&at_s, &at);
    localtime_r(&end_s, &last);
    bool same_day = at.tm_yday == last.tm_yday && at.tm_year == last.tm_year;
    strftime(text, sizeof text, same_day ? "%H:%M" : "%d %b %H:%M", &at);
    buf_text(out, text);
}

static void put_span(const struct witness *w, struct wall from, struct wall until, struct buf *out)
{
    buf_text(out, " from ");
    put_time(from, w->until, out);
    buf_text(out, " to ");
    put_time(until, w->until, out);
}

static void put_names(const struct witness *w, bool silent, struct buf *out)
{
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < w->count; i++) {
        if ((w->nodes[i].silent.ns != 0) != silent)
            continue;
        if (all++ < NAMES_SHOWN)
            buf_printf(out, "%s%s", shown++ ? ", " : "", w->nodes[i].name);
    }
    if (all > shown)
        buf_printf(out, " and %zu more", all - shown);
}

/* From the first that fell silent to the last that answered again. */
static void put_silence(const struct witness *w, struct buf *out)
{
    struct wall from = {0}, until = {0};
    for (size_t i = 0; i < w->count; i++) {
        const struct witness_node *n = &w->nodes[i];
        if (n->silent.ns && (!from.ns || n->silent.ns < from.ns))
            from = n->silent;
        if (n->silent.ns && n->until.ns > until.ns)
            until = n->until;
    }
    put_span(w, from, until, out);
}

static void put_fine(const struct witness *w, bool bridge, bool alone, struct buf *out)
{
    buf_printf(out, "seen from %s, its LAN was fine throughout", w->vantage);
    if (alone)
        buf_printf(out, ": it was the %s", bridge ? "radio link" : "cable");
}

static void put_some(const struct witness *w, struct buf *out)
{
    buf_printf(out, "seen from %s, ", w->vantage);
    put_names(w, true, out);
    buf_text(out, count_silent(w) > 1 ? " were silent there too" : " was silent there too");
    put_silence(w, out);
    buf_text(out, ", while ");
    put_names(w, false, out);
    buf_text(out, " answered");
}

static void put_all(const struct witness *w, struct buf *out)
{
    buf_printf(out, "seen from %s, nothing there answered", w->vantage);
    put_silence(w, out);
    buf_printf(out, " though %s itself ran: its network had no power, or %s was off it", w->vantage, w->vantage);
}

static void put_power(const struct witness *w, bool alone, struct buf *out)
{
    if (alone)
        buf_printf(out, "seen from %s, it was without power", w->vantage);
    else
        buf_printf(out, "%s itself was without power", w->vantage);
    put_span(w, w->blind, w->seeing, out);
}

void witness_render(const struct witness *w, bool bridge, bool alone, struct buf *out)
{
    switch (witness_find(w)) {
    case TESTIMONY_NONE:
        break;
    case TESTIMONY_FINE:
        put_fine(w, bridge, alone, out);
        break;
    case TESTIMONY_UNIT:
        put_some(w, out);
        buf_text(out, ": it was that unit or what feeds it, as its injector");
        break;
    case TESTIMONY_SOME:
        put_some(w, out);
        break;
    case TESTIMONY_ALL:
        put_all(w, out);
        break;
    case TESTIMONY_POWER:
        put_power(w, alone, out);
        break;
    case TESTIMONY_BLIND:
        buf_printf(out, "%s did not watch", w->vantage);
        put_span(w, w->blind, w->seeing, out);
        break;
    }
}
