/* Addresses and names in OIDs: as the index of a table that is known, or found there because they
 * were learned, or because they look like nothing else. */
#include "poller/command/walk/scrub_internal.h"

#include <string.h>

#define FIRST_OF_INDEX                                                                             \
    7           /* before it stand registered numbers: 1.3.6.1.4.1.maker, 1.3.6.1.2.1.mib */
#define MANY 32 /* numbers of tables and columns seldom come to that */

/* ---- a run of numbers as octets ---- */

static bool octets_at(const struct walk_numbers *n, size_t at, size_t len, uint8_t *out)
{
    if (at + len > n->count)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (n->at[at + i] > 255)
            return false;
        out[i] = (uint8_t)n->at[at + i];
    }
    return true;
}

static void put_octets(struct walk_numbers *n, size_t at, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        n->at[at + i] = octets[i];
}

static bool change_at(struct scrub *s, struct walk_numbers *n, size_t at, enum standin_kind kind,
                      size_t len)
{
    uint8_t octets[16];
    if (!octets_at(n, at, len, octets))
        return false;
    scrub_address(s, kind, octets, len);
    put_octets(n, at, octets, len);
    return true;
}

/* ---- tables that are known ---- */

/* An address behind its length: as many octets as tell what it is. */
static size_t change_sized(struct scrub *s, struct walk_numbers *n, size_t at)
{
    size_t len = at < n->count ? n->at[at] : 0;
    if (len == 4 || len == 8) /* 8: with a zone */
        change_at(s, n, at + 1, STANDIN_IP4, 4);
    else if (len == 16 || len == 20)
        change_at(s, n, at + 1, STANDIN_IP6, 16);
    else if (len == 6)
        change_at(s, n, at + 1, STANDIN_MAC, 6);
    return 1 + len;
}

/* Returns how many numbers the part has. */
static size_t change_part(struct scrub *s, struct walk_numbers *n, size_t at, char part)
{
    size_t left = n->count - at;
    switch (part) {
    case 'a':
        change_at(s, n, at, STANDIN_IP4, 4);
        return 4;
    case 'k':
        return 4;
    case 'm':
        at += left == 7 && n->at[at] == 6; /* some put its length in front */
        change_at(s, n, at, STANDIN_MAC, 6);
        return left == 7 ? 7 : 6;
    case 'x':
        at += left == 17 && n->at[at] == 16;
        change_at(s, n, at, STANDIN_IP6, 16);
        return 16;
    case 't':
        return 1 + change_sized(s, n, at + 1);
    case 'p':
        return change_sized(s, n, at);
    default:
        return 1;
    }
}

static void change_index(struct scrub *s, struct walk_numbers *n, size_t at, const char *parts)
{
    for (; *parts && at < n->count; parts++)
        at += change_part(s, n, at, *parts);
}

/* ---- others ---- */

bool scrub_looks_like_mac(const uint8_t *o)
{
    unsigned different = 0, extreme = 0, printable = 0;
    for (int i = 0; i < 6; i++) {
        bool seen = false;
        for (int j = 0; j < i; j++)
            seen |= o[j] == o[i];
        different += !seen;
        extreme += o[i] == 0 || o[i] == 0xff;
        printable += o[i] >= 0x20 && o[i] < 0x7f;
    }
    return !(o[0] & 1) && different >= 4 && extreme <= 2 && printable < 6 && o[0] != 0xff &&
           o[1] != 0xff && (o[0] || o[1]);
}

/* Stricter: most indexes are small numbers, or the letters of a name. */
static bool looks_like_mac_index(const uint8_t *o)
{
    unsigned many = 0, printable = 0;
    for (int i = 0; i < 6; i++) {
        many += o[i] >= MANY;
        printable += o[i] >= 0x20 && o[i] < 0x7f;
    }
    return many >= 3 && printable < 5 && scrub_looks_like_mac(o);
}

