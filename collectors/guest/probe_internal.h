/* The inside of a probe, shared by its phases. */
#ifndef HAYLOFT_COLLECTORS_GUEST_PROBE_INTERNAL_H
#define HAYLOFT_COLLECTORS_GUEST_PROBE_INTERNAL_H

#include "collectors/guest/fullness.h"
#include "collectors/guest/name_query.h"
#include "collectors/guest/probe.h"
#include "collectors/protocol/host_frame.h"
#include "collectors/protocol/plain_page.h"
#include "collectors/protocol/offers.h"
#include "collectors/protocol/tcp_dialogue.h"

#define PROBE_DETAIL_MAX 240
#define PROBE_HOPS_MAX 8
#define PROBE_LEAKS_MAX 16
#define PROBE_HOW_MAX 16
#define PAGE_ROOM 16384 /* bytes kept of a page */
#define ISOLATION_EVERY_NS MINUTES(60) /* less than a person's question: it knocks at others' doors */

/* A phase asks, waits and concludes. One timer serves whichever is under way: tick is called when it runs. */
struct phase {
    void (*begin)(struct probe *p);
    void (*tick)(struct probe *p);
    void (*hear)(struct probe *p, const struct heard_frame *h);
};

extern const struct phase phase_air, phase_waiting, phase_offers, phase_lease, phase_gateway, phase_routers,
    phase_fullsize, phase_names, phase_page, phase_isolation;

struct asking {
    unsigned turns;         /* taken so far: a question, and once more */
    struct offers control;
    bool came_back;         /* our own question, on another VLAN than it was asked on */
    int32_t came_back_vid;
    bool gateway_asked, gateway_answered; /* the known one, while nobody offers */
};

struct leasing {
    unsigned looks, requests;
    bool requested;         /* to be released */
    bool elsewhere;         /* an answer came on another VLAN */
    int32_t elsewhere_vid;
};

struct paging {
    struct page_place place;
    struct addr at;         /* not set: its name is still being asked for */
    bool talking;
    struct mono until;
    struct tcp_dialogue talk;
    char question[PAGE_QUESTION_MAX];
    uint8_t answer[PAGE_ROOM];
};

#define NODE_NAME_MAX 256
#define KNOCKED_MAX (GUEST_TARGETS_MAX + 1)

/* The last of them is the decoy. */
struct knocking {
    struct guest_target targets[KNOCKED_MAX];
    char names[KNOCKED_MAX][NODE_NAME_MAX]; /* of them: the engine's own may go meanwhile */
    size_t target_count;
    unsigned times;
    bool checked;           /* the decoy was knocked at, too */
    uint16_t first_port;    /* ours, for the first door of the first one; then one more for each */
    uint32_t sequence;
    uint32_t open[KNOCKED_MAX], closed[KNOCKED_MAX]; /* doors that opened, that refused: a bit each */
    bool echoed[KNOCKED_MAX];
};

/* The IPv6 router that is asked, and what of its promises was kept. */
struct routing {
    unsigned times;
    struct advert of;       /* its advertisement */
    struct mac mac;
    bool asked;
    bool echoed, named, configured; /* it answered an echo; its resolver a question; its DHCPv6 server one */
    struct name_query names;
    uint32_t transaction;
};

struct hop {
    struct addr addr;
    struct mac mac;
};

struct probe {
    struct probe_plan plan;
    const struct env *env;
    const struct guest_setting *setting;
    const struct phase *phase;
    struct timer *timer, *deadline;
    struct mono started, begun;   /* the probe; the phase */
    bool over, too_soon;
    uint32_t join;                /* of a network on the air; 0: none */
    struct ether_state way;       /* when it began */
    int send_error;               /* errno of a frame that was not taken */

