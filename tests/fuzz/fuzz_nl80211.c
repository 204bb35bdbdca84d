/* What the kernel tells of a Wi-Fi card, with what access points say of themselves in it. A network that was read has a
 * name that can be one. */
#include <stdlib.h>

#include "poller/wire/wifi/nl80211.h"

static void check(const struct wifi_look *look)
{
    if (look->joined && (look->ssid.len == 0 || look->ssid.len > SSID_BYTES_MAX))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wifi_look look = {.known = true};
    uint16_t family;
    nl80211_read_family(data, size, &family);
    nl80211_read_interface(data, size, &look);
    check(&look);
    nl80211_read_scan(data, size, &look);
    check(&look);
    return 0;
}
