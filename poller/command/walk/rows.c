#include "poller/command/walk/rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "poller/base/utf8.h"

bool walk_rows_init(struct walk_rows *r)
{
    *r = (struct walk_rows){.arena = arena_create(0)};
    return r->arena != NULL;
}

void walk_rows_fini(struct walk_rows *r)
{
    arena_destroy(r->arena);
    free(r->items);
    *r = (struct walk_rows){0};
}

bool walk_value_has_octets(const struct snmp_value *v)
{
    return v->type == SNMP_OCTETS || v->type == SNMP_IPADDRESS || v->type == SNMP_OPAQUE ||
           v->type == SNMP_IDENTIFIER;
}

static bool make_room(struct walk_rows *r)
{
    if (r->count < r->capacity)
        return true;
    size_t capacity = r->capacity ? r->capacity * 2 : 256;
    struct walk_row *items = realloc(r->items, capacity * sizeof *items);
    if (!items)
        return false;
    r->items = items;
    r->capacity = capacity;
    return true;
}

bool walk_rows_add(struct walk_rows *r, struct snmp_oid_view oid, const struct snmp_value *value)
{
    struct walk_row row = {.oid = {arena_copy(r->arena, oid.bytes, oid.len), oid.len},
                           .value = *value};
    if (!row.oid.bytes || !make_room(r))
        return false;
    if (walk_value_has_octets(value)) {
        /* one more, so that there is something to point at also where there is none */
        uint8_t *octets = arena_take(r->arena, value->len + 1);
        if (!octets)
            return false;
        if (value->len)
            memcpy(octets, value->octets, value->len);
        row.value.octets = octets;
    }
    r->items[r->count++] = row;
    return true;
}

static int by_oid(const void *a, const void *b)
{
    const struct walk_row *x = a, *y = b;
    int order = snmp_oid_compare(x->oid, y->oid);
    return order ? order : (x > y) - (x < y);
}

void walk_rows_sort(struct walk_rows *r)
{
    size_t kept = 0;
    if (r->count)
        qsort(r->items, r->count, sizeof r->items[0], by_oid);
    for (size_t i = 0; i < r->count; i++)
        if (!kept || !snmp_oid_equal(r->items[kept - 1].oid, r->items[i].oid))
            r->items[kept++] = r->items[i];
    r->count = kept;
}

bool walk_numbers_read(struct snmp_oid_view oid, struct walk_numbers *out)
{
    uint32_t both;
    if (!snmp_oid_take(&oid, &both))
        return false;
    out->at[0] = both < 80 ? both / 40 : 2; /* the first two share one */
    out->at[1] = both - 40 * out->at[0];
    for (out->count = 2; oid.len; out->count++)
        if (out->count == WALK_NUMBERS_MAX || !snmp_oid_take(&oid, &out->at[out->count]))
            return false;
    return true;
}

static size_t write_number(uint32_t n, uint8_t *out)
{
    size_t len = 1;
    for (uint32_t rest = n >> 7; rest; rest >>= 7)
        len++;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)((n >> 7 * (len - 1 - i) & 0x7f) | (i + 1 < len ? 0x80 : 0));
    return len;
}

size_t walk_numbers_write(const struct walk_numbers *n, uint8_t out[static WALK_OID_BYTES_MAX])
{
    size_t len = write_number(n->at[0] * 40 + n->at[1], out);
    for (size_t i = 2; i < n->count; i++)
        len += write_number(n->at[i], out + len);
    return len;
}

void walk_oid_put(struct snmp_oid_view oid, struct buf *out)
{
    struct walk_numbers n;
    if (!walk_numbers_read(oid, &n))
        return;
    for (size_t i = 0; i < n.count; i++)
        buf_printf(out, i ? ".%" PRIu32 : "%" PRIu32, n.at[i]);
}

static bool is_plain(uint8_t c)
{
    return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t';
}

bool walk_is_text(const uint8_t *octets, size_t len, size_t *shown)
{
    while (len && !octets[len - 1])
        len--;
    *shown = len;
    for (size_t i = 0; i < len; i++)
        if (!is_plain(octets[i]))
            return false;
    return utf8_is_valid((const char *)octets, len);
}
