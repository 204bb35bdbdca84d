#include "poller/command/discover/vendor.h"

#include <stdio.h>
#include <string.h>

#include "poller/base/utf8.h"

static const char *const tables[] = {"/var/lib/ieee-data/oui.txt", "/usr/share/ieee-data/oui.txt"};

bool vendor_line(const char *line, uint8_t prefix[static 3], char maker[static FOUND_TEXT_MAX])
{
    unsigned a, b, c;
    int at = 0;
    if (sscanf(line, "%2x-%2x-%2x (hex) %n", &a, &b, &c, &at) != 3 || at == 0)
        return false;
    prefix[0] = (uint8_t)a;
    prefix[1] = (uint8_t)b;
    prefix[2] = (uint8_t)c;
    snprintf(maker, FOUND_TEXT_MAX, "%.*s", (int)strcspn(line + at, "\r\n"), line + at);
    return maker[0] != '\0';
}

static void give(struct household *h, const uint8_t prefix[3], const char *maker)
{
    for (size_t i = 0; i < h->count; i++)
        if (mac_is_set(&h->items[i].mac) && memcmp(h->items[i].mac.bytes, prefix, 3) == 0)
            snprintf(h->items[i].vendor, FOUND_TEXT_MAX, "%s", maker);
}

void vendor_find(struct household *h)
{
    char line[512], maker[FOUND_TEXT_MAX];
    uint8_t prefix[3];
    FILE *f = NULL;
    for (size_t i = 0; !f && i < sizeof tables / sizeof tables[0]; i++)
        f = fopen(tables[i], "re");
    while (f && fgets(line, sizeof line, f))
        if (vendor_line(line, prefix, maker))
            give(h, prefix, maker);
    if (f)
        fclose(f);
}
