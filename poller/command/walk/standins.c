#include "poller/command/walk/standins.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"

#define BUCKETS_FIRST 1024
#define TEXT_TRIES    100000 /* short texts run out of stand-ins: then one serves twice */

enum { OUI = 3, NET4 = 3, NET6 = 8 };

struct entry {
    enum standin_kind kind;
    const uint8_t *original, *standin; /* standin NULL: only noted */
    size_t len;
};

struct standins {
    struct arena *arena;
    struct entry *entries; /* in the order they were noted */
    size_t count, capacity;
    size_t *buckets; /* 1 + place in entries; 0: none */
    size_t bucket_count;
    size_t replaced[STANDIN_KINDS];
    /* networks are entries of their own: these count them */
    uint32_t next_mac, next_net[4], next_net6, next_end6, next_text;
};

/* Entries of other tables, beside the public kinds. */
enum { KIND_NET4 = STANDIN_KINDS, KIND_NET6, KIND_END6, KIND_USED_TEXT };

struct standins *standins_create(void)
{
    struct standins *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->arena = arena_create(0);
    s->buckets = calloc(BUCKETS_FIRST, sizeof *s->buckets);
    s->bucket_count = BUCKETS_FIRST;
    if (s->arena && s->buckets)
        return s;
    standins_destroy(s);
    return NULL;
}

void standins_destroy(struct standins *s)
{
    if (!s)
        return;
    arena_destroy(s->arena);
    free(s->entries);
    free(s->buckets);
    free(s);
}

/* ---- the table ---- */

static size_t hash_of(int kind, const uint8_t *bytes, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)kind;
    for (size_t i = 0; i < len; i++)
        h = (h ^ bytes[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 29);
}

static size_t place_of(const struct standins *s, int kind, const uint8_t *bytes, size_t len)
{
    size_t at = hash_of(kind, bytes, len) & (s->bucket_count - 1);
    for (; s->buckets[at]; at = (at + 1) & (s->bucket_count - 1)) {
        const struct entry *e = &s->entries[s->buckets[at] - 1];
        if ((int)e->kind == kind && e->len == len && memcmp(e->original, bytes, len) == 0)
            break;
    }
    return at;
}

static struct entry *find(const struct standins *s, int kind, const uint8_t *bytes, size_t len)
{
    size_t at = s->buckets[place_of(s, kind, bytes, len)];
    return at ? &s->entries[at - 1] : NULL;
}

static bool grow_buckets(struct standins *s)
{
    size_t *old = s->buckets;
    s->buckets = calloc(s->bucket_count * 2, sizeof *s->buckets);
    if (!s->buckets) {
        s->buckets = old;
        return false;
    }
    s->bucket_count *= 2;
    for (size_t i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];
        s->buckets[place_of(s, (int)e->kind, e->original, e->len)] = i + 1;
    }
    free(old);
    return true;
}

static bool make_room(struct standins *s)
{
    if (s->count * 2 >= s->bucket_count && !grow_buckets(s))
        return false;
    if (s->count < s->capacity)
        return true;
    size_t capacity = s->capacity ? s->capacity * 2 : 256;
    struct entry *entries = realloc(s->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    s->entries = entries;
    s->capacity = capacity;
    return true;
}

/* The entry, new or not; NULL: no memory. Valid until the next one is put. */
static struct entry *put(struct standins *s, int kind, const uint8_t *bytes, size_t len)
{
    struct entry *e = find(s, kind, bytes, len);
    if (e)
        return e;
    const uint8_t *copy = arena_copy(s->arena, bytes, len);
    if (!copy || !make_room(s))
        return NULL;
    size_t at = place_of(s, kind, bytes, len);
    s->entries[s->count] =
        (struct entry){.kind = (enum standin_kind)kind, .original = copy, .len = len};
    s->buckets[at] = ++s->count;
    return &s->entries[s->count - 1];
}

/* ---- what may be told ---- */

static bool mac_is_common(const uint8_t *m)
{
    static const uint8_t solicited[] = {0x33, 0x33,
                                        0xff}; /* ends as somebody's IPv6 address does */
    bool zero = true;
    for (int i = 0; i < 6; i++)
        zero &= m[i] == 0;
    return zero || ((m[0] & 1) && memcmp(m, solicited, sizeof solicited) != 0);
}

static bool is_mask(const uint8_t *a)
{
    uint32_t v = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3],
             rest = ~v;
    return (rest & (rest + 1)) == 0 && a[0] >= 128 && (a[1] == 0 || a[0] == 255);
}

static bool ip4_is_common(const uint8_t *a)
{
    static const uint8_t servers[][4] = {
        {1, 1, 1, 1}, {1, 0, 0, 1},         {8, 8, 8, 8},        {8, 8, 4, 4},       {9, 9, 9, 9},
        {4, 2, 2, 2}, {149, 112, 112, 112}, {208, 67, 222, 222}, {208, 67, 220, 220}};
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
        if (memcmp(a, servers[i], 4) == 0)
            return true;
    return a[0] == 0 || a[0] == 127 || a[0] >= 224 || is_mask(a);
}

