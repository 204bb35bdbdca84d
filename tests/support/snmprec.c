#include "tests/support/snmprec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "poller/base/arena.h"

struct text {
    const char *at;
    size_t len;
};

/* A tag as the file has it: number, form, module. */
struct form {
    unsigned tag;
    char octets; /* 'x', 'e' or 0 */
    bool module;
};

void snmprec_destroy(struct snmprec *s)
{
    if (!s)
        return;
    arena_destroy(s->arena);
    free(s->rows);
    free(s);
}

static bool cut_at(struct text *rest, char separator, struct text *out)
{
    const char *found = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
    if (!found)
        return false;
    *out = (struct text){rest->at, (size_t)(found - rest->at)};
    rest->at = found + 1;
    rest->len -= out->len + 1;
    return true;
}

static bool text_is(struct text t, const char *word)
{
    return t.len == strlen(word) && memcmp(t.at, word, t.len) == 0;
}

static bool read_number(struct text t, uint64_t most, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned digit = (unsigned char)t.at[i] - (unsigned)'0';
        if (digit > 9 || *out > (most - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return t.len > 0;
}

/* Into the bits of an int64_t. */
static bool read_integer(struct text t, uint64_t *out)
{
    bool negative = t.len && *t.at == '-';
    if (!read_number((struct text){t.at + negative, t.len - negative}, INT64_MAX, out))
        return false;
    if (negative)
        *out = 0 - *out;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_pair(struct text t, size_t at, uint8_t *out)
{
    if (at + 2 > t.len || hex_digit(t.at[at]) < 0 || hex_digit(t.at[at + 1]) < 0)
        return false;
    *out = (uint8_t)(hex_digit(t.at[at]) << 4 | hex_digit(t.at[at + 1]));
    return true;
}

static bool read_hex(struct text t, uint8_t *out, size_t *len)
{
    for (*len = 0; *len < t.len / 2; ++*len)
        if (!hex_pair(t, 2 * *len, &out[*len]))
            return false;
    return t.len % 2 == 0;
}

/* One character behind a backslash; returns how many of the text it took, 0: none we know. */
static size_t read_escape(struct text t, size_t at, uint8_t *out)
{
    static const char letters[] = "nrt\\", meant[] = "\n\r\t\\";
    const char *found = at < t.len && t.at[at] ? strchr(letters, t.at[at]) : NULL;
    if (found) {
        *out = (uint8_t)meant[found - letters];
        return 1;
    }
    return at < t.len && t.at[at] == 'x' && hex_pair(t, at + 1, out) ? 3 : 0;
}

static bool read_escaped(struct text t, uint8_t *out, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < t.len; i++) {
        uint8_t c = (uint8_t)t.at[i];
        size_t took = c == '\\' ? read_escape(t, i + 1, &c) : 0;
        if (t.at[i] == '\\' && !took)
            return false;
        out[(*len)++] = c;
        i += took;
    }
    return true;
}

static bool read_octets(struct text t, char form, uint8_t *out, size_t *len)
{
    if (form == 'x')
        return read_hex(t, out, len);
    if (form == 'e')
        return read_escaped(t, out, len);
    memcpy(out, t.at, t.len);
    *len = t.len;
    return true;
}

static bool read_quad(struct text t, uint8_t *out, size_t *len)
{
    struct text part;
    for (*len = 0; *len < 4; ++*len) {
        uint64_t n;
        if (*len == 3)
            part = t;
        else if (!cut_at(&t, '.', &part))
            return false;
        if (!read_number(part, 255, &n))
            return false;
        out[*len] = (uint8_t)n;
    }
    return true;
}

static bool oid_short_enough(struct snmp_oid_view oid)
{
    size_t numbers = 1; /* the first two share one */
    for (size_t i = 0; i < oid.len; i++)
        numbers += !(oid.bytes[i] & 0x80);
    return numbers <= SNMPREC_NUMBERS_MAX;
}

/* NULL: it is there; else what is wrong. */
static const char *keep_oid(struct arena *a, struct text t, struct snmp_oid_view *out)
{
    uint8_t bytes[SNMPREC_OID_BYTES_MAX];
    size_t len = snmp_oid_encode(t.at, t.len, bytes, sizeof bytes);
    if (!len || !oid_short_enough((struct snmp_oid_view){bytes, len}))
        return "not an OID";
    *out = (struct snmp_oid_view){arena_copy(a, bytes, len), len};
    return out->bytes ? NULL : "no memory";
}

static const char *keep_octets(struct arena *a, struct text t, const struct form *f,
                               struct snmprec_row *out)
{
    uint8_t *bytes = arena_take(a, t.len + 4);
    bool quad = f->tag == BER_IPADDRESS && !f->octets;
    if (!bytes)
        return "no memory";
    if (quad ? !read_quad(t, bytes, &out->len) : !read_octets(t, f->octets, bytes, &out->len))
        return quad ? "not an IPv4 address" : "octets that cannot be read";
    out->bytes = bytes;
    return f->tag == BER_IPADDRESS && out->len != 4 ? "an address of other than four octets" : NULL;
}

static const char *keep_value(struct arena *a, struct text t, const struct form *f,
                              struct snmprec_row *out)
{
    struct snmp_oid_view oid;
    const char *why;
    bool fits = true;
    switch (f->tag) {
    case BER_INTEGER:
        fits = read_integer(t, &out->number);
        break;
    case BER_COUNTER32:
    case BER_GAUGE32:
    case BER_TIMETICKS:
        fits = read_number(t, UINT32_MAX, &out->number);
        break;
    case BER_COUNTER64:
        fits = read_number(t, UINT64_MAX, &out->number);
        break;
    case BER_OID:
        why = keep_oid(a, t, &oid);
        out->bytes = oid.bytes;
        out->len = oid.len;
        return why;
    case BER_OCTETS:
    case BER_OPAQUE:
    case BER_IPADDRESS:
        return keep_octets(a, t, f, out);
    case BER_NULL:
    case BER_NO_SUCH_OBJECT:
    case BER_NO_SUCH_INSTANCE:
    case BER_END_OF_MIB_VIEW:
        break;
    default:
        return "no such type";
    }
    return fits ? NULL : "a number that does not fit its type";
}

/* The value of a key in key=value,key=value. */
static bool find_key(struct text list, const char *key, struct text *out)
{
    struct text pair, name;
    while (list.len) {
        if (!cut_at(&list, ',', &pair)) {
            pair = list;
            list.len = 0;
        }
        *out = pair;
        if (cut_at(out, '=', &name) && text_is(name, key))
            return true;
    }
    return false;
}

static void take_module(struct text *value, double *rate)
{
    struct text found, all = *value;
    uint64_t n;
    if (find_key(all, "value", &found) || find_key(all, "initial", &found))
        *value = found;
    if (find_key(all, "rate", &found) && read_number(found, UINT32_MAX, &n))
        *rate = (double)n;
}

static bool read_form(struct text t, struct form *out)
{
    struct text number;
    uint64_t tag;
    out->module = cut_at(&t, ':', &number);
    if (!out->module)
        number = t;
    out->octets = 0;
    if (number.len && (number.at[number.len - 1] == 'x' || number.at[number.len - 1] == 'e'))
        out->octets = number.at[--number.len];
    if (!read_number(number, UINT8_MAX, &tag))
        return false;
    out->tag = (unsigned)tag;
    return !out->octets || tag == BER_OCTETS || tag == BER_OPAQUE || tag == BER_IPADDRESS;
}

static const char *read_row(struct arena *a, struct text line, struct snmprec_row *out)
{
    struct text oid, tag;
    struct form form;
    if (!cut_at(&line, '|', &oid) || !cut_at(&line, '|', &tag))
        return "not OID|TAG|VALUE";
    if (!read_form(tag, &form))
        return "not a tag";
    if (form.module)
        take_module(&line, &out->rate);
    out->tag = (uint8_t)form.tag;
    const char *why = keep_oid(a, oid, &out->oid);
    return why ? why : keep_value(a, line, &form, out);
}

static struct snmprec_row *row_to_fill(struct snmprec *s)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? s->capacity * 2 : 64;
        struct snmprec_row *rows = realloc(s->rows, capacity * sizeof *rows);
        if (!rows)
            return NULL;
        s->rows = rows;
        s->capacity = capacity;
    }
    return &s->rows[s->count];
}

