#include "poller/config/scalar.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"
#include "poller/config/nearest.h"

#define TEXT_MAX_BYTES 65536
#define SHOWN_MAX 60 /* of a refused value, in bytes */
#define WORDS_SHOWN_MAX 12 /* of the words a key may have; more are for the manual */

struct unit {
    const char *name;
    int64_t factor;
};

/* Largest first: writing takes the first that divides. The second block is only read. */
static const struct unit duration_units[] = {
    {"d", MINUTES(24 * 60)}, {"h", MINUTES(60)}, {"m", MINUTES(1)}, {"s", SECONDS(1)},
    {"ms", NS_PER_MS}, {"us", NS_PER_US}, {"ns", 1},
};
static const struct unit more_duration_units[] = {
    {"min", MINUTES(1)}, {"sec", SECONDS(1)}, {"w", MINUTES(7 * 24 * 60)}, {"y", MINUTES(365 * 24 * 60)},
};
static const struct unit size_units[] = {
    {"TiB", INT64_C(1) << 40}, {"GiB", INT64_C(1) << 30}, {"MiB", INT64_C(1) << 20},
    {"KiB", INT64_C(1) << 10}, {"B", 1},
};
static const struct unit more_size_units[] = {
    {"TB", INT64_C(1000000000000)}, {"GB", 1000000000}, {"MB", 1000000}, {"kB", 1000}, {"KB", 1000},
};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static int64_t unit_factor(const struct unit *units, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
            return units[i].factor;
    return 0;
}

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " ");
}

/* One "90 s". False on a missing or unknown unit and on overflow. */
static bool read_part(const char **at, bool sizes, int64_t *sum)
{
    const char *p = skip_blanks(*at);
    if (!isdigit((unsigned char)*p))
        return false;
    char *end;
    errno = 0;
    long long number = strtoll(p, &end, 10);
    const char *unit = skip_blanks(end);
    size_t len = 0;
    while (isalpha((unsigned char)unit[len]))
        len++;
    int64_t factor = sizes ? unit_factor(size_units, COUNT_OF(size_units), unit, len)
                           : unit_factor(duration_units, COUNT_OF(duration_units), unit, len);
    if (!factor)
        factor = sizes ? unit_factor(more_size_units, COUNT_OF(more_size_units), unit, len)
                       : unit_factor(more_duration_units, COUNT_OF(more_duration_units), unit, len);
    int64_t part;
    *at = unit + len;
    return errno == 0 && factor && !__builtin_mul_overflow((int64_t)number, factor, &part) &&
           !__builtin_add_overflow(*sum, part, sum);
}

static bool read_with_units(const char *text, bool sizes, int64_t *out)
{
    int64_t sum = 0;
    if (strcmp(text, "0") == 0) {
        *out = 0;
        return true;
    }
    const char *p = text;
    do {
        if (!read_part(&p, sizes, &sum))
            return false;
        p = skip_blanks(p);
    } while (*p);
    *out = sum;
    return true;
}

bool duration_read(const char *text, int64_t *ns)
{
    return read_with_units(text, false, ns);
}

static void write_with_units(int64_t value, const struct unit *units, size_t count, const char *gap,
                             struct buf *out)
{
    size_t i = 0;
    while (i + 1 < count && (value == 0 || value % units[i].factor))
        i++;
    buf_printf(out, "%lld%s%s", (long long)(value / units[i].factor), gap, units[i].name);
}

void duration_write(int64_t ns, struct buf *out)
{
    if (ns == 0)
        buf_text(out, "0s");
    else
        write_with_units(ns, duration_units, COUNT_OF(duration_units), "", out);
}

static void size_write(int64_t bytes, struct buf *out)
{
    write_with_units(bytes, size_units, COUNT_OF(size_units), " ", out);
}

/* The refused value, cut short when long. */
static void put_value(struct buf *why, const char *text)
{
    int len = (int)strnlen(text, SHOWN_MAX + 1);
    while (len > SHOWN_MAX || (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80))
        len--;
    buf_printf(why, ", not '%.*s%s'", len, text, text[len] ? "..." : "");
}

static void write_limit(const struct field *f, int64_t v, struct buf *out)
{
    if (f->type == FIELD_DURATION)
        duration_write(v, out);
    else if (f->type == FIELD_SIZE)
        size_write(v, out);
    else
        buf_printf(out, "%lld", (long long)v);
}