static bool ip6_is_common(const uint8_t *a)
{
    static const uint8_t nodes[13] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff},
                         loopback[15] = {0};
    bool solicited = a[0] == 0xff && memcmp(a + 2, nodes + 2, 11) == 0;
    return (a[0] == 0xff && !solicited) ||
           (memcmp(a, loopback, sizeof loopback) == 0 && a[15] <= 1);
}

bool standins_is_common(enum standin_kind kind, const uint8_t *original, size_t len)
{
    return kind == STANDIN_MAC   ? mac_is_common(original)
           : kind == STANDIN_IP4 ? ip4_is_common(original)
           : kind == STANDIN_IP6 ? ip6_is_common(original)
                                 : len == 0;
}

/* ---- noting ---- */

bool standins_note(struct standins *s, enum standin_kind kind, const uint8_t *original, size_t len)
{
    if (standins_is_common(kind, original, len))
        return true;
    if (kind == STANDIN_IP4 && !put(s, KIND_NET4, original, NET4))
        return false;
    if (kind == STANDIN_IP6 && !put(s, KIND_NET6, original, NET6))
        return false;
    return put(s, (int)kind, original, len) != NULL;
}

bool standins_knows(const struct standins *s, enum standin_kind kind, const uint8_t *original,
                    size_t len)
{
    return find(s, (int)kind, original, len) != NULL;
}

bool standins_each(const struct standins *s, standins_fn fn, void *ctx)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];
        if ((int)e->kind < STANDIN_KINDS && !fn(ctx, e->kind, e->original, e->len))
            return false;
    }
    return true;
}

size_t standins_count(const struct standins *s, enum standin_kind kind)
{
    return s->replaced[kind];
}

/* ---- making ---- */

/* A locally administered one was drawn at random: its first three octets tell as much as the
 * others. */
static bool make_mac(struct standins *s, const uint8_t *original, uint8_t *out)
{
    bool local = original[0] & 2;
    do {
        uint32_t n = ++s->next_mac & 0xffffff;
        memcpy(out, original, OUI);
        if (local)
            out[1] = out[2] = 0;
        out[3] = (uint8_t)(n >> 16);
        out[4] = (uint8_t)(n >> 8);
        out[5] = (uint8_t)n;
    } while (find(s, STANDIN_MAC, out, 6));
    return true;
}

/* Private networks have stand-ins among their like, all others in 100.64.0.0/10 (RFC 6598). */
enum { NET_10, NET_172, NET_192, NET_OTHER };

static int net_class(const uint8_t *a)
{
    return a[0] == 10                           ? NET_10
           : a[0] == 172 && (a[1] & 0xf0) == 16 ? NET_172
           : a[0] == 192 && a[1] == 168         ? NET_192
                                                : NET_OTHER;
}

static void write_net4(int class, uint32_t n, uint8_t out[static NET4])
{
    static const uint32_t first[] = {[NET_10] = 10u << 16,
                                     [NET_172] = 172u << 16 | 16u << 8,
                                     [NET_192] = 192u << 16 | 168u << 8,
                                     [NET_OTHER] = 100u << 16 | 64u << 8};
    uint32_t net = first[class] + n;
    out[0] = (uint8_t)(net >> 16);
    out[1] = (uint8_t)(net >> 8);
    out[2] = (uint8_t)net;
}

/* Where its like run out (a router with all of 192.168), it goes on among the others; they run out
 * only in walks of more than 16,000 networks, and begin anew there. */
static void choose_net4(struct standins *s, int class, uint8_t out[static NET4])
{
    static const uint32_t room[] = {
        [NET_10] = 1 << 16, [NET_172] = 1 << 12, [NET_192] = 1 << 8, [NET_OTHER] = 1 << 14};
    while (s->next_net[class] + 1 < room[class]) {
        write_net4(class, ++s->next_net[class], out);
        if (!find(s, KIND_NET4, out, NET4))
            return;
    }
    if (class != NET_OTHER)
        choose_net4(s, NET_OTHER, out);
    else
        write_net4(class, s->next_net[class] = 1, out);
}

static bool make_ip4(struct standins *s, const uint8_t *original, uint8_t *out)
{
    uint8_t net[NET4];
    struct entry *e = put(s, KIND_NET4, original, NET4);
    if (!e)
        return false;
    if (!e->standin) {
        choose_net4(s, net_class(original), net);
        e->standin = arena_copy(s->arena, net, NET4);
        if (!e->standin)
            return false;
    }
    out[3] = original[3];
    memcpy(out, e->standin, NET4);
    return true;
}

static void put_number(uint32_t n, uint8_t *at)
{
    at[0] = (uint8_t)(n >> 24);
    at[1] = (uint8_t)(n >> 16);
    at[2] = (uint8_t)(n >> 8);
    at[3] = (uint8_t)n;
}