static bool is_private(const uint8_t *a)
{
    return (a[0] == 192 && a[1] == 168) || (a[0] == 172 && (a[1] & 0xf0) == 16);
}

/* 10.0.0.1 may be any four numbers; at the end of an index, where it was learned, it is not. */
static bool is_known_ip4(const struct scrub *s, const struct walk_numbers *n, size_t at,
                         const uint8_t *o)
{
    unsigned many = 0;
    for (int i = 0; i < 4; i++)
        many += o[i] >= MANY;
    return standins_knows(s->standins, STANDIN_IP4, o, 4) &&
           (at + 4 == n->count || o[0] >= 64 || many >= 2);
}

/* Returns how many numbers were of an address that was learned. */
static size_t take_known(struct scrub *s, struct walk_numbers *n, size_t at)
{
    uint8_t o[16];
    if (octets_at(n, at, 16, o) && standins_knows(s->standins, STANDIN_IP6, o, 16))
        return change_at(s, n, at, STANDIN_IP6, 16) ? 16 : 0;
    if (octets_at(n, at, 6, o) && standins_knows(s->standins, STANDIN_MAC, o, 6))
        return change_at(s, n, at, STANDIN_MAC, 6) ? 6 : 0;
    if (octets_at(n, at, 4, o) && is_known_ip4(s, n, at, o))
        return change_at(s, n, at, STANDIN_IP4, 4) ? 4 : 0;
    return 0;
}

/* At the end of an index, perhaps before one small number more. */
static bool change_by_looks(struct scrub *s, struct walk_numbers *n)
{
    uint8_t o[6];
    for (size_t behind = 0; behind <= 1; behind++) {
        if (n->count < FIRST_OF_INDEX + 6 + behind || (behind && n->at[n->count - 1] >= MANY))
            return false;
        size_t mac = n->count - behind - 6, ip4 = n->count - behind - 4;
        if (octets_at(n, mac, 6, o) && looks_like_mac_index(o))
            return change_at(s, n, mac, STANDIN_MAC, 6);
        if (octets_at(n, ip4, 4, o) && is_private(o))
            return change_at(s, n, ip4, STANDIN_IP4, 4);
    }
    return false;
}

/* Names behind their length, or to the end: runs of numbers that are octets. */
static void look_for_learned(struct scrub *s, struct walk_numbers *n)
{
    uint8_t octets[WALK_NUMBERS_MAX];
    for (size_t from = FIRST_OF_INDEX, to; from < n->count; from = to + 1) {
        for (to = from; to < n->count && n->at[to] <= 255; to++)
            octets[to - from] = (uint8_t)n->at[to];
        if (scrub_learned(s, octets, to - from))
            put_octets(n, from, octets, to - from);
    }
}

static void look_around(struct scrub *s, struct walk_numbers *n)
{
    struct walk_numbers before = *n;
    bool any = false;
    look_for_learned(s, n);
    for (size_t at = FIRST_OF_INDEX; at < n->count;) {
        size_t took = n->at[at] != before.at[at] ? 1 : take_known(s, n, at);
        any |= took > 0;
        at += took ? took : 1;
    }
    if (!any)
        change_by_looks(s, n);
}

bool scrub_oid(struct scrub *s, struct snmp_oid_view oid, bool is_name, struct snmp_oid_view *out,
               struct arena *arena)
{
    struct walk_numbers n;
    uint8_t bytes[WALK_OID_BYTES_MAX];
    size_t index_at = 0;
    const char *parts = is_name ? columns_index(s->columns, oid, &index_at) : NULL;
    if (!walk_numbers_read(oid, &n))
        return false;
    if (parts)
        change_index(s, &n, index_at, parts);
    else
        look_around(s, &n);
    if (s->learning)
        return true;
    out->len = walk_numbers_write(&n, bytes);
    out->bytes = arena_copy(arena, bytes, out->len);
    s->failed |= !out->bytes;
    return out->bytes != NULL;
}