static void put_range(const struct field *f, struct buf *why)
{
    if (f->min == 0 && f->max == 0)
        return;
    buf_text(why, " from ");
    write_limit(f, f->min, why);
    buf_text(why, " to ");
    write_limit(f, f->max, why);
}

static bool in_range(const struct field *f, int64_t v)
{
    return (f->min == 0 && f->max == 0) || (v >= f->min && v <= f->max);
}

/* Of what is no number the limits are those of a list's length. */
static bool has_range(const struct field *f)
{
    switch (f->type) {
    case FIELD_INT: case FIELD_U32: case FIELD_U64: case FIELD_REAL: case FIELD_DURATION: case FIELD_SIZE:
        return true;
    default:
        return false;
    }
}

static bool refuse(const struct field *f, const char *expected, const char *text, struct buf *why)
{
    buf_printf(why, "expected %s", expected);
    if (has_range(f))
        put_range(f, why);
    put_value(why, text);
    return false;
}

static bool read_whole(const char *text, int64_t *out)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return isdigit((unsigned char)*digits) && !*end && errno == 0;
}

static bool read_int(const struct field *f, const char *text, void *out, struct buf *why)
{
    int64_t v;
    bool wide = f->type == FIELD_INT;
    if (!read_whole(text, &v) || !in_range(f, v) || (!wide && v < 0) ||
        (f->type == FIELD_U32 && v > UINT32_MAX))
        return refuse(f, "a whole number", text, why);
    if (f->type == FIELD_U32)
        *(uint32_t *)out = (uint32_t)v;
    else
        *(int64_t *)out = v;
    return true;
}

static bool may_be_none(const struct field *f)
{
    return f->standard && strcmp(f->standard, "none") == 0;
}

static bool read_real(const struct field *f, const char *text, void *out, struct buf *why)
{
    if (may_be_none(f) && strcmp(text, "none") == 0) {
        *(double *)out = NAN;
        return true;
    }
    char *end;
    double v = strtod(text, &end); /* no locale is ever set: a point is a point */
    bool ranged = f->min != 0 || f->max != 0;
    if (end == text || *end || !isfinite(v) ||
        (ranged && (v < (double)f->min || v > (double)f->max)))
        return refuse(f, may_be_none(f) ? "a number or none" : "a number", text, why);
    *(double *)out = v;
    return true;
}

static bool read_bool(const struct field *f, const char *text, void *out, struct buf *why)
{
    static const char *const yes[] = {"yes", "true", "on", NULL}, *const no[] = {"no", "false", "off", NULL};
    bool is_yes = field_word_index(yes, text) >= 0;
    if (!is_yes && field_word_index(no, text) < 0)
        return refuse(f, "yes or no", text, why);
    *(bool *)out = is_yes;
    return true;
}

static bool read_amount(const struct field *f, const char *text, void *out, struct buf *why)
{
    bool sizes = f->type == FIELD_SIZE;
    int64_t v;
    if (!read_with_units(text, sizes, &v) || !in_range(f, v))
        return refuse(f, sizes ? "a size as 64 MiB" : "a duration as 30s, 5m or 2h", text, why);
    *(int64_t *)out = v;
    return true;
}

static bool refuse_word(const struct field *f, const char *text, struct buf *why)
{
    struct nearest near = nearest_to(text);
    size_t count = 0;
    while (f->words[count])
        nearest_offer(&near, f->words[count++]);
    buf_text(why, count > WORDS_SHOWN_MAX ? "expected a word of the manual" : "expected ");
    for (size_t i = 0; i < count && count <= WORDS_SHOWN_MAX; i++)
        buf_printf(why, "%s%s", i == 0 ? "" : f->words[i + 1] ? ", " : " or ", f->words[i]);
    put_value(why, text);
    buf_printf(why, NEAREST_FORMAT, NEAREST_ARGS(near));
    return false;
}

static bool read_enum(const struct field *f, const char *text, void *out, struct buf *why)
{
    int index = field_word_index(f->words, text);
    if (index < 0)
        return refuse_word(f, text, why);
    memcpy(out, &index, sizeof index);
    return true;
}

static bool holds_controls(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f)
            return true;
    return false;
}

static bool read_text(const struct field *f, const char *text, struct arena *arena, void *out,
                      struct buf *why)
{
    if (f->words && field_word_index(f->words, text) < 0)
        return refuse_word(f, text, why);
    if (holds_controls(text) || strlen(text) > TEXT_MAX_BYTES) {
        buf_text(why, "a text may not hold control characters nor be longer than 64 KiB");
        return false;
    }
    *(char **)out = arena_text(arena, text, strlen(text));
    if (!*(char **)out)
        buf_text(why, "the configuration is too large");
    return *(char **)out != NULL;
}

