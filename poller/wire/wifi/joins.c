#include "poller/wire/wifi/joins.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/wire/wifi/nl80211.h"
#include "poller/wire/wifi/wpa_join.h"
#include "poller/wire/wifi/wpa_socket.h"

#define NAME_MAX_BYTES IF_NAMESIZE

struct join {
    struct joins *all;
    struct join *next;
    uint32_t id;
    bool leaving;
    char interface[NAME_MAX_BYTES];
    char *ssid, *password;
    struct wpa_join *talk; /* NULL: it waits for the card, or there is nobody to talk to */
    struct wpa_socket *socket;
    struct wifi_state alone; /* how it stands without a talk */
    uv_timer_t timer;
    bool told_once;
    enum wifi_stage told;
};

struct joins {
    uv_loop_t *loop;
    joins_told_fn fn;
    void *ctx;
    struct join *first; /* in the order they came */
    size_t count;
};

/* ---- telling ---- */

static void tell(struct join *j)
{
    struct wifi_state s = j->alone;
    if (j->talk)
        wpa_join_state(j->talk, clock_mono(), &s);
    if (j->leaving || (j->told_once && j->told == s.stage))
        return;
    j->told_once = true;
    j->told = s.stage;
    struct wire_wifi m = {.join = j->id, .stage = s.stage, .as_found = s.as_found, .heard = s.heard,
                          .detail = s.detail, .bssid = s.bssid, .freq_mhz = s.freq_mhz, .scan_ns = s.scan_ns,
                          .join_ns = s.join_ns};
    j->all->fn(j->all->ctx, &m);
}

/* ---- talking ---- */

static void on_due(uv_timer_t *timer);
static void go_on(struct join *j);

static void wake_at(struct join *j, struct mono due)
{
    int64_t wait_ns = mono_since(due, clock_mono());
    if (due.ns == MONO_NEVER.ns)
        uv_timer_stop(&j->timer);
    else
        uv_timer_start(&j->timer, on_due, wait_ns > 0 ? (uint64_t)(wait_ns / NS_PER_MS + 1) : 0, 0);
}

static void speak(struct join *j)
{
    const char *command = wpa_join_command(j->talk, clock_mono());
    if (*command && !wpa_socket_send(j->socket, command))
        wpa_join_fail(j->talk, "wpa_supplicant ended", clock_mono());
}

static void on_datagram(void *ctx, const char *text, size_t len)
{
    struct join *j = ctx;
    wpa_join_take(j->talk, text, len, clock_mono());
    go_on(j);
}

static void on_gone(void *ctx)
{
    struct join *j = ctx;
    wpa_join_fail(j->talk, "wpa_supplicant ended", clock_mono());
    go_on(j);
}

static void on_due(uv_timer_t *timer)
{
    struct join *j = timer->data;
    wpa_join_tick(j->talk, clock_mono());
    go_on(j);
}

/* ---- without wpa_supplicant ---- */

static void say(struct join *j, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct join *j, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    j->alone.stage = WIFI_UNUSABLE;
    vsnprintf(j->alone.detail, sizeof j->alone.detail, format, args);
    va_end(args);
}

static void say_why_not(struct join *j, const struct wifi_look *look, int error)
{
    if (if_nametoindex(j->interface) == 0)
        say(j, "there is no interface %s", j->interface);
    else if (look->known && !look->wifi)
        say(j, "%s is no Wi-Fi card", j->interface);
    else if (error == EACCES)
        say(j, "hayloft may not ask wpa_supplicant to join with %s: the user hayloft-wire runs as has to be in the "
               "group netdev", j->interface);
    else if (!look->known)
        say(j, "%s is no Wi-Fi card", j->interface);
    else
        say(j, "%s has no wpa_supplicant that listens at " WPA_SOCKETS ", and the system has not joined that network",
            j->interface);
}

static void look_alone(struct join *j, int error)
{
    struct wifi_look look = nl80211_look(j->interface);
    struct ssid wanted = ssid_of(j->ssid);
    if (!look.joined || !ssid_equal(&look.ssid, &wanted)) {
        say_why_not(j, &look, error);
        return;
    }
    j->alone = (struct wifi_state){.stage = WIFI_JOINED, .as_found = true, .bssid = look.bssid,
                                   .freq_mhz = look.freq_mhz};
}

/* ---- coming and going ---- */

static bool has_card(const struct join *j)
{
    return j->talk != NULL;
}

static bool is_card_free(const struct joins *all, const char *interface)
{
    for (const struct join *j = all->first; j; j = j->next)
        if (has_card(j) && strcmp(j->interface, interface) == 0)
            return false;
    return true;
}

static void start(struct join *j)
{
    static const struct wpa_socket_hooks hooks = {.datagram = on_datagram, .gone = on_gone};
    struct wifi_wish wish = {.interface = j->interface, .ssid = j->ssid, .password = j->password};
    j->socket = wpa_socket_open(j->all->loop, j->interface, &hooks, j);
    if (!j->socket) {
        look_alone(j, errno);
        tell(j);
        return;
    }
    j->talk = wpa_join_create(&wish, clock_mono());
    if (!j->talk) {
        wpa_socket_close(j->socket);
        j->socket = NULL;
        say(j, "out of memory");
    } else {
        go_on(j);
    }
    tell(j);
}

