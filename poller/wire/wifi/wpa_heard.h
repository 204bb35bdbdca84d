/* Which networks are in the air: what scans brought, and how it is told. Pure. */
#ifndef HAYLOFT_WIRE_WPA_HEARD_H
#define HAYLOFT_WIRE_WPA_HEARD_H

#include "poller/base/wifi.h"
#include "poller/wire/wifi/wpa_reply.h"

#define WPA_HEARD_MAX 64 /* the strongest are kept */

struct wpa_heard {
    struct wpa_bss at[WPA_HEARD_MAX];
    size_t count;
};

/* One that was heard before is replaced. */
void wpa_heard_add(struct wpa_heard *h, const struct wpa_bss *b);
/* The strongest access point of that name; NULL: none. */
const struct wpa_bss *wpa_heard_best(const struct wpa_heard *h, const struct ssid *ssid);
const struct wpa_bss *wpa_heard_by(const struct wpa_heard *h, const struct mac *bssid);
/* What the access points of that name offer all in all, of enum wpa_security. */
unsigned wpa_heard_security(const struct wpa_heard *h, const struct ssid *ssid);

/* "02:00:00:00:00:00 on channel 6 (2.4 GHz), -52 dBm; ..." of those with that name, the strongest first. */
void wpa_tell_present(const struct wpa_heard *h, const struct ssid *ssid, char out[static WIFI_TEXT_MAX]);
/* What was heard instead, with names. */
void wpa_tell_absent(const struct wpa_heard *h, char out[static WIFI_TEXT_MAX]);

#endif
