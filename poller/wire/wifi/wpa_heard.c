#include "poller/wire/wifi/wpa_heard.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "poller/wire/wifi/wpa_words.h"

#define TOLD_MAX 3

static bool same_mac(const struct mac *a, const struct mac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static struct wpa_bss *weakest(struct wpa_heard *h)
{
    struct wpa_bss *w = &h->at[0];
    for (size_t i = 1; i < h->count; i++)
        if (h->at[i].level_dbm < w->level_dbm)
            w = &h->at[i];
    return w;
}

void wpa_heard_add(struct wpa_heard *h, const struct wpa_bss *b)
{
    for (size_t i = 0; i < h->count; i++)
        if (same_mac(&h->at[i].bssid, &b->bssid) && ssid_equal(&h->at[i].ssid, &b->ssid)) {
            h->at[i] = *b;
            return;
        }
    if (h->count < WPA_HEARD_MAX)
        h->at[h->count++] = *b;
    else if (weakest(h)->level_dbm < b->level_dbm)
        *weakest(h) = *b;
}

/* The next weaker one than `last`, of that name when one is given. Equal ones stand in the order they came. */
static const struct wpa_bss *next_strongest(const struct wpa_heard *h, const struct ssid *ssid,
                                            const struct wpa_bss *last)
{
    const struct wpa_bss *best = NULL;
    for (size_t i = 0; i < h->count; i++) {
        const struct wpa_bss *b = &h->at[i];
        bool behind = !last || b->level_dbm < last->level_dbm || (b->level_dbm == last->level_dbm && b > last);
        if ((!ssid || ssid_equal(&b->ssid, ssid)) && behind && (!best || b->level_dbm > best->level_dbm))
            best = b;
    }
    return best;
}

const struct wpa_bss *wpa_heard_best(const struct wpa_heard *h, const struct ssid *ssid)
{
    return next_strongest(h, ssid, NULL);
}

const struct wpa_bss *wpa_heard_by(const struct wpa_heard *h, const struct mac *bssid)
{
    for (size_t i = 0; i < h->count; i++)
        if (same_mac(&h->at[i].bssid, bssid))
            return &h->at[i];
    return NULL;
}

unsigned wpa_heard_security(const struct wpa_heard *h, const struct ssid *ssid)
{
    unsigned all = 0;
    for (size_t i = 0; i < h->count; i++)
        if (ssid_equal(&h->at[i].ssid, ssid))
            all |= h->at[i].security;
    return all;
}

/* ---- told ---- */

static void put_one(struct buf *text, const struct wpa_bss *b, bool named)
{
    char mac[MAC_TEXT_MAX];
    if (named && b->ssid.len == 0)
        buf_text(text, "one without a name, ");
    else if (named) {
        buf_char(text, '\'');
        ssid_show(&b->ssid, text);
        buf_text(text, "', ");
    }
    buf_printf(text, "%s on channel %" PRIu32 " (%s), %" PRId32 " dBm", mac_text(&b->bssid, mac),
               wpa_channel(b->freq_mhz), wpa_band(b->freq_mhz), b->level_dbm);
}

static size_t count_of(const struct wpa_heard *h, const struct ssid *ssid)
{
    size_t n = 0;
    for (size_t i = 0; i < h->count; i++)
        n += !ssid || ssid_equal(&h->at[i].ssid, ssid);
    return n;
}

static void put_strongest(struct buf *text, const struct wpa_heard *h, const struct ssid *ssid)
{
    const struct wpa_bss *b = NULL;
    size_t told = 0, all = count_of(h, ssid);
    while (told < TOLD_MAX && (b = next_strongest(h, ssid, b))) {
        buf_text(text, told++ ? "; " : "");
        put_one(text, b, !ssid);
    }
    if (all > told)
        buf_printf(text, "; and %zu more", all - told);
}

static void hand_over(struct buf *text, char out[static WIFI_TEXT_MAX])
{
    snprintf(out, WIFI_TEXT_MAX, "%s", buf_string(text));
    buf_fini(text);
}

void wpa_tell_present(const struct wpa_heard *h, const struct ssid *ssid, char out[static WIFI_TEXT_MAX])
{
    struct buf text = {0};
    put_strongest(&text, h, ssid);
    hand_over(&text, out);
}

void wpa_tell_absent(const struct wpa_heard *h, char out[static WIFI_TEXT_MAX])
{
    struct buf text = {0};
    if (h->count == 0) {
        buf_text(&text, "no network at all is heard here: no access point is on, or this card is deaf");
    } else {
        buf_text(&text, "heard instead: ");
        put_strongest(&text, h, NULL);
    }
    hand_over(&text, out);
}
