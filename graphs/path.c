#include "graphs/path.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define HASH_CHARS 17 /* '~' and 16 hexadecimal digits; '~' is never plain, so no name can pretend */

static bool is_plain(unsigned char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || (c == '.' && !first);
}

static uint64_t hash_name(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return h;
}

/* Encodes until the name or the room ends; true when the whole name fitted. */
static bool encode_some(const char *name, char *out, size_t room)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;
    bool whole = true;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        bool plain = is_plain(*p, p == (const unsigned char *)name);
        if (n + (plain ? 1 : 3) > room) {
            whole = false;
            break;
        }
        if (plain) {
            out[n++] = (char)*p;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[*p >> 4];
        out[n++] = digits[*p & 15];
    }
    out[n] = '\0';
    return whole;
}

void path_encode(const char *name, char out[static PATH_PART_MAX + 1])
{
    if (!*name) {
        snprintf(out, PATH_PART_MAX + 1, "%%");
        return;
    }
    if (encode_some(name, out, PATH_PART_MAX))
        return;
    encode_some(name, out, PATH_PART_MAX - HASH_CHARS);
    size_t n = strlen(out);
    snprintf(out + n, PATH_PART_MAX + 1 - n, "~%016" PRIx64, hash_name(name));
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool path_decode(const char *part, char *out, size_t size)
{
    size_t n = 0;
    if (strcmp(part, "%") == 0)
        part++;
    for (const char *p = part; *p; p++) {
        if (n + 1 >= size)
            return false;
        if (*p != '%') {
            if (!is_plain((unsigned char)*p, p == part))
                return false;
            out[n++] = *p;
            continue;
        }
        int high = hex_value(p[1]), low = high < 0 ? -1 : hex_value(p[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        out[n++] = (char)(high << 4 | low);
        p += 2;
    }
    if (size == 0)
        return false;
    out[n] = '\0';
    return true;
}

bool path_object(const char *vantage, const char *node, const char *object, char *out, size_t size)
{
    char v[PATH_PART_MAX + 1], n[PATH_PART_MAX + 1], o[PATH_PART_MAX + 1];
    path_encode(vantage, v);
    path_encode(node, n);
    path_encode(object, o);
    int len = snprintf(out, size, "rrd/%s/%s/%s.rrd", v, n, o);
    return len > 0 && (size_t)len < size;
}
