#include "poller/wire/wifi/wpa_join.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/wire/wifi/wpa_command.h"
#include "poller/wire/wifi/wpa_join_internal.h"

enum phase {
    ATTACH, LIST, LOOK, CLEAR, WHO,             /* who has the card? */
    SCAN, HEAR, PAUSE, READ, READ_OLD,          /* is it in the air? */
    ADD, SET, ENABLE, GO, WAIT, PUT_OFF, CHECK, /* getting in */
    ENDED,                                      /* joined, or not */
    REMOVE, DETACH, LEFT
};

struct wpa_join {
    char interface[16];
    struct ssid ssid;
    char *password;         /* NULL: none */
    enum phase phase;
    struct mono due;
    char command[WPA_COMMAND_MAX];
    bool unsent;
    bool leaving;
    struct wpa_networks networks;
    size_t looked;          /* at so many of them */
    int64_t id;             /* of the network we join by; -1: none */
    bool own;               /* it is ours */
    unsigned scans;
    bool ever_read;
    int64_t next_bss;
    struct wpa_heard heard;
    size_t setting;
    bool setting_needed;
    struct wpa_trial trial;
    struct mono began, heard_at, ended_at;
    struct wifi_state state;
};

static void enter(struct wpa_join *j, enum phase phase, struct mono now);

static void end(struct wpa_join *j, enum wifi_stage stage, struct mono now)
{
    j->state.stage = stage;
    j->ended_at = now;
    enter(j, ENDED, now);
}

static void end_unusable(struct wpa_join *j, const char *why, struct mono now)
{
    snprintf(j->state.detail, sizeof j->state.detail, "%s", why);
    end(j, WIFI_UNUSABLE, now);
}

/* ---- who has the card ---- */

static void write_attach(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "ATTACH");
}

static void on_attach(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    if (wpa_is_ok(reply))
        enter(j, LIST, now);
    else
        end_unusable(j, "wpa_supplicant tells us nothing: it refuses ATTACH", now);
}

static void write_list(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "LIST_NETWORKS");
}

static void on_list(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    if (!wpa_networks_read(reply, &j->networks))
        end_unusable(j, "wpa_supplicant does not list its networks", now);
    else
        enter(j, j->networks.count > 0 ? LOOK : WHO, now);
}

static void write_look(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "GET_NETWORK %" PRId64 " id_str", j->networks.at[j->looked].id);
}

static void look_further(struct wpa_join *j, struct mono now)
{
    enter(j, j->looked < j->networks.count ? LOOK : WHO, now);
}

static void on_look(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    if (wpa_is(reply, "\"" WPA_MARK "\"") || wpa_is(reply, "\"" WPA_MARK "\"\n")) {
        enter(j, CLEAR, now);
        return;
    }
    j->looked++;
    look_further(j, now);
}

static void write_clear(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "REMOVE_NETWORK %" PRId64, j->networks.at[j->looked].id);
}

static void on_clear(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    j->networks.at[j->looked] = j->networks.at[--j->networks.count];
    look_further(j, now);
}

static void write_status(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "STATUS");
}

static void say_taken(struct wpa_join *j, const struct ssid *by)
{
    struct buf name = {0};
    ssid_show(by, &name);
    snprintf(j->state.detail, sizeof j->state.detail,
             "%s is the system's: it joins '%s' with it. A guest needs a card of its own", j->interface,
             buf_string(&name));
    buf_fini(&name);
}

static const struct wpa_network *enabled_one(const struct wpa_join *j, bool of_that_name)
{
    for (size_t i = 0; i < j->networks.count; i++)
        if (!j->networks.at[i].disabled && ssid_equal(&j->networks.at[i].ssid, &j->ssid) == of_that_name)
            return &j->networks.at[i];
    return NULL;
}

static void note_access_point(struct wpa_join *j, const struct wpa_status *s)
{
    j->state.bssid = s->bssid;
    j->state.freq_mhz = s->freq_mhz;
}

static void on_who(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    struct wpa_status s;
    const struct wpa_network *same = enabled_one(j, true), *other = enabled_one(j, false);
    if (!wpa_status_read(reply, &s) || s.disabled) {
        end_unusable(j, "the Wi-Fi card is switched off (ip link, or rfkill)", now);
    } else if (s.completed && ssid_equal(&s.ssid, &j->ssid)) {
        note_access_point(j, &s);
        j->state.as_found = true;
        j->heard_at = now;
        end(j, WIFI_JOINED, now);
    } else if (s.completed || (other && !same)) {
        say_taken(j, s.completed ? &s.ssid : &other->ssid);
        end(j, WIFI_UNUSABLE, now);
    } else {
        j->id = same ? same->id : -1;
        enter(j, SCAN, now);
    }
}

