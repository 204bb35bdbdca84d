/* What wpa_supplicant tells by itself of a Wi-Fi card, and how it is told from an answer. Pure. */
#ifndef HAYLOFT_WIRE_WPA_EVENT_H
#define HAYLOFT_WIRE_WPA_EVENT_H

#include "poller/wire/wifi/wpa_text.h"

#define WPA_AUTH_SAE 3 /* IEEE 802.11: how a station proves itself */

enum wpa_event_kind {
    WPA_OTHER,
    WPA_SCANNED,
    WPA_SCAN_FAILED,       /* code: a negative errno of the card */
    WPA_TRYING,            /* to authenticate or to associate */
    WPA_CONNECTED,         /* keys and all: frames may go */
    WPA_DISCONNECTED,      /* code: IEEE 802.11 reason code, 0: none; local: our side did it */
    WPA_AUTH_REJECTED,     /* code: IEEE 802.11 status code */
    WPA_ASSOC_REJECTED,    /* the same */
    WPA_TEMP_DISABLED,     /* it gives a network up for a while */
    WPA_NOT_FOUND,         /* no access point of the networks it may join */
    WPA_TERMINATING        /* it goes away */
};

struct wpa_event {
    enum wpa_event_kind kind;
    int64_t id;            /* of a network; -1: not told */
    int64_t code;
    int64_t auth_type;     /* of AUTH_REJECTED */
    bool local;
    bool wrong_key;        /* of TEMP_DISABLED */
    struct mac bssid;      /* not set: not told */
};

/* False: no event, but the answer to a question. */
bool wpa_event_read(struct wpa_text datagram, struct wpa_event *out);

#endif
