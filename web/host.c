#include "web/host.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "poller/base/addr.h"

#define HOST_MAX 256

/* Copies the name without port and brackets. False for what is no host at all. */
static bool bare_name(const char *host, char out[static HOST_MAX])
{
    bool bracketed = host[0] == '[';
    const char *from = host + bracketed;
    size_t len = strcspn(from, bracketed ? "]" : ":");
    const char *rest = from + len;
    if (len == 0 || len >= HOST_MAX || (bracketed && *rest++ != ']'))
        return false;
    if (*rest && (*rest != ':' || rest[1 + strspn(rest + 1, "0123456789")] != '\0'))
        return false;
    memcpy(out, from, len);
    out[len] = '\0';
    return true;
}

static bool is_own(const char *name, const char *own)
{
    static const char *const endings[] = {"", ".local", ".lan", ".home.arpa"};
    size_t len = own ? strlen(own) : 0;
    if (len == 0 || strncasecmp(name, own, len) != 0)
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(name + len, endings[i]) == 0)
            return true;
    return false;
}

bool host_is_allowed(const char *host, const char *own, char *const *listed, size_t count)
{
    char name[HOST_MAX];
    struct addr number;
    if (!host || !bare_name(host, name))
        return false;
    if (addr_parse(name, &number) || strcasecmp(name, "localhost") == 0 || is_own(name, own))
        return true;
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(name, listed[i]) == 0)
            return true;
    return false;
}

bool host_is_origin(const char *origin, const char *host)
{
    static const char plain[] = "http://", secure[] = "https://";
    if (!host)
        return false;
    if (strncasecmp(origin, plain, sizeof plain - 1) == 0)
        origin += sizeof plain - 1;
    else if (strncasecmp(origin, secure, sizeof secure - 1) == 0)
        origin += sizeof secure - 1;
    else
        return false;
    return strcasecmp(origin, host) == 0;
}