    struct host_end us;           /* address: leased; not set: none */
    struct host_end us6, us6_far; /* link-local; of the router's prefix, not set: none */
    struct host_end gateway;      /* MAC not set: not found yet */
    struct prefix subnet;         /* of the lease */
    struct hop hops[PROBE_HOPS_MAX];
    size_t hop_count;

    struct offers offers;
    struct offer chosen;
    struct asking asking;
    struct leasing leasing;
    struct fullness fullness;
    int64_t full_rtt_ns;          /* of the quickest full echo */
    uint32_t random;              /* ports and sequence numbers begin there */
    struct name_query names;
    struct dns_answer resolved;   /* of dns_name */
    bool name_is_private;         /* a public name led to a private address */
    struct paging *paging;
    struct knocking knocking;
    struct routing routing;

    struct guest_step_result steps[GUEST_STEPS];
    char details[GUEST_STEPS][PROBE_DETAIL_MAX];
    struct guest_leak leaks[PROBE_LEAKS_MAX];
    char leak_how[PROBE_LEAKS_MAX][PROBE_HOW_MAX];
    size_t leak_count;
    struct guest_offer told_offers[OFFERS_MAX];
    struct guest_router told_routers[ADVERTS_MAX];
    struct guest_result result;
};

struct mono probe_now(const struct probe *p);
/* The phase's timer, in place of the one that ran or stands. */
void probe_wait(struct probe *p, int64_t span_ns);
/* The next phase in order that has its turn; the end when there is none. */
void probe_next(struct probe *p);
void probe_end(struct probe *p);
/* A step is done: it is kept, and told. */
void probe_step(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                int64_t took_ns, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same step, judged anew by what came later; it keeps its time. */
void probe_revise(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
bool probe_step_is(const struct probe *p, enum guest_step step, enum verdict verdict);
bool probe_is_tagged(const struct probe *p);

uint32_t probe_random(struct probe *p);   /* another each time; not to be guessed by others */
uint16_t probe_port(struct probe *p);     /* of ours, where nobody serves; the same */

/* It could not be played: whatever is wrong is ours. */
void probe_cannot(struct probe *p, enum guest_step step, enum verdict verdict, enum guest_reason reason,
                  const char *why);

/* ---- phase_waiting.c ---- */

/* Must the next DISCOVER still wait? Then the phase's timer runs, or the probe is over. */
bool probe_is_too_soon(struct probe *p);

/* ---- on the air: phase_air.c ---- */

void air_leave(struct probe *p);

/* ---- names: asking_names.c ---- */

const char *names_default(const struct probe *p); /* the one to be asked for */
/* The next packet of p->names, and the wait for its answer; false: all tries are used up. */
bool names_ask(struct probe *p);
/* True when the answer is there, whatever it says. */
bool names_hear(struct probe *p, const struct heard_frame *h);

/* ---- sending: post.c ---- */

void post_frame(struct probe *p, int32_t vid, const uint8_t *frame, size_t len);
void post_arp(struct probe *p, const struct addr *sender, const struct addr *target);
/* The end a packet to that address is sent to: itself on our subnet, else the gateway. False: its MAC is not
 * known yet, and was asked for. */
bool post_end(struct probe *p, const struct addr *to, struct host_end *out);
void post_icmp6(struct probe *p, const struct addr *to, const uint8_t *message, size_t len);
bool post_udp(struct probe *p, const struct addr *to, const struct udp_datagram *d);
bool post_tcp(struct probe *p, const struct addr *to, const struct tcp_segment *s);
/* An echo request of so many bytes of IP in all; *token tells it from others. */
bool post_echo(struct probe *p, const struct addr *to, size_t packet_bytes, uint32_t *token);

/* ---- what every phase hears: duties.c ---- */

/* Answers who asks for our addresses, learns who answers us. */
void duties_hear(struct probe *p, const struct heard_frame *h);
/* Is it the first answer to an echo of ours? Who answers is in h. */
bool duties_echo(struct probe *p, const struct heard_frame *h, uint32_t *token);

#endif
