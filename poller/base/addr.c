#include "poller/base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_v6(const char *text, struct addr *out)
{
    char host[INET6_ADDRSTRLEN];
    const char *zone = strchr(text, '%');
    size_t len = zone ? (size_t)(zone - text) : strlen(text);
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (inet_pton(AF_INET6, host, out->bytes) != 1)
        return false;
    out->family = AF_INET6;
    if (zone) {
        out->scope = if_nametoindex(zone + 1);
        if (!out->scope)
            out->scope = (uint32_t)strtoul(zone + 1, NULL, 10);
    }
    return !zone || out->scope;
}

bool addr_parse(const char *text, struct addr *out)
{
    *out = (struct addr){0};
    if (inet_pton(AF_INET, text, out->bytes) == 1) {
        out->family = AF_INET;
        return true;
    }
    if (parse_v6(text, out))
        return true;
    *out = (struct addr){0};
    return false;
}

char *addr_text(const struct addr *a, char out[static ADDR_TEXT_MAX])
{
    out[0] = '\0';
    if (!a->family)
        return out;
    inet_ntop(a->family, a->bytes, out, ADDR_TEXT_MAX);
    if (a->scope) {
        size_t n = strlen(out);
        snprintf(out + n, ADDR_TEXT_MAX - n, "%%%u", a->scope);
    }
    return out;
}

static size_t addr_size(const struct addr *a)
{
    return a->family == AF_INET ? 4 : a->family == AF_INET6 ? 16 : 0;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    if (a->family != b->family || a->scope != b->scope)
        return false;
    if (a->family == AF_INET) /* a size the compiler knows is compared without a call */
        return memcmp(a->bytes, b->bytes, 4) == 0;
    return memcmp(a->bytes, b->bytes, addr_size(a)) == 0;
}

bool addr_is_set(const struct addr *a)
{
    return a->family != 0;
}

uint64_t addr_hash(const struct addr *a)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ a->family ^ ((uint64_t)a->scope << 32);
    for (size_t i = 0; i < addr_size(a); i++)
        h = (h ^ a->bytes[i]) * UINT64_C(1099511628211);
    return h;
}

socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (a->family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)out;
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        memcpy(&in->sin_addr, a->bytes, 4);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    in6->sin6_scope_id = a->scope;
    memcpy(&in6->sin6_addr, a->bytes, 16);
    return sizeof *in6;
}

bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *out, uint16_t *port)
{
    *out = (struct addr){0};
    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
        out->family = AF_INET;
        memcpy(out->bytes, &in->sin_addr, 4);
        *port = ntohs(in->sin_port);
        return true;
    }
    if (sa->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
    out->family = AF_INET6;
    memcpy(out->bytes, &in6->sin6_addr, 16);
    out->scope = IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ? in6->sin6_scope_id : 0;
    *port = ntohs(in6->sin6_port);
    return true;
}

bool prefix_parse(const char *text, struct prefix *out)
{
    char host[ADDR_TEXT_MAX];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (!addr_parse(host, &out->addr))
        return false;
    unsigned most = (unsigned)addr_size(&out->addr) * 8, bits = most;
    int end = 0;
    if (slash && (sscanf(slash + 1, "%3u%n", &bits, &end) != 1 || slash[1 + end] || bits > most))
        return false;
    out->length = (uint8_t)bits;
    return true;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
    if (p->addr.family != a->family)
        return false;
    unsigned whole = p->length / 8, rest = p->length % 8;
    if (memcmp(p->addr.bytes, a->bytes, whole) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff00 >> rest);
    return rest == 0 || ((p->addr.bytes[whole] ^ a->bytes[whole]) & mask) == 0;
}

bool mac_parse(const char *text, struct mac *out)
{
    unsigned b[6];
    int end = 0;
    if (sscanf(text, "%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%n", &b[0], &b[1], &b[2],
               &b[3], &b[4], &b[5], &end) != 6 || text[end])
        return false;
    for (int i = 0; i < 6; i++)
        out->bytes[i] = (uint8_t)b[i];
    return true;
}

char *mac_text(const struct mac *m, char out[static MAC_TEXT_MAX])
{
    snprintf(out, MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", m->bytes[0], m->bytes[1],
             m->bytes[2], m->bytes[3], m->bytes[4], m->bytes[5]);
    return out;
}

bool mac_is_set(const struct mac *m)
{
    static const struct mac none;
    return memcmp(m, &none, sizeof none) != 0;
}
