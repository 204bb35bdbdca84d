/* The door to being a guest of a Wi-Fi network: a card joins it by name, and leaves it. The kernel twin goes by the
 * wire role and the system's wpa_supplicant, the simulated twin (tests/support/sim_wifi) by a table.
 *
 * A card the system has joined to that network by itself is taken as it is found, and left so. One that is joined to
 * another network is the system's: it is never taken away. What is added for a join is never saved, and taken away
 * when it ends; what a process that was killed had left is taken away before the next one. */
#ifndef HAYLOFT_BASE_WIFI_H
#define HAYLOFT_BASE_WIFI_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define WIFI_TEXT_MAX 800 /* room for a few names from the air */
#define WIFI_NAME_BYTES_MAX 32    /* of a network, IEEE 802.11 */
#define WIFI_PASSWORD_LEAST 8     /* of WPA2 and WPA3, in bytes */
#define WIFI_PASSWORD_MOST 63
#define WIFI_KEY_DIGITS 64        /* or the key itself, in hexadecimal */

enum wifi_stage {
    WIFI_SCANNING,  /* also while another join has the card */
    WIFI_JOINING,   /* its name was heard */
    WIFI_JOINED,    /* frames may go */
    /* the end, until it is left: */
    WIFI_ABSENT,    /* its name was not heard */
    WIFI_REFUSED,   /* heard, but we did not get in, or were put out again */
    WIFI_UNUSABLE   /* we could not even try: says nothing of the network */
};

struct wifi_wish {
    const char *interface;
    const char *ssid;
    const char *password; /* NULL: it asks for none */
};

struct wifi_state {
    enum wifi_stage stage;
    bool as_found;              /* the system had joined it */
    char heard[WIFI_TEXT_MAX];  /* where its name was heard, or what was heard instead; "": not looked for. Holds
                                   names from the air, which anybody may send: hostile text, in valid UTF-8 */
    char detail[WIFI_TEXT_MAX]; /* of the end: why; of joined: by whom. A sentence for people, or "" */
    struct mac bssid;           /* of the access point; not set: none */
    uint32_t freq_mhz;
    int64_t scan_ns, join_ns;   /* how long each took so far */
};

/* Another stage, or more is known of this one. */
typedef void (*wifi_news_fn)(void *ctx, uint32_t join);

struct wifi_ops {
    /* 0: not possible at all here. The state tells the rest, at once or a little later. */
    uint32_t (*join)(void *self, const struct wifi_wish *wish, wifi_news_fn fn, void *ctx);
    void (*leave)(void *self, uint32_t join); /* no callback afterwards */
    void (*state)(void *self, uint32_t join, struct wifi_state *out);
};

struct wifi {
    const struct wifi_ops *ops;
    void *self;
};

static inline uint32_t wifi_join(const struct wifi *w, const struct wifi_wish *wish, wifi_news_fn fn, void *ctx)
{
    return w->ops->join(w->self, wish, fn, ctx);
}

static inline void wifi_leave(const struct wifi *w, uint32_t join)
{
    w->ops->leave(w->self, join);
}

static inline void wifi_state(const struct wifi *w, uint32_t join, struct wifi_state *out)
{
    w->ops->state(w->self, join, out);
}

#endif
