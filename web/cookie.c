#include "web/cookie.h"

#include <string.h>

bool cookie_value(const char *header, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);
    for (const char *at = header; at; at = strchr(at, ';')) {
        at += strspn(at, "; ");
        if (strncmp(at, name, name_len) != 0 || at[name_len] != '=')
            continue;
        const char *value = at + name_len + 1;
        size_t len = strcspn(value, ";");
        static const char allowed[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=";
        if (len == 0 || len >= size || strspn(value, allowed) < len)
            return false;
        memcpy(out, value, len);
        out[len] = '\0';
        return true;
    }
    return false;
}

bool same_secret(const char *a, const char *b)
{
    size_t len = strlen(a);
    unsigned char differs = 0;
    if (len != strlen(b))
        return false;
    for (size_t i = 0; i < len; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}
