#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "poller/wire/wifi/wpa_command.h"
#include "poller/wire/wifi/wpa_join_internal.h"
#include "poller/wire/wifi/wpa_words.h"

#define STATUS_UNSPECIFIED 1     /* IEEE 802.11 */
#define STATUS_CHALLENGE_FAILED 15
#define REASON_LEAVING 3
#define REASON_INACTIVE 4

/* ---- events ---- */

static void count_refusal(struct wpa_trial *t, const struct wpa_event *e)
{
    size_t i = 0;
    t->refusal = *e;
    while (i < t->refuser_count && memcmp(&t->refusers[i].bssid, &e->bssid, sizeof e->bssid) != 0)
        i++;
    if (i == WPA_REFUSERS_MAX)
        return;
    if (i == t->refuser_count)
        t->refusers[t->refuser_count++].bssid = e->bssid;
    t->refusers[i].times++;
}

void wpa_trial_take(struct wpa_trial *t, const struct wpa_event *e, int64_t id)
{
    bool ours = e->id == id || e->id < 0;
    if (e->kind == WPA_TRYING) {
        t->tries++;
        t->last = e->bssid;
    } else if (e->kind == WPA_CONNECTED && ours) {
        t->connected = true;
    } else if (e->kind == WPA_TEMP_DISABLED && ours) {
        t->given_up = true;
        t->wrong_key |= e->wrong_key;
    } else if (e->kind == WPA_AUTH_REJECTED || e->kind == WPA_ASSOC_REJECTED ||
               (e->kind == WPA_DISCONNECTED && !(e->local && e->code == REASON_LEAVING))) {
        t->connected = false;
        count_refusal(t, e);
    }
}

bool wpa_trial_is_lost(const struct wpa_trial *t)
{
    for (size_t i = 0; i < t->refuser_count; i++)
        if (t->refusers[i].times >= WPA_REFUSALS)
            return true;
    return false;
}

/* ---- words ---- */

/* Of WPA3 an access point says at once that the password is another one. */
static bool says_wrong_key(const struct wpa_event *e)
{
    return e->kind == WPA_AUTH_REJECTED && e->auth_type == WPA_AUTH_SAE &&
           (e->code == STATUS_UNSPECIFIED || e->code == STATUS_CHALLENGE_FAILED);
}

static void tell_code(const struct wpa_event *e, char out[static WIFI_TEXT_MAX])
{
    char mac[MAC_TEXT_MAX];
    bool reason = e->kind == WPA_DISCONNECTED;
    snprintf(out, WIFI_TEXT_MAX, "access point %s %s (%s %" PRId64 ")", mac_text(&e->bssid, mac),
             reason ? wpa_reason_words(e->code) : wpa_status_words(e->code), reason ? "reason" : "status", e->code);
}

static void tell_wrong_key(const struct wpa_event *e, char out[static WIFI_TEXT_MAX])
{
    char mac[MAC_TEXT_MAX];
    snprintf(out, WIFI_TEXT_MAX, "the password is wrong: access point %s did not accept it (%s %" PRId64 ")",
             mac_text(&e->bssid, mac), e->kind == WPA_DISCONNECTED ? "4-way handshake, reason" : "WPA3, status",
             e->code);
}

static void tell_silence(const struct wpa_trial *t, const struct wpa_status *end, char out[static WIFI_TEXT_MAX])
{
    char mac[MAC_TEXT_MAX];
    if (end && end->handshake)
        snprintf(out, WIFI_TEXT_MAX, "access point %s does not end the handshake over the password",
                 mac_text(&end->bssid, mac));
    else if (t->tries > 0)
        snprintf(out, WIFI_TEXT_MAX, "access point %s does not answer: asked %u times to be let in",
                 mac_text(&t->last, mac), t->tries);
    else
        snprintf(out, WIFI_TEXT_MAX, "none of its access points was tried: what they ask for, this card cannot do");
}

void wpa_trial_tell(const struct wpa_trial *t, const struct wpa_status *end, char out[static WIFI_TEXT_MAX])
{
    if (t->refusal.kind == WPA_OTHER)
        tell_silence(t, end, out);
    else if (t->wrong_key || says_wrong_key(&t->refusal))
        tell_wrong_key(&t->refusal, out);
    else
        tell_code(&t->refusal, out);
}

void wpa_loss_tell(const struct wpa_event *e, char out[static WIFI_TEXT_MAX])
{
    char mac[MAC_TEXT_MAX];
    if (e->local && e->code == REASON_INACTIVE)
        snprintf(out, WIFI_TEXT_MAX, "it was joined, then access point %s was heard no more", mac_text(&e->bssid, mac));
    else
        snprintf(out, WIFI_TEXT_MAX, "it was joined, then access point %s %s (reason %" PRId64 ")",
                 mac_text(&e->bssid, mac), wpa_reason_words(e->code), e->code);
}

static const char *misfit(unsigned security, const char *password)
{
    if (!password)
        return security & (WPA_PLAIN | WPA_OWE) ? NULL : "it asks for a password, and none is configured";
    if (security & WPA_PSK || (security & WPA_SAE && !wpa_password_is_key(password)))
        return NULL;
    if (security & WPA_SAE)
        return "it speaks WPA3 only, which needs the password itself, not the 64 digits made of it";
    if (security & WPA_EAP)
        return "it asks for a user's name too (802.1X)";
    if (security & WPA_WEP)
        return "it is protected by WEP, which no device should join any more";
    return "it asks for no password, though one is configured: devices that know it with one do not join, and "
           "anybody can read along";
}

bool wpa_misfit_tell(unsigned security, const char *password, char out[static WIFI_TEXT_MAX])
{
    const char *words = misfit(security, password);
    if (words)
        snprintf(out, WIFI_TEXT_MAX, "%s", words);
    return words != NULL;
}
