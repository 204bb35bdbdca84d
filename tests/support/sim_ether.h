/* A small world of VLANs in simulated time: the twin of ether.h. One port of ours, a cable with boxes that may harm
 * frames each way, and behind it segments with hosts, DHCP servers and routers. It lives in a world of sim_packets,
 * whose time and env it uses; a test changes any member at any time. */
#ifndef HAYLOFT_TESTS_SIM_ETHER_H
#define HAYLOFT_TESTS_SIM_ETHER_H

#include "collectors/protocol/dhcp.h"
#include "poller/base/ether.h"
#include "tests/support/sim_packets.h"

#define SIM_FAR (-2)          /* the segment of who is reached only through a gateway that routes */
#define SIM_ETHER_PORTS 8
#define SIM_ETHER_HOSTS 24
#define SIM_ETHER_SERVERS 4
#define SIM_ETHER_ROUTERS 4
#define SIM_ETHER_BOXES 8
#define SIM_ETHER_WAYS 4
#define SIM_ETHER_LEASES 16

enum { SIM_OUT = 1, SIM_IN = 2, SIM_BOTH = 3 }; /* from us, to us */

enum sim_harm { SIM_EATS, SIM_STRIPS, SIM_RETAGS, SIM_DROPS_GIANTS };

/* One box on the cable; of several the first is the nearest. It harms frames of one VLAN; SIM_DROPS_GIANTS those of
 * more than 1496 bytes of IP. */
struct sim_box {
    enum sim_harm harm;
    unsigned ways;
    int32_t vid, to;          /* to: what SIM_RETAGS makes of it */
};

struct ether_host {
    int32_t vid;              /* its segment */
    struct mac mac;
    struct addr addr, addr6;  /* addr6: link-local */
    bool silent, pingless;    /* says nothing; answers no echo */
    bool proxy_arp;           /* answers ARP for any address */
    bool gateway;             /* routes */
    bool face;                /* another address of the gateway, which answers for it whoever asks */
    uint16_t ports[SIM_ETHER_PORTS]; /* open; others refuse, unless closed_quietly */
    bool closed_quietly;
    const char *page;         /* whole answer of its web server, whichever port is asked; NULL: none comes */
    bool resolver;            /* asks of it are answered with: */
    struct addr name;         /* not set: no such name */
    uint8_t rcode;
    unsigned asked;           /* frames it took */
};

struct ether_lease {
    struct mac mac;
    struct addr addr;
    bool taken;               /* requested, not released */
};

struct ether_dhcp {
    struct ether_host *host;  /* it answers from */
    bool dead, silent_to_requests, refuses;
    int64_t delay_ns;
    struct addr first;        /* of its pool */
    unsigned pool;
    bool new_each_time;       /* forgets whom it offered what */
    struct addr mask, gateway, dns, server, relay; /* not set: not told; server: else its host's address */
    int64_t lease_s;          /* negative: not told */
    const uint8_t *options;   /* instead of all options, when set: 53 stands not among them */
    size_t options_len;
    bool no_cookie;
    unsigned discovers, requests, releases;
    struct ether_lease leases[SIM_ETHER_LEASES];
    size_t lease_count;
    unsigned handed;          /* addresses so far, when new each time */
};

struct ether_router {
    struct ether_host *host;
    bool off, managed, other;
    uint16_t lifetime_s;
    struct addr prefix, resolver; /* not set: not told */
    bool resolver_silent, dhcpv6_silent;
    unsigned echoed, named, configured;
};

struct sim_ether {
    struct sim *sim;
    struct ether door;
    struct ether_state port;
    bool cannot_open;
    int send_errno;
    double loss;              /* 0-1, each way */
    struct sim_box boxes[SIM_ETHER_BOXES];
    size_t box_count;
    struct ether_host hosts[SIM_ETHER_HOSTS];
    size_t host_count;
    struct ether_dhcp servers[SIM_ETHER_SERVERS];
    size_t server_count;
    struct ether_router routers[SIM_ETHER_ROUTERS];
    size_t router_count;
    bool internet_off, leaks_icmp, leaks_tcp; /* gateways route to SIM_FAR; to other segments */
    const char *portal;       /* gateways answer for every far web server with this page; NULL: none */
    struct guest_target targets[GUEST_TARGETS_MAX];
    size_t target_count;
    /* What an attacker on the cable makes of a frame to us; NULL: nobody is there. It may become shorter. */
    size_t (*mangle)(void *ctx, uint8_t *frame, size_t len);
    void *mangle_ctx;
    unsigned sent, strange;   /* our frames; those that are on no list of what may leave */
    unsigned from_own;        /* those from the card's own address */
    struct sim_ether_inside *inside;
};

/* Sets env->ether and env->guest_targets of that world; our port is open and has a link. */
struct sim_ether *sim_ether_create(struct sim *s);
void sim_ether_destroy(struct sim_ether *w); /* after the collectors, before the sim */
struct ether_host *sim_ether_host(struct sim_ether *w, int32_t vid, const char *mac, const char *addr);
struct ether_dhcp *sim_ether_dhcp(struct sim_ether *w, struct ether_host *host, const char *first);
struct ether_router *sim_ether_router(struct sim_ether *w, struct ether_host *host, const char *addr6);
void sim_ether_box(struct sim_ether *w, enum sim_harm harm, unsigned ways, int32_t vid, int32_t to);
void sim_ether_state_changed(struct sim_ether *w); /* tells all ways */
/* A frame from somewhere on a segment towards us, through the boxes. */
void sim_ether_deliver(struct sim_ether *w, int32_t vid, const uint8_t *frame, size_t len, int64_t delay_ns);
unsigned sim_ether_taken(const struct ether_dhcp *d); /* leases that are held */
void sim_ether_advertise(struct sim_ether *w, struct ether_router *r); /* to all nodes, unasked */

#endif
