#include "collectors/guest/seat.h"

#include "collectors/protocol/network_memory.h"
#include "collectors/protocol/played_mac.h"

static const char *key(const struct seat *s, const char *what, char out[static NETWORK_KEY_MAX])
{
    return network_key(s->setting->vid, what, out);
}

/* On the air the name is what is there or not, whichever card hears it. */
static const char *carried_key(const struct seat *s, char out[static NETWORK_KEY_MAX])
{
    const struct guest_setting *g = s->setting;
    return g->ssid ? network_on_air_key(g->ssid, out) : network_carried_key(g->vid, g->interface, out);
}

bool seat_is_by_card(const struct seat *s)
{
    return s->setting->port_security || s->setting->ssid;
}

bool seat_is_tagged(const struct seat *s)
{
    return s->setting->vid != GUEST_UNTAGGED;
}

void seat_arm(struct seat *s)
{
    char k[NETWORK_KEY_MAX];
    if (!s->armed)
        network_note(s->env, s->node, carried_key(s, k));
    s->armed = true;
}

void seat_note_control(struct seat *s)
{
    char k[NETWORK_KEY_MAX];
    if (!s->control_answered)
        network_note(s->env, s->node, key(s, NETWORK_CONTROL, k));
    s->control_answered = true;
}

void seat_learn_server(struct seat *s, const struct addr *server)
{
    char k[NETWORK_KEY_MAX];
    trusted_learn(&s->servers, s->env, s->node, key(s, NETWORK_SERVER, k), server);
}

void seat_choose_router(struct seat *s, const struct mac *gateway)
{
    const struct advert *router = adverts_likely(&s->adverts, gateway);
    char k[NETWORK_KEY_MAX];
    if (router)
        trusted_learn(&s->routers, s->env, s->node, key(s, NETWORK_ROUTER, k), &router->addr);
}

static void recall_all(struct seat *s)
{
    char k[NETWORK_KEY_MAX];
    const struct guest_setting *g = s->setting;
    s->servers = trusted_recall(s->env, s->node, key(s, NETWORK_SERVER, k), g->servers, g->servers_count);
    s->routers = trusted_recall(s->env, s->node, key(s, NETWORK_ROUTER, k), g->routers, g->routers_count);
    s->armed = g->carried || network_knows(s->env, s->node, carried_key(s, k));
    s->control_answered = network_knows(s->env, s->node, key(s, NETWORK_CONTROL, k));
}

static void receive(void *ctx, const struct ether_frame *batch, size_t count)
{
    struct seat *s = ctx;
    struct heard_frame h;
    for (size_t i = 0; i < count; i++) {
        heard_frame_read(&batch[i], &h);
        if (seat_is_tagged(s) && h.vid == s->setting->vid) {
            s->heard = true;
            seat_arm(s);
        }
        if (h.vid == s->setting->vid)
            adverts_take(&s->adverts, &h);
        if (s->hear)
            s->hear(s->hear_ctx, &h);
    }
    if (!count && s->hear)
        s->hear(s->hear_ctx, NULL);
}

static void open_way(struct seat *s)
{
    const struct guest_setting *g = s->setting;
    struct ether_wish wish = {.interface = g->interface, .own_mac = seat_is_by_card(s), .untagged = true};
    if (!seat_is_by_card(s)) {
        wish.macs[wish.mac_count++] = s->probe;
        if (seat_is_tagged(s))
            wish.macs[wish.mac_count++] = s->control;
    }
    if (seat_is_tagged(s))
        wish.vids[wish.vid_count++] = (uint16_t)g->vid;
    s->heard = false;
    s->way = s->env->ether ? ether_open(s->env->ether, &wish, receive, s) : 0;
}

bool seat_take(struct seat *s, const struct env *env, const char *node, const struct guest_setting *setting)
{
    char k[NETWORK_KEY_MAX];
    seat_leave(s);
    s->env = env;
    s->node = node;
    s->setting = setting;
    recall_all(s);
    bool made = seat_is_by_card(s) || (played_mac(env, node, key(s, NETWORK_MAC, k), &s->probe) &&
                                           played_mac(env, NETWORK_MAIN,
                                                      network_control_mac_key(setting->interface, k), &s->control));
    if (made)
        open_way(s);
    return made;
}

void seat_leave(struct seat *s)
{
    if (s->way)
        ether_close(s->env->ether, s->way);
    s->way = 0;
}

void seat_state(const struct seat *s, struct ether_state *out)
{
    *out = (struct ether_state){.reason = "whole frames cannot be sent or received here"};
    if (s->way)
        ether_state(s->env->ether, s->way, out);
}
