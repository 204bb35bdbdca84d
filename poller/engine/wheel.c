#include "poller/engine/wheel.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static int64_t slot_up(struct mono t)
{
    return t.ns / WHEEL_SLOT_NS + (t.ns % WHEEL_SLOT_NS > 0);
}

void wheel_init(struct wheel *w, struct mono now)
{
    memset(w, 0, sizeof *w);
    w->now_slot = now.ns / WHEEL_SLOT_NS;
    w->file_at = w->now_slot + WHEEL_SLOTS / 2;
}

static void link_in(struct timer **head, struct timer *t)
{
    t->next = *head;
    t->link = head;
    if (t->next)
        t->next->link = &t->next;
    *head = t;
}

static void file(struct wheel *w, struct timer *t)
{
    if (t->slot >= w->now_slot + WHEEL_SLOTS) {
        link_in(&w->far, t);
        return;
    }
    size_t i = (size_t)(t->slot % WHEEL_SLOTS);
    link_in(&w->slots[i], t);
    w->occupied[i / 64] |= UINT64_C(1) << (i % 64);
}

void wheel_add(struct wheel *w, struct timer *t, struct mono when)
{
    wheel_remove(w, t);
    t->slot = slot_up(when);
    if (t->slot < w->now_slot)
        t->slot = w->now_slot;
    file(w, t);
}

static void unlink_timer(struct timer *t)
{
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->link = NULL;
}

void wheel_remove(struct wheel *w, struct timer *t)
{
    if (!t->link)
        return;
    unlink_timer(t);
    size_t i = (size_t)(t->slot % WHEEL_SLOTS);
    if (!w->slots[i])
        w->occupied[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

/* The first occupied slot at or after now_slot within one turn; -1: none. */
static int64_t next_occupied(const struct wheel *w)
{
    for (int64_t ahead = 0; ahead < WHEEL_SLOTS;) {
        size_t i = (size_t)((w->now_slot + ahead) % WHEEL_SLOTS);
        uint64_t word = w->occupied[i / 64] >> (i % 64);
        if (word)
            return w->now_slot + ahead + __builtin_ctzll(word);
        ahead += (int64_t)(64 - i % 64);
    }
    return -1;
}

struct mono wheel_due(const struct wheel *w)
{
    int64_t next = next_occupied(w);
    if (w->far && (next < 0 || w->file_at < next))
        next = w->file_at;
    return next < 0 ? MONO_NEVER : (struct mono){next * WHEEL_SLOT_NS};
}

static void file_far(struct wheel *w)
{
    struct timer *all = w->far;
    w->far = NULL;
    w->file_at = w->now_slot + WHEEL_SLOTS / 2;
    for (struct timer *t = all, *next; t; t = next) {
        next = t->next;
        file(w, t);
    }
}

/* The list is taken out first: what a ringing timer adds belongs to a later slot. */
static void ring_slot(struct wheel *w, size_t i)
{
    struct timer *ringing = w->slots[i];
    w->slots[i] = NULL;
    w->occupied[i / 64] &= ~(UINT64_C(1) << (i % 64));
    if (ringing)
        ringing->link = &ringing;
    for (struct timer *t; (t = ringing);) {
        unlink_timer(t);
        t->ring(t->arg);
    }
}

void wheel_turn(struct wheel *w, struct mono now)
{
    int64_t until = now.ns / WHEEL_SLOT_NS;
    for (;;) {
        int64_t next = next_occupied(w);
        bool filing = w->file_at <= until && (next < 0 || w->file_at <= next);
        if (filing) {
            w->now_slot = w->file_at > w->now_slot ? w->file_at : w->now_slot;
            file_far(w);
            continue;
        }
        if (next < 0 || next > until)
            break;
        w->now_slot = next + 1;
        ring_slot(w, (size_t)(next % WHEEL_SLOTS));
    }
    if (w->now_slot < until + 1)
        w->now_slot = until + 1;
}
