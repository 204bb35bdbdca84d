/* One card joins one network through wpa_supplicant's control interface: what is asked next, what an answer or an
 * event means, when it is too late. Pure: datagrams and the time in, datagrams out.
 *
 *   ATTACH, LIST_NETWORKS    who has the card?
 *   GET_NETWORK n id_str     is n one of ours that a killed process left? REMOVE_NETWORK n
 *   STATUS                   joined to that network already: as found. Joined to another one, or the system has
 *                            networks of its own there: not ours to take. The same network, not joined: we watch
 *                            the system try
 *   SCAN, BSS RANGE=n-       up to three times, until the name was heard
 *   ADD_NETWORK, SET_NETWORK, ENABLE_NETWORK   a network of our own, marked as ours, never saved (SAVE_CONFIG)
 *   events                   until it is in, one access point refused it twice, or time is up
 *   REMOVE_NETWORK, DETACH   on leaving
 *
 * A name is heard by asking for it too, so that networks that hide theirs are found. The password is sent to no
 * access point that asks for none: a network of the same name without one is refused here, as a phone does. */
#ifndef HAYLOFT_WIRE_WPA_JOIN_H
#define HAYLOFT_WIRE_WPA_JOIN_H

#include "poller/base/clock.h"
#include "poller/base/wifi.h"
#include "poller/wire/wifi/wpa_text.h"

#define WPA_ANSWER_NS SECONDS(5)  /* it answers at once, unless it hangs */
#define WPA_PAUSE_NS SECONDS(1)   /* before a scan is asked for again that could not be */
#define WPA_SCAN_NS SECONDS(12)   /* one scan of all bands, where radar must be listened for first */
#define WPA_SCANS 3               /* one misses a beacon now and then */
#define WPA_SCANNING_NS SECONDS(40)
#define WPA_JOIN_NS SECONDS(30)
#define WPA_COMMAND_MAX 512       /* bytes, the longest has a password of 63 */

struct wpa_join;

/* wish->interface is only told. NULL: no memory. */
struct wpa_join *wpa_join_create(const struct wifi_wish *wish, struct mono now);
void wpa_join_destroy(struct wpa_join *j); /* NULL is fine */

/* What is to be sent now, once: "" nothing. After each of the calls below. Secrets stand in it. */
const char *wpa_join_command(struct wpa_join *j, struct mono now);
void wpa_join_take(struct wpa_join *j, const char *datagram, size_t len, struct mono now);
void wpa_join_tick(struct wpa_join *j, struct mono now);
struct mono wpa_join_due(const struct wpa_join *j); /* when to tick; MONO_NEVER */

/* What ends it from outside: there is no wpa_supplicant to talk to. Says why. */
void wpa_join_fail(struct wpa_join *j, const char *why, struct mono now);

void wpa_join_leave(struct wpa_join *j, struct mono now);
bool wpa_join_has_left(const struct wpa_join *j); /* nothing of ours is there any more, or nobody can be asked */
/* What takes our network away, when there is no time to wait for answers; "": there is none. */
const char *wpa_join_abandon(struct wpa_join *j);

void wpa_join_state(const struct wpa_join *j, struct mono now, struct wifi_state *out);

#endif