static bool take_line(struct snmprec *s, struct text line, uint32_t number)
{
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    if (!line.len || *line.at == '#')
        return true;
    struct snmprec_row *row = row_to_fill(s);
    if (!row)
        return false;
    *row = (struct snmprec_row){.line = number, .rate = (double)NAN};
    const char *why = read_row(s->arena, line, row);
    if (!why) {
        s->count++;
    } else if (s->damaged++ == 0) {
        s->damaged_line = number;
        s->damaged_why = why;
    }
    return true;
}

static int by_oid(const void *a, const void *b)
{
    const struct snmprec_row *x = a, *y = b;
    int order = snmp_oid_compare(x->oid, y->oid);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void settle(struct snmprec *s)
{
    size_t kept = 0;
    if (s->count)
        qsort(s->rows, s->count, sizeof s->rows[0], by_oid);
    for (size_t i = 0; i < s->count; i++)
        if (!kept || !snmp_oid_equal(s->rows[kept - 1].oid, s->rows[i].oid))
            s->rows[kept++] = s->rows[i];
    s->repeated = s->count - kept;
    s->count = kept;
}

struct snmprec *snmprec_read(const void *bytes, size_t len)
{
    struct snmprec *s = calloc(1, sizeof *s);
    struct text rest = {bytes, len}, line;
    uint32_t number = 0;
    bool fine = s && (s->arena = arena_create(0));
    while (fine && cut_at(&rest, '\n', &line))
        fine = take_line(s, line, ++number);
    if (!fine || !take_line(s, rest, ++number)) {
        snmprec_destroy(s);
        return NULL;
    }
    settle(s);
    return s;
}

static char *read_whole(FILE *f, size_t *len)
{
    size_t capacity = 1 << 16;
    char *bytes = malloc(capacity);
    *len = 0;
    while (bytes) {
        size_t got = fread(bytes + *len, 1, capacity - *len, f);
        *len += got;
        if (!got)
            return bytes;
        if (*len == capacity) {
            char *more = realloc(bytes, capacity *= 2);
            if (!more)
                free(bytes);
            bytes = more;
        }
    }
    return NULL;
}

struct snmprec *snmprec_load(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t len;
    if (!f)
        return NULL;
    char *bytes = read_whole(f, &len);
    struct snmprec *s = bytes && !ferror(f) ? snmprec_read(bytes, len) : NULL;
    free(bytes);
    fclose(f);
    return s;
}
