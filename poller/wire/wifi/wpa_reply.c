#include "poller/wire/wifi/wpa_reply.h"

#define BETWEEN "====" /* entries of BSS */
#define BEHIND "####"  /* the last one */

bool wpa_is_ok(struct wpa_text reply)
{
    return wpa_is(reply, "OK\n") || wpa_is(reply, "OK");
}

bool wpa_is_unknown(struct wpa_text reply)
{
    return wpa_is(reply, "UNKNOWN COMMAND\n") || wpa_is(reply, "UNKNOWN COMMAND");
}

bool wpa_id_read(struct wpa_text reply, int64_t *id)
{
    struct wpa_text line;
    return wpa_line(&reply, &line) && wpa_number(line, id) && *id >= 0;
}

static bool read_mhz(struct wpa_text t, uint32_t *out)
{
    int64_t mhz;
    if (!wpa_number(t, &mhz) || mhz < 0 || mhz > 100000)
        return false;
    *out = (uint32_t)mhz;
    return true;
}

/* ---- STATUS ---- */

static void read_state(struct wpa_text state, struct wpa_status *out)
{
    out->completed = wpa_is(state, "COMPLETED");
    out->disabled = wpa_is(state, "INTERFACE_DISABLED");
    out->handshake = wpa_is(state, "4WAY_HANDSHAKE") || wpa_is(state, "GROUP_HANDSHAKE");
}

bool wpa_status_read(struct wpa_text reply, struct wpa_status *out)
{
    struct wpa_text line;
    bool told = false;
    *out = (struct wpa_status){.id = -1};
    while (wpa_line(&reply, &line)) {
        if (wpa_take(&line, "wpa_state=")) {
            read_state(line, out);
            told = true;
        } else if (wpa_take(&line, "bssid=")) {
            wpa_mac(line, &out->bssid);
        } else if (wpa_take(&line, "freq=")) {
            read_mhz(line, &out->freq_mhz);
        } else if (wpa_take(&line, "ssid=")) {
            wpa_ssid(line, &out->ssid);
        } else if (wpa_take(&line, "id=")) {
            wpa_number(line, &out->id);
        }
    }
    return told;
}

/* ---- LIST_NETWORKS ---- */

/* "0\tbarn-guest\tany\t[CURRENT]"; the last cell may be missing. */
static bool read_network(struct wpa_text line, struct wpa_network *out)
{
    struct wpa_text id, ssid, bssid, flags = {"", 0};
    if (!wpa_cell(&line, '\t', &id) || !wpa_number(id, &out->id) || !wpa_cell(&line, '\t', &ssid) ||
        !wpa_ssid(ssid, &out->ssid) || !wpa_cell(&line, '\t', &bssid))
        return false;
    wpa_cell(&line, '\t', &flags);
    out->current = wpa_holds(flags, "[CURRENT]");
    out->disabled = wpa_holds(flags, "[DISABLED]");
    return true;
}

bool wpa_networks_read(struct wpa_text reply, struct wpa_networks *out)
{
    struct wpa_text line;
    struct wpa_network n;
    *out = (struct wpa_networks){.count = 0};
    if (!wpa_line(&reply, &line) || !wpa_take(&line, "network id"))
        return false;
    while (wpa_line(&reply, &line)) {
        if (!read_network(line, &n))
            continue;
        out->seen++;
        if (out->count < WPA_NETWORKS_MAX)
            out->at[out->count++] = n;
    }
    return true;
}

/* ---- what was heard ---- */

/* "[WPA2-PSK+SAE-CCMP][ESS]": made by wpa_supplicant out of what the access point says of itself. */
static unsigned read_security(struct wpa_text flags)
{
    static const struct {
        const char *word;
        enum wpa_security security;
    } words[] = {{"PSK", WPA_PSK}, {"SAE", WPA_SAE}, {"OWE-", WPA_OWE}, {"EAP", WPA_EAP}, {"[WEP]", WPA_WEP}};
    unsigned found = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wpa_holds(flags, words[i].word))
            found |= words[i].security;
    bool protected = wpa_holds(flags, "[WPA") || wpa_holds(flags, "[RSN") || found & WPA_WEP;
    return protected ? found : WPA_PLAIN;
}

static bool read_level(struct wpa_text t, int32_t *out)
{
    int64_t dbm;
    if (!wpa_number(t, &dbm) || dbm < -200 || dbm > 200)
        return false;
    *out = (int32_t)dbm;
    return true;
}

enum part { PART_ID = 1, PART_BSSID = 2, PART_FREQ = 4, PART_LEVEL = 8, PART_AGE = 16, PART_FLAGS = 32, PART_SSID = 64,
            PARTS = 127 };

static unsigned read_part(struct wpa_text line, struct wpa_bss *b)
{
    if (wpa_take(&line, "id="))
        return wpa_number(line, &b->id) ? PART_ID : 0;
    if (wpa_take(&line, "bssid="))
        return wpa_mac(line, &b->bssid) ? PART_BSSID : 0;
    if (wpa_take(&line, "freq="))
        return read_mhz(line, &b->freq_mhz) ? PART_FREQ : 0;
    if (wpa_take(&line, "level="))
        return read_level(line, &b->level_dbm) ? PART_LEVEL : 0;
    if (wpa_take(&line, "age="))
        return wpa_number(line, &b->age_s) ? PART_AGE : 0;
    if (wpa_take(&line, "ssid="))
        return wpa_ssid(line, &b->ssid) ? PART_SSID : 0;
    if (!wpa_take(&line, "flags="))
        return 0;
    b->security = read_security(line);
    return PART_FLAGS;
}

bool wpa_bss_next(struct wpa_text *reply, struct wpa_bss *out)
{
    struct wpa_text line;
    unsigned parts = 0;
    *out = (struct wpa_bss){.id = -1};
    while (wpa_line(reply, &line)) {
        if (!wpa_is(line, BETWEEN) && !wpa_is(line, BEHIND)) {
            parts |= read_part(line, out);
            continue;
        }
        if (parts == PARTS)
            return true;
        parts = 0;
        *out = (struct wpa_bss){.id = -1};
    }
    return parts == PARTS;
}

static bool read_result(struct wpa_text line, struct wpa_bss *b)
{
    struct wpa_text bssid, freq, level, flags;
    *b = (struct wpa_bss){.id = -1};
    if (!wpa_cell(&line, '\t', &bssid) || !wpa_cell(&line, '\t', &freq) || !wpa_cell(&line, '\t', &level) ||
        !wpa_cell(&line, '\t', &flags))
        return false;
    b->security = read_security(flags);
    return wpa_mac(bssid, &b->bssid) && read_mhz(freq, &b->freq_mhz) && read_level(level, &b->level_dbm) &&
           wpa_ssid(line, &b->ssid);
}

/* "bssid / frequency / signal level / flags / ssid", then a line for each. */
bool wpa_scan_results_next(struct wpa_text *reply, struct wpa_bss *out)
{
    struct wpa_text line;
    while (wpa_line(reply, &line))
        if (read_result(line, out))
            return true;
    return false;
}
