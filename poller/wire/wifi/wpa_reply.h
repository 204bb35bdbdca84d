/* Answers of wpa_supplicant's control interface, read. Names of networks in them come from the air. Pure. */
#ifndef HAYLOFT_WIRE_WPA_REPLY_H
#define HAYLOFT_WIRE_WPA_REPLY_H

#include "poller/wire/wifi/wpa_text.h"

#define WPA_NETWORKS_MAX 32 /* kept of its list; the rest is counted */

struct wpa_status {
    bool completed;         /* joined, keys and all */
    bool disabled;          /* the interface is switched off, or the radio */
    bool handshake;         /* just proving that both know the password */
    int64_t id;             /* of the network it is in, or tries; -1: none */
    struct ssid ssid;
    struct mac bssid;
    uint32_t freq_mhz;      /* 0: not told */
};

struct wpa_network {        /* that it knows of */
    int64_t id;
    struct ssid ssid;
    bool current, disabled;
};

struct wpa_networks {
    struct wpa_network at[WPA_NETWORKS_MAX];
    size_t count;           /* kept */
    size_t seen;
};

enum wpa_security { WPA_PLAIN = 1, WPA_PSK = 2, WPA_SAE = 4, WPA_OWE = 8, WPA_EAP = 16, WPA_WEP = 32 };

struct wpa_bss {            /* an access point that was heard */
    int64_t id;             /* in its table; -1: not told */
    struct mac bssid;
    uint32_t freq_mhz;
    int32_t level_dbm;
    int64_t age_s;          /* since it was heard last; 0 when not told */
    unsigned security;      /* of enum wpa_security: any of these will do */
    struct ssid ssid;
};

bool wpa_is_ok(struct wpa_text reply);
bool wpa_is_unknown(struct wpa_text reply); /* a question it does not know */
bool wpa_id_read(struct wpa_text reply, int64_t *id); /* of ADD_NETWORK */
bool wpa_status_read(struct wpa_text reply, struct wpa_status *out);
bool wpa_networks_read(struct wpa_text reply, struct wpa_networks *out); /* LIST_NETWORKS */

/* Of BSS RANGE=... with the parts WPA_BSS_PARTS, and of SCAN_RESULTS: takes the next entry off. False: none is left.
 * What is not whole is left out. */
#define WPA_BSS_PARTS "0x21a87" /* id, bssid, frequency, level, age, flags, ssid; a line between */
bool wpa_bss_next(struct wpa_text *reply, struct wpa_bss *out);
bool wpa_scan_results_next(struct wpa_text *reply, struct wpa_bss *out);

#endif
