/* A small world in simulated time: the twin of packets.h, netinfo.h and the collectors' env. Collectors
 * run in it unchanged; a test sets how hosts behave, moves time on and looks at reports and hints. */
#ifndef HAYLOFT_TESTS_SIM_PACKETS_H
#define HAYLOFT_TESTS_SIM_PACKETS_H

#include "collectors/collector.h"

#define SIM_PORTS_MAX 8

struct sim;

struct sim_host {
    struct addr addr;
    bool silent;
    int64_t rtt_ns;
    int64_t jitter_ns;        /* up to so much is added: replies overtake each other */
    double loss, duplicate;   /* 0-1, of each packet; a lost SYN is sent again as a kernel would */
    double late;              /* 0-1, of each reply: late_ns are added */
    int64_t late_ns;
    struct addr answers_from; /* when set: replies come from there */
    bool icmp_error;          /* refuses with this instead of answering */
    uint8_t icmp_type, icmp_code;
    struct addr offender;
    size_t quote_bytes;       /* of the request in that error; 0: all */
    int send_errno;           /* our own send fails */
    uint16_t open_ports[SIM_PORTS_MAX]; /* TCP; others are refused */
    unsigned asked;           /* packets and connections that reached it */
    void *of;                 /* the test's */
};

struct sim *sim_create(uint64_t seed);
void sim_destroy(struct sim *s);
const struct env *sim_env(struct sim *s);
void sim_profiles(struct sim *s, const struct profile_set *set); /* for env->profiles; outlives the sim */
struct sim_host *sim_host(struct sim *s, const char *address); /* found or made; silent = false, 1 ms */
/* Called before a packet or a connection reaches a host: what it is like may change at any time. */
typedef void (*sim_before_fn)(void *ctx, struct sim *s, struct sim_host *h);
void sim_before(struct sim *s, sim_before_fn fn, void *ctx);
struct instant sim_now(const struct sim *s);
void sim_run(struct sim *s, int64_t span_ns); /* everything due in that span happens, in order */
void sim_close_door(struct sim *s, enum packets_door door);
void sim_fail_door(struct sim *s, enum packets_door door, int send_errno); /* of every packet; 0: no more */
void sim_never_segment(struct sim *s); /* as a kernel that cannot; HAYLOFT_UDP_SEGMENT=off does the same */
void sim_stall(struct sim *s, int64_t span_ns); /* we stand still: nothing of ours runs, the world does */
void sim_overflow(struct sim *s, enum packets_door door);
double sim_random(struct sim *s); /* [0, 1) */

/* What was reported; texts live as long as the world. */
size_t sim_reports(const struct sim *s);
const struct report *sim_report(const struct sim *s, size_t i);
const struct report *sim_last_report(const struct sim *s); /* NULL: none yet */
const char *sim_fact(const struct report *r, const char *name, const char *subject); /* NULL: absent */
double sim_measure(const struct report *r, const char *source); /* of its first object; NaN: absent */
/* Called from inside the hint, as an engine would that acts at once. */
void sim_on_hint(struct sim *s, void (*fn)(void *ctx, const struct hint *h), void *ctx);
unsigned sim_hints(const struct sim *s, enum hint_kind kind);
size_t sim_sent(const struct sim *s, enum packets_door door);
unsigned sim_timer_wakeups(const struct sim *s);

/* UDP and ARP have no hosts: a test answers for them. */
typedef void (*sim_answer_fn)(void *ctx, struct sim *s, const struct packet *asked);
void sim_on(struct sim *s, enum packets_door door, sim_answer_fn fn, void *ctx);
/* Copies the packet and its data; it arrives after the delay. */
void sim_deliver(struct sim *s, enum packets_door door, const struct packet *p, int64_t delay_ns);

void sim_name(struct sim *s, const char *name, const char *address);
/* Every fetch is answered so after 10 ms; kept by pointer. */
void sim_fetch(struct sim *s, const struct fetch_answer *answer);
const struct fetch_request *sim_fetched(const struct sim *s); /* only its url is kept; NULL: none */

/* Every talk ends so after 10 ms; kept by pointer. NULL: in silence. */
void sim_consult(struct sim *s, const struct consult_answer *answer);
/* Of the last one only url, user and pin are kept; NULL: none. */
const struct consult_request *sim_consulted(const struct sim *s);
size_t sim_consults(const struct sim *s);

/* The same of UPSes. */
void sim_ups(struct sim *s, const struct ups_answer *answer);
const struct ups_request *sim_ups_asked(const struct sim *s);

/* What env->ether and env->guest_targets are (see sim_ether.h); NULL: none. */
typedef size_t (*sim_targets_fn)(void *ctx, const char *network, struct guest_target *out, size_t max);
void sim_set_ether(struct sim *s, const struct ether *door, sim_targets_fn targets, void *ctx);
void sim_set_wifi(struct sim *s, const struct wifi *door); /* as env->wifi; NULL: none */

/* Our own place: one link of index 2. */
struct sim_place {
    struct netinfo_path default_route[2]; /* IPv4, IPv6; ifindex 0: none */
    struct prefix on_link;
    struct addr own;
    struct netinfo_link link;
    struct addr neighbour;                /* the one with an entry */
    struct netinfo_neighbour entry;
    /* Instead, when set: any may have one. */
    bool (*look)(void *ctx, const struct addr *addr, struct netinfo_neighbour *out);
    void *look_ctx;
};
struct sim_place *sim_place(struct sim *s);

#endif
