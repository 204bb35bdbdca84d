#include "poller/engine/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOW_AGAIN_NS MINUTES(5)
#define KEEP_AGAIN_NS MINUTES(6 * 60)
#define KEY_FORMAT "seen %s %s"

struct seen {
    struct seen_device rows[SEEN_MAX]; /* sorted by address, then MAC */
    size_t count;
    uint64_t left_out;
    bool recalled;
};

struct seen *seen_create(void)
{
    return calloc(1, sizeof(struct seen));
}

void seen_destroy(struct seen *s)
{
    free(s);
}

static int compare(const struct seen_device *a, const struct addr *address, const struct mac *mac)
{
    if (a->address.family != address->family)
        return a->address.family < address->family ? -1 : 1;
    int order = memcmp(a->address.bytes, address->bytes, sizeof address->bytes);
    return order ? order : memcmp(a->mac.bytes, mac->bytes, sizeof mac->bytes);
}

/* Where it is, or would be. */
static size_t position(const struct seen *s, const struct addr *address, const struct mac *mac,
                       bool *found)
{
    size_t low = 0, high = s->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&s->rows[middle], address, mac);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The row of it, made when there is none; NULL: no room. */
static struct seen_device *row_of(struct seen *s, const struct addr *address, const struct mac *mac)
{
    bool found;
    size_t at = position(s, address, mac, &found);
    if (found)
        return &s->rows[at];
    if (s->count == SEEN_MAX)
        return NULL;
    memmove(s->rows + at + 1, s->rows + at, (s->count++ - at) * sizeof s->rows[0]);
    s->rows[at] = (struct seen_device){.address = *address, .mac = *mac};
    s->rows[at].address.scope = 0;
    return &s->rows[at];
}

static bool is_link_local(const struct addr *a)
{
    return a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

/* A card's own IPv6 address tells nothing new when the card is there by a better one. */
static bool has_better(const struct netinfo_heard *heard, size_t count, const struct mac *mac)
{
    for (size_t i = 0; i < count; i++)
        if (!is_link_local(&heard[i].addr) &&
            memcmp(&heard[i].neighbour.mac, mac, sizeof *mac) == 0)
            return true;
    return false;
}

static void take_heard(struct seen *s, const struct netinfo_heard *h, struct wall now)
{
    struct seen_device *d = row_of(s, &h->addr, &h->neighbour.mac);
    if (!d) {
        s->left_out++;
        return;
    }
    int64_t ago_ns = h->neighbour.confirmed_ago_ns;
    if (d->first.ns == 0)
        d->first = d->last = now;
    if (ago_ns >= 0 && ago_ns < now.ns && now.ns - ago_ns > d->last.ns)
        d->last.ns = now.ns - ago_ns;
}

static void keep(const struct seen_device *d, bool forget, const struct seen_listener *l)
{
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX], key[ADDR_TEXT_MAX + MAC_TEXT_MAX + 8], value[48];
    snprintf(key, sizeof key, KEY_FORMAT, addr_text(&d->address, address), mac_text(&d->mac, mac));
    snprintf(value, sizeof value, "%lld %lld", (long long)wall_seconds(d->first),
             (long long)wall_seconds(d->last));
    l->keep(l->ctx, key, forget ? NULL : value);
}

static void drop_others(struct seen *s, struct wall now, const struct seen_listener *l)
{
    size_t left = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct seen_device *d = &s->rows[i];
        bool old = now.ns - d->last.ns > MINUTES(SEEN_FORGET_DAYS * 24 * 60);
        if (!old && !l->watched(l->ctx, &d->address, &d->mac)) {
            s->rows[left++] = *d;
            continue;
        }
        if (d->shown.ns)
            l->gone(l->ctx, d);
        if (d->kept.ns)
            keep(d, true, l);
    }
    s->count = left;
}

static void tell(struct seen *s, const struct seen_listener *l)
{
    unsigned keeps = s->recalled ? SEEN_KEEPS_PER_LOOK : 0;
    for (size_t i = 0; i < s->count; i++) {
        struct seen_device *d = &s->rows[i];
        if (d->shown.ns == 0 || d->last.ns - d->shown.ns >= SHOW_AGAIN_NS) {
            d->shown = d->last;
            l->show(l->ctx, d);
        }
        if (keeps && (d->kept.ns == 0 || d->last.ns - d->kept.ns >= KEEP_AGAIN_NS)) {
            d->kept = d->last;
            keep(d, false, l);
            keeps--;
        }
    }
}

void seen_look(struct seen *s, const struct netinfo_heard *heard, size_t count, struct wall now,
               const struct seen_listener *l)
{
    s->left_out = 0;
    drop_others(s, now, l);
    for (size_t i = 0; i < count; i++) {
        const struct netinfo_heard *h = &heard[i];
        bool many = h->neighbour.mac.bytes[0] & 1; /* a group, not a device */
        if (h->neighbour.failed || !mac_is_set(&h->neighbour.mac) || many ||
            l->watched(l->ctx, &h->addr, &h->neighbour.mac) ||
            (is_link_local(&h->addr) && has_better(heard, count, &h->neighbour.mac)))
            continue;
        take_heard(s, h, now);
    }
    tell(s, l);
}

void seen_recall(struct seen *s, const char *key, const char *value)
{
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    struct addr a;
    struct mac m;
    long long first, last;
    if (sscanf(key, "seen %63s %17s", address, mac) != 2 || !addr_parse(address, &a) ||
        !mac_parse(mac, &m) || sscanf(value, "%lld %lld", &first, &last) != 2 || first <= 0 ||
        last < first || last > INT64_MAX / NS_PER_S)
        return;
    struct seen_device *d = row_of(s, &a, &m);
    if (!d)
        return;
    if (d->first.ns == 0 || SECONDS(first) < d->first.ns)
        d->first.ns = SECONDS(first);
    if (SECONDS(last) > d->last.ns)
        d->last.ns = SECONDS(last);
    d->kept.ns = SECONDS(last);
    d->shown.ns = 0;
}

void seen_recalled(struct seen *s)
{
    s->recalled = true;
}

static bool shift(struct wall *at, struct wall from, struct wall until, int64_t shift_ns)
{
    bool within = at->ns >= from.ns && at->ns <= until.ns;
    at->ns += within ? shift_ns : 0;
    return within;
}

void seen_restamp(struct seen *s, struct wall from, struct wall until, int64_t shift_ns)
{
    for (size_t i = 0; i < s->count; i++) {
        struct seen_device *d = &s->rows[i];
        bool first = shift(&d->first, from, until, shift_ns);
        if (shift(&d->last, from, until, shift_ns) || first)
            d->shown.ns = d->kept.ns = 0;
    }
}

size_t seen_count(const struct seen *s)
{
    return s->count;
}

const struct seen_device *seen_at(const struct seen *s, size_t i)
{
    return &s->rows[i];
}

uint64_t seen_left_out(const struct seen *s)
{
    return s->left_out;
}