static bool make_net6(struct standins *s, const uint8_t *original, uint8_t out[static NET6])
{
    static const uint8_t local[] = {0xfe, 0x80}, unique[] = {0xfd},
                         document[] = {0x20, 1, 0xd, 0xb8};
    uint8_t net[NET6] = {0};
    struct entry *e = put(s, KIND_NET6, original, NET6);
    if (!e)
        return false;
    bool is_local = original[0] == 0xfe && (original[1] & 0xc0) == 0x80;
    if (is_local)
        memcpy(net, local, sizeof local);
    else if ((original[0] & 0xfe) == 0xfc)
        memcpy(net, unique, sizeof unique);
    else
        memcpy(net, document, sizeof document);
    if (!is_local && !e->standin)
        put_number(++s->next_net6, net + 4);
    if (!e->standin)
        e->standin = arena_copy(s->arena, net, NET6);
    if (e->standin)
        memcpy(out, e->standin, NET6);
    return e->standin != NULL;
}

/* ::1, ::53: chosen by hand, and as good as a name of the role. */
static bool end_is_small(const uint8_t *end)
{
    static const uint8_t zero[6] = {0};
    return memcmp(end, zero, sizeof zero) == 0;
}

static bool make_end6(struct standins *s, const uint8_t *original, uint8_t out[static NET6])
{
    uint8_t mac[6] = {original[0] ^ 2, original[1], original[2],
                      original[5],     original[6], original[7]};
    if (end_is_small(original)) {
        memcpy(out, original, NET6);
        return true;
    }
    if (original[3] == 0xff && original[4] == 0xfe) { /* RFC 4291 appendix A */
        if (!standins_replace(s, STANDIN_MAC, mac, sizeof mac))
            return false;
        const uint8_t end[NET6] = {mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
        memcpy(out, end, sizeof end);
        return true;
    }
    struct entry *e = put(s, KIND_END6, original, NET6);
    uint8_t end[NET6] = {0, 0, 0, 1};
    if (!e)
        return false;
    if (!e->standin) {
        put_number(++s->next_end6, end + 4);
        e->standin = arena_copy(s->arena, end, NET6);
    }
    if (e->standin)
        memcpy(out, e->standin, NET6);
    return e->standin != NULL;
}

static bool make_ip6(struct standins *s, const uint8_t *original, uint8_t *out)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(original, mapped, sizeof mapped) == 0) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + 12, original + 12, 4);
        return standins_replace(s, STANDIN_IP4, out + 12, 4);
    }
    if (original[0] == 0xff) { /* the group that listens for three octets of an address */
        memcpy(out, original, 13);
        out[13] = 0;
        out[14] = (uint8_t)(++s->next_end6 >> 8);
        out[15] = (uint8_t)s->next_end6;
        return true;
    }
    return make_net6(s, original, out) && make_end6(s, original + NET6, out + NET6);
}

/* The number n in the places of letters and digits, from the last one; other places of that kind
 * get x and 0. */
static void write_text(const uint8_t *original, size_t len, uint32_t n, uint8_t *out)
{
    for (size_t i = len; i-- > 0;) {
        uint8_t c = original[i];
        if (isdigit(c)) {
            out[i] = (uint8_t)('0' + n % 10);
            n /= 10;
        } else if (isalpha(c) || c >= 0x80) {
            out[i] = n ? (uint8_t)((isupper(c) ? 'A' : 'a') + n % 26) : isupper(c) ? 'X' : 'x';
            n /= 26;
        } else {
            out[i] = c;
        }
    }
}

/* How many different ones can be written. */
static unsigned room_of(const uint8_t *text, size_t len)
{
    unsigned room = 1;
    for (size_t i = 0; i < len && room < TEXT_TRIES; i++)
        room *= isdigit(text[i]) ? 10 : isalpha(text[i]) || text[i] >= 0x80 ? 26 : 1;
    return room < TEXT_TRIES ? room : TEXT_TRIES;
}

static bool make_text(struct standins *s, const uint8_t *original, size_t len, uint8_t *out)
{
    unsigned room = room_of(original, len);
    memcpy(out, original, len);
    for (unsigned i = 0; i < room && room > 1; i++) {
        write_text(original, len, ++s->next_text, out);
        if (!find(s, STANDIN_TEXT, out, len) && !find(s, KIND_USED_TEXT, out, len))
            break;
    }
    return put(s, KIND_USED_TEXT, out, len) != NULL;
}

bool standins_replace(struct standins *s, enum standin_kind kind, uint8_t *octets, size_t len)
{
    if (standins_is_common(kind, octets, len))
        return true;
    struct entry *e = put(s, (int)kind, octets, len);
    size_t at = e ? (size_t)(e - s->entries) : 0;
    if (!e)
        return false;
    if (!e->standin) {
        uint8_t *made = arena_take(s->arena, len);
        const uint8_t *original = e->original;
        bool fine = made && (kind == STANDIN_MAC   ? make_mac(s, original, made)
                             : kind == STANDIN_IP4 ? make_ip4(s, original, made)
                             : kind == STANDIN_IP6 ? make_ip6(s, original, made)
                                                   : make_text(s, original, len, made));
        if (!fine)
            return false;
        e = &s->entries[at]; /* others may have been put meanwhile */
        e->standin = made;
        s->replaced[kind]++;
    }
    memcpy(octets, e->standin, len);
    return true;
}
