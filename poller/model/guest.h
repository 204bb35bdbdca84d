/* What one probe of a network found, playing a guest on one of its VLANs, step by step. Plain data. */
#ifndef HAYLOFT_MODEL_GUEST_H
#define HAYLOFT_MODEL_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/words.h"

#define GUEST_UNTAGGED (-1)
#define GUEST_TARGETS_MAX 4

/* In the order they are shown. audit and trace are judged by the engine from tables, never by the probe. */
enum guest_step { GUEST_SCAN, GUEST_JOIN, GUEST_LINK, GUEST_OFFER, GUEST_LEASE, GUEST_GATEWAY, GUEST_DNS,
                  GUEST_HTTP, GUEST_FULLSIZE, GUEST_ISOLATION, GUEST_CONTROL, GUEST_AUDIT, GUEST_TRACE,
                  GUEST_STEPS };
extern const char *const guest_step_words[]; /* scan join link offer ... trace; ends with NULL */

enum guest_depth { GUEST_DEPTH_OFFER, GUEST_DEPTH_LEASE, GUEST_DEPTH_INTERNET };
extern const char *const guest_depth_words[];

/* Why a step is not ok: stable words, the text is the word with '-'. */
enum guest_reason {
    GUEST_NONE,
    GUEST_NO_LINK,          /* our own port has no link */
    GUEST_NO_RIGHT,         /* we may not send frames: ours, never the network's */
    GUEST_NOT_HEARD,        /* the self-check failed: frames to our address and VLAN do not reach us: ours */
    GUEST_NOT_CARRIED,      /* nothing of this VLAN was ever heard on this port: not armed, no verdict */
    GUEST_SILENCE,          /* nobody answered */
    GUEST_OTHER_VLAN,       /* the answer came on another VLAN */
    GUEST_STRIPPED,         /* the answer, or our own question's, came untagged */
    GUEST_OTHER_SUBNET,     /* offered is not what the network says it is */
    GUEST_NO_GATEWAY,       /* the offer names none, or one outside of its own subnet */
    GUEST_BAD_OFFER,        /* absurd lease, mask or address */
    GUEST_REFUSED,          /* NAK, or refused connection */
    GUEST_SEVERAL_SERVERS,  /* more than one offers */
    GUEST_STRANGE_SERVER,   /* one offers that is not the expected one */
    GUEST_IN_USE,           /* the offered address already answers */
    GUEST_DNS_FAILED, GUEST_DNS_LIES, /* no address; another than the control got */
    GUEST_PORTAL,           /* another page than expected came */
    GUEST_HTTP_FAILED,
    GUEST_GIANTS_DROPPED,   /* short frames come through, full ones do not */
    GUEST_LEAK_ICMP, GUEST_LEAK_TCP, /* a node of the main network answers a guest */
    GUEST_ROUTER_OPEN,      /* the router's administration is open to guests */
    GUEST_LOSSY,            /* too much was lost to tell */
    GUEST_ROGUE_RA,
    GUEST_WIFI_ABSENT, GUEST_WIFI_REFUSED,
    GUEST_WIFI_UNUSABLE,    /* our card cannot join, or is somebody else's: ours */
    GUEST_REASONS
};
extern const char *const guest_reason_words[];

/* One VLAN of one network, as it is to be played on: the options of a check of kind "guest". */
struct guest_setting {
    char *network;
    int64_t vid;            /* GUEST_UNTAGGED: on an access port, or the main network itself */
    char *interface;        /* NULL: that of the default route */
    char *ssid;             /* its card joins the network of this name first; NULL: by wire */
    char *password;         /* NULL: it asks for none */
    enum guest_depth depth;
    int64_t discover_gap_ns; /* at least so long between two DISCOVERs of regular rounds */
    bool carried;           /* armed from the start */
    bool port_security;     /* made-up addresses would shut the port: only the card's own */
    bool ipv6;
    struct prefix subnet;   /* what it hands out; not set: whatever it does */
    struct addr gateway;    /* not set: the offered one */
    struct addr *servers;   /* who may offer; none: the first one that was known */
    size_t servers_count;
    struct addr *routers;   /* who may send RAs; the same */
    size_t routers_count;
    char *dns_name;         /* asked of the offered resolver */
    char *page_url, *page_expect;
};
extern const struct record guest_setting_record;

/* A node of the main network, which no guest may reach. */
struct guest_target {
    struct addr addr;
    const char *node;
    bool router;            /* only its open administration counts */
};

struct guest_step_result {
    bool done;              /* false: it was not its turn */
    enum verdict verdict;
    enum guest_reason reason;
    char *detail;           /* for people; may hold what came from the network: hostile text. NULL: none */
    int64_t took_ns;
};

struct guest_offer {
    struct mac mac;         /* it came from */
    struct addr server, address, gateway, dns; /* may be none */
    struct addr mask;
    int64_t lease_ns;
    int64_t vid;            /* it came with, GUEST_UNTAGGED without a tag */
    bool expected;          /* from the server the network names, or the only one known so far */
};

struct guest_router {       /* who says by RA that it is a router */
    struct mac mac;
    struct addr addr;
    int64_t vid;
    bool expected;
};

struct guest_leak {
    struct addr addr;
    char *node;             /* which of ours; NULL: none */
    char *how;              /* "icmp", "tcp 80" */
};

struct guest_result {
    int64_t vid;            /* played on; GUEST_UNTAGGED: no tag */
    bool armed;             /* this port carries the VLAN: something of it was heard, or it is so configured */
    bool own_fault;         /* we could not play: nothing is known of the network */
    struct mac probe, control; /* addresses played with; not set: not played */
    struct addr lease;      /* address we had, or were offered */
    struct addr gateway;
    struct mac gateway_mac;
    struct guest_step_result *steps; /* GUEST_STEPS of them */
    size_t steps_count;
    struct guest_offer *offers;
    size_t offers_count;
    struct guest_router *routers;
    size_t routers_count;
    struct guest_leak *leaks;
    size_t leaks_count;
};
extern const struct record guest_result_record;

#endif