/* ---- is it in the air ---- */

static void write_scan(struct wpa_join *j)
{
    wpa_scan_write(&j->ssid, j->command, sizeof j->command);
}

static struct mono scanning_ends(const struct wpa_join *j)
{
    return mono_after(j->began, WPA_SCANNING_NS);
}

static void conclude_absent(struct wpa_join *j, struct mono now)
{
    j->heard_at = now;
    if (!j->ever_read) {
        end_unusable(j, "the Wi-Fi card does not scan", now);
        return;
    }
    wpa_tell_absent(&j->heard, j->state.heard);
    end(j, WIFI_ABSENT, now);
}

static void scan_again(struct wpa_join *j, enum phase by, struct mono now)
{
    if (j->scans >= WPA_SCANS || !mono_before(now, scanning_ends(j)))
        conclude_absent(j, now);
    else
        enter(j, by, now);
}

/* A scan that was not begun or did not end counts for none: somebody else has the radio for a moment. */
static void on_scan(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    if (wpa_is_ok(reply))
        enter(j, HEAR, now);
    else
        scan_again(j, PAUSE, now);
}

static void write_read(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "BSS RANGE=%" PRId64 "- MASK=" WPA_BSS_PARTS, j->next_bss);
}

/* What was heard before we began to listen proves nothing. */
static bool is_fresh(const struct wpa_join *j, const struct wpa_bss *b, struct mono now)
{
    return SECONDS(b->age_s) <= mono_since(now, j->began) + SECONDS(1);
}

static void conclude_heard(struct wpa_join *j, struct mono now)
{
    j->ever_read = true;
    j->scans++;
    if (!wpa_heard_best(&j->heard, &j->ssid)) {
        scan_again(j, SCAN, now);
        return;
    }
    wpa_tell_present(&j->heard, &j->ssid, j->state.heard);
    j->heard_at = now;
    j->state.stage = WIFI_JOINING;
    if (j->id >= 0)
        enter(j, WAIT, now);
    else if (wpa_misfit_tell(wpa_heard_security(&j->heard, &j->ssid), j->password, j->state.detail))
        end(j, WIFI_REFUSED, now);
    else
        enter(j, ADD, now);
}

static void on_read(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    struct wpa_bss b;
    int64_t before = j->next_bss;
    if (wpa_is_unknown(reply)) {
        enter(j, READ_OLD, now);
        return;
    }
    while (wpa_bss_next(&reply, &b)) {
        if (is_fresh(j, &b, now))
            wpa_heard_add(&j->heard, &b);
        if (b.id >= j->next_bss)
            j->next_bss = b.id + 1;
    }
    if (j->next_bss > before)
        enter(j, READ, now);
    else
        conclude_heard(j, now);
}

static void write_read_old(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "SCAN_RESULTS");
}

static void on_read_old(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    struct wpa_bss b;
    while (wpa_scan_results_next(&reply, &b))
        wpa_heard_add(&j->heard, &b);
    conclude_heard(j, now);
}

/* ---- getting in ---- */

static void write_add(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "ADD_NETWORK");
}

static void on_add(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    if (!wpa_id_read(reply, &j->id)) {
        j->id = -1;
        end_unusable(j, "wpa_supplicant takes no network of ours", now);
        return;
    }
    j->own = true;
    enter(j, SET, now);
}

static struct wpa_entry entry_of(const struct wpa_join *j)
{
    bool plain = wpa_heard_security(&j->heard, &j->ssid) & WPA_PLAIN;
    return (struct wpa_entry){.id = j->id, .ssid = j->ssid, .password = j->password, .enhanced_open = !plain};
}

static void write_set(struct wpa_join *j)
{
    struct wpa_entry e = entry_of(j);
    wpa_setting_write(&e, j->setting, j->command, sizeof j->command, &j->setting_needed);
}

