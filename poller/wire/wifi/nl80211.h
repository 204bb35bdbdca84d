/* What the kernel itself tells of a Wi-Fi card (nl80211 over generic netlink): whether an interface is one, and which
 * network it is in. Asking needs no right. It is how a card is found joined where there is no wpa_supplicant to ask,
 * or we may not. */
#ifndef HAYLOFT_WIRE_NL80211_H
#define HAYLOFT_WIRE_NL80211_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/wire/wifi/wpa_text.h"

struct wifi_look {
    bool known;         /* the kernel knows Wi-Fi, and there is such an interface */
    bool wifi;          /* it is a card's */
    bool joined;        /* to ssid; the keys may not be there yet: then the link is not either */
    struct ssid ssid;
    struct mac bssid;   /* not set: not told */
    uint32_t freq_mhz;  /* 0: not told */
};

struct wifi_look nl80211_look(const char *interface);

/* ---- its parts, for tests ---- */

/* An answer to "which family is nl80211?" (CTRL_CMD_GETFAMILY). False: none in it. */
bool nl80211_read_family(const void *message, size_t len, uint16_t *family);
/* An answer about an interface (NL80211_CMD_GET_INTERFACE). Cards that do the joining by themselves tell their network
 * here already. */
bool nl80211_read_interface(const void *message, size_t len, struct wifi_look *out);
/* One part of an answer about what was heard (NL80211_CMD_GET_SCAN): the access point we are joined to is marked there,
 * with its name as it came from the air. True while more is to come. */
bool nl80211_read_scan(const void *part, size_t len, struct wifi_look *out);

#endif
