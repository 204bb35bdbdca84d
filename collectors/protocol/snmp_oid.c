#include "collectors/protocol/snmp_oid.h"

#include <inttypes.h>
#include <stdio.h>

bool snmp_oid_take(struct snmp_oid_view *v, uint32_t *out)
{
    uint64_t n = 0;
    if (v->len && v->bytes[0] == 0x80)
        return false;
    while (v->len) {
        uint8_t byte = *v->bytes++;
        v->len--;
        n = n << 7 | (byte & 0x7f);
        if (n > UINT32_MAX)
            return false;
        *out = (uint32_t)n;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

bool snmp_oid_valid(struct snmp_oid_view v)
{
    uint32_t n;
    if (!v.len)
        return false;
    while (v.len)
        if (!snmp_oid_take(&v, &n))
            return false;
    return true;
}

int snmp_oid_compare(struct snmp_oid_view a, struct snmp_oid_view b)
{
    while (a.len && b.len) {
        uint32_t x, y;
        if (!snmp_oid_take(&a, &x) || !snmp_oid_take(&b, &y))
            break;
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.len > 0) - (b.len > 0);
}

/* Returns the bytes used; 0: no room. */
static size_t put_number(uint8_t *at, size_t room, uint32_t number)
{
    unsigned groups = 1;
    for (uint32_t rest = number >> 7; rest; rest >>= 7)
        groups++;
    if (groups > room)
        return 0;
    for (unsigned i = 0; i < groups; i++) {
        unsigned after = groups - 1 - i;
        at[i] = (uint8_t)((number >> (7 * after) & 0x7f) | (after ? 0x80 : 0));
    }
    return groups;
}

bool snmp_oid_append(struct snmp_oid *o, uint32_t number)
{
    size_t used = put_number(o->bytes + o->len, (size_t)(SNMP_OID_BYTES_MAX - o->len), number);
    o->len = (uint8_t)(o->len + used);
    return used > 0;
}

static bool read_digits(const char **text, const char *end, uint32_t *out)
{
    uint64_t n = 0;
    const char *start = *text;
    for (; *text < end && **text >= '0' && **text <= '9'; ++*text) {
        n = n * 10 + (unsigned)(**text - '0');
        if (n > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)n;
    return *text > start;
}

/* The first two numbers share one: 40 x first + second. */
static bool join_first_two(uint32_t first, uint32_t *second)
{
    if (first > 2 || (first < 2 && *second >= 40) || *second > UINT32_MAX - 80)
        return false;
    *second += first * 40;
    return true;
}

size_t snmp_oid_encode(const char *text, size_t len, uint8_t *out, size_t capacity)
{
    const char *end = text + len;
    uint32_t first = 0, number;
    size_t used = 0, put;
    if (len && *text == '.')
        text++;
    for (unsigned count = 0; read_digits(&text, end, &number); count++, text++) {
        if (count == 1 && !join_first_two(first, &number))
            return 0;
        if (count == 0)
            first = number;
        else if (!(put = put_number(out + used, capacity - used, number)))
            return 0;
        else
            used += put;
        if (text == end)
            return used;
        if (*text != '.')
            return 0;
    }
    return 0;
}

bool snmp_oid_parse(const char *text, struct snmp_oid *out)
{
    out->len = (uint8_t)snmp_oid_encode(text, strlen(text), out->bytes, sizeof out->bytes);
    return out->len > 0;
}

bool snmp_oid_copy(struct snmp_oid_view from, struct snmp_oid *out)
{
    if (from.len > SNMP_OID_BYTES_MAX)
        return false;
    out->len = (uint8_t)from.len;
    memcpy(out->bytes, from.bytes, from.len);
    return true;
}

/* Adds the numbers of v after what stands in out. */
static char *add_numbers(struct snmp_oid_view v, size_t used, char out[static SNMP_OID_TEXT_MAX])
{
    uint32_t n;
    while (v.len && snmp_oid_take(&v, &n)) {
        if (used + 16 > SNMP_OID_TEXT_MAX) {
            snprintf(out + used, SNMP_OID_TEXT_MAX - used, "...");
            break;
        }
        used += (size_t)snprintf(out + used, SNMP_OID_TEXT_MAX - used, used ? ".%" PRIu32 : "%" PRIu32, n);
    }
    return out;
}

char *snmp_oid_text(struct snmp_oid_view v, char out[static SNMP_OID_TEXT_MAX])
{
    size_t used = 0;
    uint32_t n;
    out[0] = '\0';
    if (snmp_oid_take(&v, &n)) {
        uint32_t first = n < 40 ? 0 : n < 80 ? 1 : 2;
        used = (size_t)snprintf(out, SNMP_OID_TEXT_MAX, "%" PRIu32 ".%" PRIu32, first, n - first * 40);
    }
    return add_numbers(v, used, out);
}

char *snmp_oid_index_text(struct snmp_oid_view index, char out[static SNMP_OID_TEXT_MAX])
{
    out[0] = '\0';
    return add_numbers(index, 0, out);
}

bool snmp_oid_single(struct snmp_oid_view v, uint32_t *out)
{
    return v.len && snmp_oid_take(&v, out) && v.len == 0;
}