static void on_set(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    char next[WPA_COMMAND_MAX];
    bool needed;
    if (!wpa_is_ok(reply) && j->setting_needed) {
        end_unusable(j, "wpa_supplicant does not take what is configured of the network", now);
        return;
    }
    j->setting++;
    struct wpa_entry e = entry_of(j);
    enter(j, wpa_setting_write(&e, j->setting, next, sizeof next, &needed) ? SET : ENABLE, now);
    explicit_bzero(next, sizeof next);
}

static void write_enable(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "ENABLE_NETWORK %" PRId64, j->id);
}

static void on_enable(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    if (wpa_is_ok(reply))
        enter(j, GO, now);
    else
        end_unusable(j, "wpa_supplicant does not try the network", now);
}

/* Somebody may have told it to rest; else this does nothing. */
static void write_go(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "RECONNECT");
}

static void on_go(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    enter(j, WAIT, now);
}

static void write_put_off(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "DISABLE_NETWORK %" PRId64, j->id);
}

static void on_put_off(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    enter(j, ENABLE, now);
}

static struct mono joining_ends(const struct wpa_join *j)
{
    return mono_after(j->heard_at, WPA_JOIN_NS);
}

/* Whenever no answer is awaited. */
static void judge_trial(struct wpa_join *j, struct mono now)
{
    if (j->trial.connected || !mono_before(now, joining_ends(j))) {
        enter(j, CHECK, now);
    } else if (wpa_trial_is_lost(&j->trial)) {
        wpa_trial_tell(&j->trial, NULL, j->state.detail);
        end(j, WIFI_REFUSED, now);
    } else if (j->trial.given_up && j->own) {
        j->trial.given_up = false;
        enter(j, PUT_OFF, now);
    }
}

static void on_check(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    struct wpa_status s;
    bool told = wpa_status_read(reply, &s);
    if (told && s.completed && ssid_equal(&s.ssid, &j->ssid)) {
        note_access_point(j, &s);
        end(j, WIFI_JOINED, now);
    } else if (told && mono_before(now, joining_ends(j))) {
        j->trial.connected = false; /* it was put out again in between: that counts as one refusal */
        enter(j, WAIT, now);
    } else {
        wpa_trial_tell(&j->trial, told ? &s : NULL, j->state.detail);
        end(j, WIFI_REFUSED, now);
    }
}

/* ---- leaving ---- */

static void write_remove(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "REMOVE_NETWORK %" PRId64, j->id);
}

static void on_remove(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    j->own = false;
    enter(j, DETACH, now);
}

static void write_detach(struct wpa_join *j)
{
    snprintf(j->command, sizeof j->command, "DETACH");
}

static void on_detach(struct wpa_join *j, struct wpa_text reply, struct mono now)
{
    enter(j, LEFT, now);
}

/* ---- the phases ---- */

static const struct {
    void (*write)(struct wpa_join *j); /* NULL: nothing is asked in it */
    void (*answer)(struct wpa_join *j, struct wpa_text reply, struct mono now);
} phases[] = {
    [ATTACH] = {write_attach, on_attach},
    [LIST] = {write_list, on_list},
    [LOOK] = {write_look, on_look},
    [CLEAR] = {write_clear, on_clear},
    [WHO] = {write_status, on_who},
    [SCAN] = {write_scan, on_scan},
    [READ] = {write_read, on_read},
    [READ_OLD] = {write_read_old, on_read_old},
    [ADD] = {write_add, on_add},
    [SET] = {write_set, on_set},
    [ENABLE] = {write_enable, on_enable},
    [GO] = {write_go, on_go},
    [PUT_OFF] = {write_put_off, on_put_off},
    [CHECK] = {write_status, on_check},
    [REMOVE] = {write_remove, on_remove},
    [DETACH] = {write_detach, on_detach},
    [LEFT] = {NULL, NULL},
};

static struct mono due_in(const struct wpa_join *j, enum phase phase, struct mono now)
{
    if (phases[phase].write)
        return mono_after(now, WPA_ANSWER_NS);
    if (phase == HEAR)
        return mono_after(now, WPA_SCAN_NS);
    if (phase == PAUSE)
        return mono_after(now, WPA_PAUSE_NS);
    return phase == WAIT ? joining_ends(j) : MONO_NEVER;
}

static void enter(struct wpa_join *j, enum phase phase, struct mono now)
{
    if (j->leaving && phase < REMOVE)
        phase = j->own ? REMOVE : DETACH;
    if (phase == SCAN)
        j->next_bss = 0;
    j->phase = phase;
    j->due = due_in(j, phase, now);
    j->unsent = phases[phase].write != NULL;
    if (j->unsent)
        phases[phase].write(j);
    if (phase == WAIT)
        judge_trial(j, now);
}