static bool has_host_bits(const struct prefix *p)
{
    unsigned bits = p->addr.family == AF_INET ? 32 : 128;
    for (unsigned i = p->length; i < bits; i++)
        if (p->addr.bytes[i / 8] & (0x80u >> i % 8))
            return true;
    return false;
}

static bool read_prefix(const struct field *f, const char *text, void *out, struct buf *why)
{
    struct prefix p;
    if (!prefix_parse(text, &p))
        return refuse(f, "a prefix as 192.168.1.0/24", text, why);
    if (has_host_bits(&p)) {
        buf_printf(why, "'%s' has bits set behind its /%u", text, p.length);
        return false;
    }
    *(struct prefix *)out = p;
    return true;
}

bool scalar_read(const struct field *f, const char *text, struct arena *arena, void *out,
                 struct buf *why)
{
    switch (f->type) {
    case FIELD_BOOL: return read_bool(f, text, out, why);
    case FIELD_INT: case FIELD_U32: case FIELD_U64: return read_int(f, text, out, why);
    case FIELD_REAL: return read_real(f, text, out, why);
    case FIELD_TEXT: case FIELD_SECRET: return read_text(f, text, arena, out, why);
    case FIELD_ENUM: return read_enum(f, text, out, why);
    case FIELD_DURATION: case FIELD_SIZE: return read_amount(f, text, out, why);
    case FIELD_ADDR:
        return addr_parse(text, out) || refuse(f, "an address as 192.168.1.1", text, why);
    case FIELD_PREFIX: return read_prefix(f, text, out, why);
    case FIELD_MAC:
        return mac_parse(text, out) || refuse(f, "an Ethernet address as 3c:84:6a:01:02:03", text, why);
    case FIELD_BYTES: case FIELD_WALL: case FIELD_MONO: case FIELD_RECORD: case FIELD_VARIANT: break;
    }
    buf_text(why, "this key takes no plain value");
    return false;
}

/* The shortest digits that read back as the same number. */
static bool write_real(double v, struct buf *out)
{
    char text[32];
    if (isnan(v))
        return false;
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_text(out, text);
    return true;
}

static bool write_prefix(const struct prefix *p, struct buf *out)
{
    char text[ADDR_TEXT_MAX];
    if (!addr_is_set(&p->addr))
        return false;
    buf_printf(out, "%s/%u", addr_text(&p->addr, text), p->length);
    return true;
}

static bool write_present(bool present, const char *text, struct buf *out)
{
    if (present)
        buf_text(out, text);
    return present;
}

bool scalar_write(const struct field *f, const void *value, struct buf *out)
{
    char text[ADDR_TEXT_MAX];
    switch (f->type) {
    case FIELD_BOOL: return write_present(true, *(const bool *)value ? "yes" : "no", out);
    case FIELD_INT: buf_printf(out, "%lld", (long long)*(const int64_t *)value); return true;
    case FIELD_U32: buf_printf(out, "%u", *(const uint32_t *)value); return true;
    case FIELD_U64: buf_printf(out, "%llu", (unsigned long long)*(const uint64_t *)value); return true;
    case FIELD_REAL: return write_real(*(const double *)value, out);
    case FIELD_TEXT: case FIELD_SECRET: {
        const char *t = *(char *const *)value;
        return write_present(t != NULL, t, out);
    }
    case FIELD_ENUM: return write_present(true, f->words[*(const int *)value], out);
    case FIELD_DURATION: duration_write(*(const int64_t *)value, out); return true;
    case FIELD_SIZE: size_write(*(const int64_t *)value, out); return true;
    case FIELD_ADDR:
        return write_present(addr_is_set(value), addr_text(value, text), out);
    case FIELD_PREFIX: return write_prefix(value, out);
    case FIELD_MAC: return write_present(mac_is_set(value), mac_text(value, text), out);
    case FIELD_BYTES: case FIELD_WALL: case FIELD_MONO: case FIELD_RECORD: case FIELD_VARIANT: break;
    }
    return false;
}

bool scalar_is(enum field_type type)
{
    return type != FIELD_BYTES && type != FIELD_WALL && type != FIELD_MONO && type != FIELD_RECORD &&
           type != FIELD_VARIANT;
}
