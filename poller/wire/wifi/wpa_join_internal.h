/* A join's inside, shared by the file that leads through the phases and the one that judges how joining goes. */
#ifndef HAYLOFT_WIRE_WPA_JOIN_INTERNAL_H
#define HAYLOFT_WIRE_WPA_JOIN_INTERNAL_H

#include "poller/wire/wifi/wpa_event.h"
#include "poller/wire/wifi/wpa_heard.h"
#include "poller/wire/wifi/wpa_join.h"
#include "poller/wire/wifi/wpa_reply.h"

#define WPA_REFUSALS 2      /* by one access point: the first may be due to loss */
#define WPA_REFUSERS_MAX 8

/* How joining goes: what events said. */
struct wpa_trial {
    bool connected;
    bool given_up;          /* wpa_supplicant pauses it: to be set going again */
    bool wrong_key;
    unsigned tries;         /* of the card, at all access points */
    struct mac last;        /* it tried */
    struct { struct mac bssid; unsigned times; } refusers[WPA_REFUSERS_MAX];
    size_t refuser_count;
    struct wpa_event refusal; /* the last; OTHER: none */
};

/* id: of the network that is tried. */
void wpa_trial_take(struct wpa_trial *t, const struct wpa_event *e, int64_t id);
bool wpa_trial_is_lost(const struct wpa_trial *t);
/* Why it did not get in, for people. end: as wpa_supplicant stands when time is up; NULL: time is not up. */
void wpa_trial_tell(const struct wpa_trial *t, const struct wpa_status *end, char out[static WIFI_TEXT_MAX]);
/* Why it was put out again. */
void wpa_loss_tell(const struct wpa_event *e, char out[static WIFI_TEXT_MAX]);
/* Why the access points of that name are not to be tried. False: they may. */
bool wpa_misfit_tell(unsigned security, const char *password, char out[static WIFI_TEXT_MAX]);

#endif