static void take_event(struct wpa_join *j, const struct wpa_event *e, struct mono now)
{
    if (e->kind == WPA_TERMINATING) {
        wpa_join_fail(j, "wpa_supplicant ended", now);
    } else if (j->phase == HEAR && e->kind == WPA_SCANNED) {
        enter(j, READ, now);
    } else if (j->phase == HEAR && e->kind == WPA_SCAN_FAILED) {
        scan_again(j, PAUSE, now);
    } else if (j->phase >= ENABLE && j->phase <= CHECK) {
        wpa_trial_take(&j->trial, e, j->id);
        if (j->phase == WAIT)
            judge_trial(j, now);
    } else if (j->phase == ENDED && j->state.stage == WIFI_JOINED && e->kind == WPA_DISCONNECTED) {
        wpa_loss_tell(e, j->state.detail);
        j->state.stage = WIFI_REFUSED;
    }
}

void wpa_join_take(struct wpa_join *j, const char *datagram, size_t len, struct mono now)
{
    struct wpa_text text = {datagram, len};
    struct wpa_event e;
    if (wpa_event_read(text, &e))
        take_event(j, &e, now);
    else if (!j->unsent && phases[j->phase].answer)
        phases[j->phase].answer(j, text, now);
}

void wpa_join_tick(struct wpa_join *j, struct mono now)
{
    if (mono_before(now, j->due))
        return;
    if (j->phase == HEAR)
        scan_again(j, SCAN, now);
    else if (j->phase == PAUSE)
        enter(j, SCAN, now);
    else if (j->phase == WAIT)
        judge_trial(j, now);
    else if (phases[j->phase].answer)
        wpa_join_fail(j, "wpa_supplicant does not answer", now);
}

void wpa_join_fail(struct wpa_join *j, const char *why, struct mono now)
{
    if (j->leaving)
        enter(j, LEFT, now);
    else if (j->phase != LEFT && (j->phase != ENDED || j->state.stage == WIFI_JOINED))
        end_unusable(j, why, now);
}

/* ---- from outside ---- */

struct wpa_join *wpa_join_create(const struct wifi_wish *wish, struct mono now)
{
    struct wpa_join *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    j->password = wish->password ? strdup(wish->password) : NULL;
    if (wish->password && !j->password) {
        free(j);
        return NULL;
    }
    snprintf(j->interface, sizeof j->interface, "%s", wish->interface);
    j->ssid = ssid_of(wish->ssid);
    j->id = -1;
    j->began = now;
    enter(j, ATTACH, now);
    return j;
}

void wpa_join_destroy(struct wpa_join *j)
{
    if (!j)
        return;
    if (j->password)
        explicit_bzero(j->password, strlen(j->password));
    free(j->password);
    explicit_bzero(j->command, sizeof j->command);
    free(j);
}

const char *wpa_join_command(struct wpa_join *j, struct mono now)
{
    if (!j->unsent)
        return "";
    j->unsent = false;
    j->due = due_in(j, j->phase, now);
    return j->command;
}

struct mono wpa_join_due(const struct wpa_join *j)
{
    return j->due;
}

static bool is_asking(const struct wpa_join *j)
{
    return phases[j->phase].write && !j->unsent;
}

/* An answer that is under way is waited for: it may say which network is ours. */
void wpa_join_leave(struct wpa_join *j, struct mono now)
{
    if (j->leaving)
        return;
    j->leaving = true;
    if (!is_asking(j))
        enter(j, j->own ? REMOVE : DETACH, now);
}

bool wpa_join_has_left(const struct wpa_join *j)
{
    return j->phase == LEFT;
}

const char *wpa_join_abandon(struct wpa_join *j)
{
    if (!j->own)
        return "";
    write_remove(j);
    return j->command;
}

static int64_t span(struct mono from, struct mono to, struct mono now)
{
    return from.ns ? mono_since(to.ns ? to : now, from) : 0;
}

void wpa_join_state(const struct wpa_join *j, struct mono now, struct wifi_state *out)
{
    *out = j->state;
    out->scan_ns = span(j->began, j->heard_at.ns ? j->heard_at : j->ended_at, now);
    out->join_ns = span(j->heard_at, j->ended_at, now);
}
