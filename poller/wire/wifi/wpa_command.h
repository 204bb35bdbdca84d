/* Commands of wpa_supplicant's control interface, written. Pure. */
#ifndef HAYLOFT_WIRE_WPA_COMMAND_H
#define HAYLOFT_WIRE_WPA_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/wifi.h"
#include "poller/wire/wifi/wpa_text.h"

#define WPA_MARK "hayloft" /* the id_str of what is ours */

/* "SCAN TYPE=ONLY ssid 6261...": also asks for that name, and changes nothing. */
void wpa_scan_write(const struct ssid *ssid, char *out, size_t size);

struct wpa_entry {        /* a network of ours */
    int64_t id;           /* as ADD_NETWORK told it */
    struct ssid ssid;
    const char *password; /* NULL: none */
    bool enhanced_open;   /* without one, but encrypted (OWE) */
};

/* What it is made of, in order: the part of that number as SET_NETWORK. False: there are no more. One that is not
 * needed may be refused: by a wpa_supplicant, or a card, that is older than it. */
bool wpa_setting_write(const struct wpa_entry *e, size_t number, char *out, size_t size, bool *needed);

bool wpa_password_is_key(const char *password); /* 64 hexadecimal digits */

#endif