/* The first of those that wait for it. */
static void pass_card_on(struct joins *all, const char *interface)
{
    struct join *j = all->first;
    while (j && (has_card(j) || j->alone.stage != WIFI_SCANNING || strcmp(j->interface, interface) != 0))
        j = j->next;
    if (j)
        start(j);
}

static void forget_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static void on_timer_closed(uv_handle_t *h)
{
    struct join *j = h->data;
    free(j->ssid);
    forget_secret(j->password);
    free(j);
}

static void forget(struct join *j)
{
    struct join **at = &j->all->first;
    while (*at != j)
        at = &(*at)->next;
    *at = j->next;
    j->all->count--;
    wpa_join_destroy(j->talk);
    wpa_socket_close(j->socket);
    uv_timer_stop(&j->timer);
    uv_close((uv_handle_t *)&j->timer, on_timer_closed);
}

/* Its memory is there until the loop has closed its timer. */
static void drop(struct join *j)
{
    bool had_card = has_card(j);
    forget(j);
    if (had_card)
        pass_card_on(j->all, j->interface);
}

static void go_on(struct join *j)
{
    speak(j);
    if (j->leaving && wpa_join_has_left(j->talk)) {
        drop(j);
        return;
    }
    wake_at(j, wpa_join_due(j->talk));
    tell(j);
}

static void leave(struct join *j)
{
    if (j->leaving)
        return;
    j->leaving = true;
    if (!j->talk) {
        drop(j);
        return;
    }
    wpa_join_leave(j->talk, clock_mono());
    go_on(j);
}

static bool makes_sense(const struct wire_join *m)
{
    return m->interface && *m->interface && strlen(m->interface) < NAME_MAX_BYTES && !strchr(m->interface, '/') &&
           m->interface[0] != '.' && m->ssid && *m->ssid && strlen(m->ssid) <= WIFI_NAME_BYTES_MAX &&
           (!m->password || strlen(m->password) <= WIFI_KEY_DIGITS);
}

static struct join *create(struct joins *all, const struct wire_join *m)
{
    struct join *j = calloc(1, sizeof *j);
    char *ssid = strdup(m->ssid), *password = m->password ? strdup(m->password) : NULL;
    if (!j || !ssid || (m->password && !password)) {
        free(j);
        free(ssid);
        forget_secret(password);
        return NULL;
    }
    *j = (struct join){.all = all, .id = m->join, .ssid = ssid, .password = password};
    snprintf(j->interface, sizeof j->interface, "%s", m->interface);
    uv_timer_init(all->loop, &j->timer);
    j->timer.data = j;
    return j;
}

static void append(struct joins *all, struct join *j)
{
    struct join **at = &all->first;
    while (*at)
        at = &(*at)->next;
    *at = j;
    all->count++;
}

void joins_join(struct joins *all, const struct wire_join *m)
{
    joins_leave(all, m->join);
    struct join *j = all->count < WIRE_JOINS_MAX && makes_sense(m) ? create(all, m) : NULL;
    if (!j) {
        struct wire_wifi none = {.join = m->join, .stage = WIFI_UNUSABLE,
                                 .detail = (char *)(uintptr_t)"no network is called so, or too many are to be joined"};
        all->fn(all->ctx, &none);
        return;
    }
    bool is_free = is_card_free(all, j->interface);
    append(all, j);
    if (is_free)
        start(j);
    else
        tell(j);
}

void joins_leave(struct joins *all, uint32_t id)
{
    for (struct join *j = all->first; j; j = j->next)
        if (j->id == id && !j->leaving) {
            leave(j);
            return;
        }
}

/* Those first who wait for a card, so that none is passed on to them. */
void joins_leave_all(struct joins *all)
{
    struct join *next;
    for (struct join *j = all->first; j; j = next) {
        next = j->next;
        if (!has_card(j))
            leave(j);
    }
    for (struct join *j = all->first; j; j = next) {
        next = j->next;
        leave(j);
    }
}

size_t joins_count(const struct joins *all)
{
    return all->count;
}

bool joins_has_joined(const struct joins *all, const char *interface)
{
    struct wifi_state s;
    for (const struct join *j = all->first; j; j = j->next) {
        if (!j->talk || j->leaving || strcmp(j->interface, interface) != 0)
            continue;
        wpa_join_state(j->talk, clock_mono(), &s);
        return s.stage == WIFI_JOINED && !s.as_found;
    }
    return false;
}

struct joins *joins_create(uv_loop_t *loop, joins_told_fn fn, void *ctx)
{
    struct joins *all = calloc(1, sizeof *all);
    if (all)
        *all = (struct joins){.loop = loop, .fn = fn, .ctx = ctx};
    return all;
}

void joins_destroy(struct joins *all)
{
    while (all && all->first) {
        struct join *j = all->first;
        const char *last = j->talk ? wpa_join_abandon(j->talk) : "";
        if (*last)
            wpa_socket_send(j->socket, last);
        forget(j);
    }
    free(all);
}
