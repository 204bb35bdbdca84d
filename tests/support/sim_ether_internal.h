/* The inside of the world of VLANs. */
#ifndef HAYLOFT_TESTS_SIM_ETHER_INTERNAL_H
#define HAYLOFT_TESTS_SIM_ETHER_INTERNAL_H

#include "collectors/protocol/heard_frame.h"
#include "collectors/protocol/host_frame.h"
#include "tests/support/sim_ether.h"

#define WIRE_NS MILLISECONDS(1) /* each way */
#define TALKS 64

/* A connection that somebody keeps with us. */
struct ether_talk {
    bool open;
    struct sim_ether *world;
    int32_t vid;
    struct host_end near, far;    /* theirs, as seen on that segment; ours */
    uint16_t near_port, far_port;
    uint32_t acknowledged;        /* their next sequence number, as far as we have all */
    uint32_t expected;            /* ours */
    const char *page;             /* what is left to be sent of it */
    bool greeted, asked;          /* we answered their SYN; and put our question */
    unsigned times;
    struct timer *timer;
};

struct sim_ether_inside {
    struct {
        bool open;
        struct ether_wish wish;
        ether_receive_fn fn;
        void *ctx;
    } ways[SIM_ETHER_WAYS];
    struct ether_event *events;
    struct ether_talk talks[TALKS];
};

/* What hosts do with a frame that reached them, on their segment. */
void ether_hosts_hear(struct sim_ether *w, const struct heard_frame *h);
void ether_dhcp_hear(struct sim_ether *w, const struct heard_frame *h);
void ether_routers_hear(struct sim_ether *w, const struct heard_frame *h);
/* A segment to that end; open: its port is. page: what it answers, NULL: nothing. */
void ether_talk_hear(struct sim_ether *w, const struct host_end *near, const struct heard_frame *h, bool open,
                     const char *page);
void ether_talks_end(struct sim_ether *w);
/* A reply of somebody on that segment, after a little. */
void ether_reply(struct sim_ether *w, int32_t vid, const uint8_t *frame, size_t len);
/* Who answers DNS: the packet's answer with this address. Its length. */
size_t ether_dns_answer(const struct udp_datagram *asked, const struct addr *name, uint8_t rcode, uint8_t *out,
                        size_t room);

#endif
