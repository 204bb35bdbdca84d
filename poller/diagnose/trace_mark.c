#include "poller/diagnose/trace_mark.h"

#include <string.h>

const char *const trace_mark_words[] = {"unknown", "heard", "somehow", "elsewhere", "absent", NULL};
const char *const trace_doubt_words[] = {"", "mute", "early", "once", "no-control", "cut", "left-over", "moves", NULL};

struct rows { /* of one address in one reading */
    bool right, somehow, elsewhere;
    uint32_t port, other_port, other_vid; /* of the right one, or one without VLAN; of the other */
};

static void take_row(struct rows *r, const struct wiring_address *a, uint32_t vid)
{
    bool right = a->vid && (!vid || a->vid == vid), other = a->vid && !right;
    if (other) {
        bool lower = !r->elsewhere || a->vid < r->other_vid || (a->vid == r->other_vid && a->port < r->other_port);
        r->other_vid = lower ? a->vid : r->other_vid;
        r->other_port = lower ? a->port : r->other_port;
        r->elsewhere = true;
        return;
    }
    bool better = (right && !r->right) || (right == r->right && (!r->port || a->port < r->port));
    r->port = better ? a->port : r->port;
    r->right |= right;
    r->somehow |= !a->vid;
}

static struct rows rows_of(const struct wiring *w, const struct mac *mac, uint32_t vid)
{
    struct rows r = {0};
    for (size_t i = 0; i < w->address_count; i++)
        if (!w->addresses[i].own && memcmp(&w->addresses[i].mac, mac, sizeof *mac) == 0)
            take_row(&r, &w->addresses[i], vid);
    return r;
}

static bool is_in(const struct wiring *w, const struct mac *mac)
{
    struct rows r = rows_of(w, mac, 0);
    return r.right || r.somehow;
}

static bool is_cut(const struct wiring *w)
{
    return w->cut & 1u << WIRING_LIST_FDB;
}

static struct mono read_at(const struct wiring *w)
{
    return w ? w->at[WIRING_LIST_FDB] : (struct mono){0};
}

/* What stands there at this time was heard since the fault began. */
static struct mono clear_at(const struct trace_look *l, const struct wiring *w)
{
    int64_t ageing_s = w->ageing_s ? w->ageing_s : TRACE_AGEING_S;
    return l->well.ns ? mono_after(l->well, SECONDS(ageing_s + TRACE_AGEING_SLACK_S)) : (struct mono){0};
}

static bool is_read_since(const struct trace_look *l, const struct wiring *w)
{
    return w && read_at(w).ns && !mono_before(read_at(w), l->began);
}

static bool are_two(const struct trace_look *l, const struct wiring *first, const struct wiring *second)
{
    return is_read_since(l, first) && mono_since(read_at(second), read_at(first)) >= SECONDS(TRACE_APART_S) &&
           mono_since(read_at(second), l->sent) <= SECONDS(TRACE_REPEATS_S);
}

static void doubt(struct trace_sight *s, enum trace_doubt why)
{
    s->mark = TRACE_UNKNOWN;
    s->doubt = why;
}

static void judge_absent(const struct trace_look *l, const struct wiring *first, const struct wiring *second,
                         bool was_there, struct trace_sight *s)
{
    if (is_cut(second))
        doubt(s, TRACE_CUT);
    else if (!is_in(second, &l->control))
        doubt(s, TRACE_NO_CONTROL);
    else if (!are_two(l, first, second))
        doubt(s, TRACE_ONCE);
    else if (is_cut(first))
        doubt(s, TRACE_CUT);
    else if (!is_in(first, &l->control))
        doubt(s, TRACE_NO_CONTROL);
    else if (was_there)
        doubt(s, TRACE_ONCE);
    else
        s->mark = TRACE_ABSENT;
}

/* An address that came between the readings is new for certain. */
static void judge_heard(const struct trace_look *l, const struct wiring *first, const struct wiring *second,
                        bool was_there, enum trace_mark mark, struct trace_sight *s)
{
    struct mono clear = clear_at(l, second);
    bool came = is_read_since(l, first) && !is_cut(first) && !was_there;
    s->mark = mark;
    if (came || !mono_before(read_at(second), clear))
        return;
    doubt(s, TRACE_LEFT_OVER);
    s->clear = clear;
}

static bool seen_at_all(const struct rows *r)
{
    return r->right || r->somehow || r->elsewhere;
}

/* Beside the right VLAN, at the same port, on another: the right one may be left over from before. */
static bool is_two_faced(const struct rows *r)
{
    return r->elsewhere && (r->right || r->somehow) && r->port == r->other_port;
}

static void judge(const struct trace_look *l, const struct wiring *first, const struct wiring *second,
                  const struct mac *mac, uint32_t vid, struct trace_sight *s)
{
    struct rows now = rows_of(second, mac, vid);
    bool was_there = first && is_in(first, mac);
    bool left_over = is_two_faced(&now) && l->stripped && mono_before(read_at(second), clear_at(l, second));
    bool elsewhere = left_over || (now.elsewhere && !now.right && !now.somehow);
    s->vid = elsewhere ? now.other_vid : now.right ? vid : 0;
    s->plug = topology_plug(&(struct box){.wiring = second}, elsewhere ? now.other_port : now.port);
    if (!seen_at_all(&now))
        judge_absent(l, first, second, was_there, s);
    else if (elsewhere && l->stripped)
        s->mark = TRACE_ELSEWHERE; /* the guest says so too */
    else if (is_two_faced(&now))
        doubt(s, TRACE_MOVES);
    else
        judge_heard(l, first, second, was_there,
                    elsewhere ? TRACE_ELSEWHERE : now.right ? TRACE_HEARD : TRACE_SOMEHOW, s);
}

static void judge_alone(const struct trace_look *l, const struct wiring *first, const struct wiring *second,
                        const struct mac *mac, uint32_t vid, struct trace_sight *s)
{
    struct rows now = rows_of(second, mac, vid);
    bool was_there = first && rows_of(first, mac, vid).right;
    s->vid = vid;
    s->plug = topology_plug(&(struct box){.wiring = second}, now.right ? now.port : 0);
    if (now.right)
        judge_heard(l, first, second, was_there, TRACE_HEARD, s);
    else if (now.somehow)
        doubt(s, TRACE_MUTE);
    else
        judge_absent(l, first, second, was_there, s);
}

typedef void (*judge_fn)(const struct trace_look *l, const struct wiring *first, const struct wiring *second,
                         const struct mac *mac, uint32_t vid, struct trace_sight *s);

static struct trace_sight mark(const struct trace_look *l, uint32_t box, const struct mac *mac, uint32_t vid,
                               judge_fn fn)
{
    const struct box *b = &l->topology->boxes[box];
    const struct wiring *second = b->wiring, *first = l->first ? l->first[b->node] : NULL;
    struct trace_sight s = {.plug = {.name = ""}, .doubt = TRACE_MUTE};
    if (!b->hears || !mac_is_set(mac))
        return s;
    s.at = read_at(second);
    s.doubt = TRACE_EARLY;
    if (!is_read_since(l, second))
        return s;
    s.doubt = TRACE_NO_DOUBT;
    fn(l, first, second, mac, vid, &s);
    return s;
}

struct trace_sight trace_mark(const struct trace_look *l, uint32_t box, const struct mac *mac, uint32_t vid)
{
    return mark(l, box, mac, vid, judge);
}

struct trace_sight trace_mark_alone(const struct trace_look *l, uint32_t box, const struct mac *mac, uint32_t vid)
{
    return mark(l, box, mac, vid, judge_alone);
}
