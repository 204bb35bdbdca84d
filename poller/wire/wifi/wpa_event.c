#include "poller/wire/wifi/wpa_event.h"

static const struct {
    const char *begins;
    enum wpa_event_kind kind;
} kinds[] = {
    {"CTRL-EVENT-SCAN-RESULTS", WPA_SCANNED},
    {"CTRL-EVENT-SCAN-FAILED", WPA_SCAN_FAILED},
    {"SME: Trying to authenticate with ", WPA_TRYING},
    {"Trying to associate with ", WPA_TRYING},
    {"CTRL-EVENT-CONNECTED", WPA_CONNECTED},
    {"CTRL-EVENT-DISCONNECTED", WPA_DISCONNECTED},
    {"CTRL-EVENT-AUTH-REJECT", WPA_AUTH_REJECTED},
    {"CTRL-EVENT-ASSOC-REJECT", WPA_ASSOC_REJECTED},
    {"CTRL-EVENT-SSID-TEMP-DISABLED", WPA_TEMP_DISABLED},
    {"CTRL-EVENT-NETWORK-NOT-FOUND", WPA_NOT_FOUND},
    {"CTRL-EVENT-TERMINATING", WPA_TERMINATING},
};

/* "<3>": how loud it is. */
static bool take_level(struct wpa_text *t)
{
    if (!wpa_take(t, "<") || t->len == 0 || t->at[0] < '0' || t->at[0] > '9')
        return false;
    t->at++;
    t->len--;
    return wpa_take(t, ">");
}

static void number_of(struct wpa_text line, const char *name, int64_t *out)
{
    struct wpa_text value;
    int64_t n;
    if (wpa_word(line, name, &value) && wpa_number(value, &n))
        *out = n;
}

/* The first word that is an address, "bssid=..." or bare: what stands before it is not from the air. */
static struct mac address_of(struct wpa_text rest)
{
    struct wpa_text word;
    struct mac address;
    while (wpa_cell(&rest, ' ', &word)) {
        wpa_take(&word, "bssid=");
        if (wpa_mac(word, &address))
            return address;
    }
    return (struct mac){{0}};
}

static void read_words(struct wpa_text rest, struct wpa_event *out)
{
    struct wpa_text value;
    number_of(rest, "id", &out->id);
    number_of(rest, "[id", &out->id); /* "... completed [id=0 id_str=]" */
    number_of(rest, "reason", &out->code);
    number_of(rest, "status_code", &out->code);
    number_of(rest, "ret", &out->code);
    number_of(rest, "auth_type", &out->auth_type);
    out->bssid = address_of(rest);
    out->local = wpa_word(rest, "locally_generated", &value) && wpa_is(value, "1");
    out->wrong_key = wpa_word(rest, "reason", &value) && wpa_is(value, "WRONG_KEY");
}

bool wpa_event_read(struct wpa_text t, struct wpa_event *out)
{
    *out = (struct wpa_event){.kind = WPA_OTHER, .id = -1};
    if (!take_level(&t))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && out->kind == WPA_OTHER; i++)
        if (wpa_take(&t, kinds[i].begins))
            out->kind = kinds[i].kind;
    if (out->kind != WPA_OTHER)
        read_words(t, out);
    return true;
}
