#include "poller/wire/wifi/wpa_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct setting {
    const char *name, *value; /* NULL: made of the wish */
    bool needed;
};

/* The mark first: whatever else happens, it is known as ours. The card's own address, whatever the system's
 * configuration says of made-up ones, so that a pool of addresses is not used up. Then what a new wpa_supplicant
 * knows, over what each one knows. */
static const struct setting common[] = {
    {"id_str", "\"" WPA_MARK "\"", true},
    {"ssid", NULL, true},
    {"scan_ssid", "1", true},
    {"mac_addr", "0", false},
};
static const struct setting protected[] = {
    {"psk", NULL, true},
    {"key_mgmt", "WPA-PSK", true},
    {"key_mgmt", "WPA-PSK WPA-PSK-SHA256", false},
    {"key_mgmt", "WPA-PSK WPA-PSK-SHA256 SAE", false},
    {"ieee80211w", "1", false},
};
static const struct setting plain[] = {
    {"key_mgmt", "NONE", true},
};
static const struct setting enhanced_open[] = {
    {"key_mgmt", "OWE", true},
    {"ieee80211w", "2", true},
};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

bool wpa_password_is_key(const char *password)
{
    return strlen(password) == WIFI_KEY_DIGITS && strspn(password, "0123456789abcdefABCDEF") == WIFI_KEY_DIGITS;
}

static void ssid_hex(const struct ssid *s, char out[static 2 * SSID_BYTES_MAX + 1])
{
    out[0] = '\0';
    for (size_t i = 0; i < s->len; i++)
        snprintf(out + 2 * i, 3, "%02x", s->bytes[i]);
}

void wpa_scan_write(const struct ssid *ssid, char *out, size_t size)
{
    char hex[2 * SSID_BYTES_MAX + 1];
    ssid_hex(ssid, hex);
    snprintf(out, size, "SCAN TYPE=ONLY ssid %s", hex);
}

static const struct setting *nth(const struct setting *list, size_t count, size_t number)
{
    return number < count ? &list[number] : NULL;
}

static const struct setting *setting_of(const struct wpa_entry *e, size_t number)
{
    if (number < COUNT(common))
        return &common[number];
    number -= COUNT(common);
    if (e->password)
        return nth(protected, COUNT(protected), number);
    return e->enhanced_open ? nth(enhanced_open, COUNT(enhanced_open), number) : nth(plain, COUNT(plain), number);
}

bool wpa_setting_write(const struct wpa_entry *e, size_t number, char *out, size_t size, bool *needed)
{
    char hex[2 * SSID_BYTES_MAX + 1];
    const struct setting *s = setting_of(e, number);
    if (!s)
        return false;
    *needed = s->needed;
    int n = snprintf(out, size, "SET_NETWORK %" PRId64 " %s ", e->id, s->name);
    size_t used = (size_t)n < size ? (size_t)n : size;
    ssid_hex(&e->ssid, hex);
    if (s->value)
        snprintf(out + used, size - used, "%s", s->value);
    else if (strcmp(s->name, "ssid") == 0)
        snprintf(out + used, size - used, "%s", hex);
    else if (wpa_password_is_key(e->password))
        snprintf(out + used, size - used, "%s", e->password);
    else
        snprintf(out + used, size - used, "\"%s\"", e->password);
    return true;
}
