/* The text wpa_supplicant's control interface speaks, in pieces: lines, "name=value", the escapes it writes names of
 * networks with. Those names come from the air: anybody may send them. Pure. */
#ifndef HAYLOFT_WIRE_WPA_TEXT_H
#define HAYLOFT_WIRE_WPA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/buf.h"

#define SSID_BYTES_MAX 32 /* IEEE 802.11: any bytes, no text */

struct ssid {
    uint8_t bytes[SSID_BYTES_MAX];
    uint8_t len; /* 0: a network that hides its name */
};

struct wpa_text { /* no NUL behind it */
    const char *at;
    size_t len;
};

struct wpa_text wpa_text_of(const char *text);
bool wpa_line(struct wpa_text *rest, struct wpa_text *line); /* takes one off; false: none is left */
bool wpa_cell(struct wpa_text *rest, char separator, struct wpa_text *cell); /* up to it, or the end; the same */
bool wpa_is(struct wpa_text t, const char *word);
bool wpa_take(struct wpa_text *t, const char *word); /* off the front, when it stands there */
bool wpa_holds(struct wpa_text t, const char *word);
/* The value of the blank-separated word "name=..." in an event; within '"' a blank ends nothing, and nothing that
 * stands there is taken for a word. The value comes without its quotes. */
bool wpa_word(struct wpa_text line, const char *name, struct wpa_text *value);
bool wpa_number(struct wpa_text t, int64_t *out); /* decimal, all of it, of at most ten digits */
bool wpa_mac(struct wpa_text t, struct mac *out);

/* Undoes \\ \" \e \n \r \t \xNN. False: longer than a name can be, or no such escape. */
bool wpa_ssid(struct wpa_text t, struct ssid *out);
struct ssid ssid_of(const char *text); /* as a person wrote it; cut */
bool ssid_equal(const struct ssid *a, const struct ssid *b);
/* As it can be shown: what is no UTF-8, and control characters, stand as U+FFFD. */
void ssid_show(const struct ssid *s, struct buf *out);

#endif
