/* The whole bound configuration as plain structs with their descriptions. Made by the config child from
 * the YAML, carried to each role as a packed slice that leaves out what the role has no business with. */
#ifndef HAYLOFT_CONFIG_CONFIG_H
#define HAYLOFT_CONFIG_CONFIG_H

#include "poller/base/addr.h"
#include "poller/base/arena.h"
#include "poller/base/field.h"
#include "poller/model/guest.h"
#include "poller/model/reading.h"
#include "poller/model/words.h"

/* A name and what stands beside it, for small maps. */
struct config_header {
    char *name;
    char *value;               /* of a receiver's headers: may hold a secret */
};

/* Where figures of one meaning warn or are bad. NaN: not said here; infinite: never. */
struct config_threshold {
    char *meaning;             /* an entry of meanings.yaml */
    struct reading_limits limits;
};

struct config_check {
    struct variant kind;  /* collector name and its option struct */
    char *label;          /* "" unless a node has several of a kind */
    int64_t interval_ns;
};

struct config_node {
    char *name;
    char **written;            /* `address:` as written, one or a list; what follows is read out of it */
    size_t written_count;
    char *address_text;        /* the first as written: number or host name; NULL with only a mac */
    struct addr *addresses;    /* the numeric ones, best first */
    size_t addresses_count;
    char *hostname;            /* when the address is a name */
    struct mac mac;
    enum node_class class;
    char *site;                /* NULL: the one that `site:` at the top names */
    char **parents;            /* `parent: X` or a list */
    size_t parents_count;
    char *port;                /* the plan: port of the (first) parent this node hangs on, by ifName */
    char *family;
    char *note;                /* free text shown on its page */
    bool paused;
    struct config_header *warn, *bad; /* {signal: -70 dBm}, as written; thresholds is what they come to */
    size_t warn_count, bad_count;
    struct config_threshold *thresholds;
    size_t thresholds_count;
    struct config_check *checks;
    size_t checks_count;
};

enum link_kind { LINK_WIRE, LINK_BRIDGE };
extern const char *const link_kind_words[];

struct config_link {
    char *name;
    enum link_kind kind;
    char **ends;               /* two node names, near end first as written */
    size_t ends_count;
    struct config_header *warn, *bad; /* as of a node; they stand over those of its ends */
    size_t warn_count, bad_count;
    struct config_threshold *thresholds;
    size_t thresholds_count;
};

/* What `defaults:` says of many at once. Only thresholds: everything else is worked into the nodes, but the
 * family of a node is known when it is asked. In the order of scopes. */
enum config_scope { SCOPE_ALL, SCOPE_CLASS, SCOPE_FAMILY, SCOPE_SITE };
extern const char *const config_scope_words[];

struct config_group {
    enum config_scope scope;
    char *name;                /* of the class, family or site; "" of all */
    struct config_header *warn, *bad;
    size_t warn_count, bad_count;
    struct config_threshold *thresholds;
    size_t thresholds_count;
};

struct config_page {
    char *url, *expect;        /* text the body must hold */
};

struct config_wifi {
    char *interface, *ssid;    /* NULL: not by Wi-Fi */
    char *password;            /* NULL: it asks for none */
};

struct config_network {
    char *name;
    int64_t *vlans;
    size_t vlans_count;
    char *interface;
    char **sites;
    size_t sites_count;
    enum guest_depth depth;
    int64_t every_ns, discover_gap_ns; /* between probes; between their DISCOVERs */
    char **isolated_from;      /* CIDR or node */
    size_t isolated_from_count;
    struct config_page http;
    char *dns_name;            /* NULL: the Internet check's */
    struct prefix subnet;      /* what it hands out; not set: not said */
    struct addr gateway;
    struct addr *servers, *routers; /* who may offer addresses; who may send router advertisements */
    size_t servers_count, routers_count;
    bool ipv6;
    bool port_security;        /* only our card's own address may be used */
    bool carried;              /* our port carries the VLANs, heard or not */
    struct config_wifi wifi;   /* another way in, beside its VLANs; without VLANs the only one */
};

#define CONFIG_LAN_NAME "lan"

/* The network this machine itself stands in, on which nobody plays guest. It is called by that name, unless
 * one of `networks` is it: see config_lan_network. */
struct config_lan {
    bool rogue;                /* strange DHCP servers and routers are looked for */
    char *interface;           /* NULL: that of the default route */
    struct addr *servers, *routers;
    size_t servers_count, routers_count;
};

enum receiver_kind { RECEIVER_MAIL, RECEIVER_WEBHOOK, RECEIVER_EXEC, RECEIVER_TEMPLATE };
extern const char *const receiver_kind_words[];

struct config_receiver {
    char *name;
    enum receiver_kind kind;
    char *service;             /* data file in etc/receivers for RECEIVER_TEMPLATE: "ntfy" */
    /* webhook, template */
    char *url;                 /* secret: often holds a token */
    struct config_header *headers;
    size_t headers_count;
    char *template;            /* body template text; NULL: the incident document */
    bool verify_tls;
    bool private_targets;      /* allow link-local / metadata addresses */
    /* mail */
    char *server;              /* smtp host[:port] */
    char *tls;                 /* required starttls none */
    char *user, *password, *from;
    char **to;
    size_t to_count;
    /* exec */
    char **command;            /* argv, no shell */
    size_t command_count;
    int64_t timeout_ns;
    /* policy, the engine's */
    enum severity least;       /* least severity sent at once */
    int64_t remind_ns;         /* 0: never */
    bool local;                /* works without the Internet */
    bool always;               /* sends incidents also where an upstream does */
    /* of a service (RECEIVER_TEMPLATE): what the user wrote beside its name, {"topic", "farm"}. url,
     * headers, template and content_type are then copied as they stand in the service's data file;
     * their {option.topic} is filled in by courier, escaped for where it stands. */
    struct config_header *options;
    size_t options_count;
    char *content_type;        /* of the template's body; NULL: application/json */
};

/* At a second vantage: the house it reports to. url NULL: none. */
struct config_upstream {
    char *url;                 /* "https://house.lan:8480" */
    char *token;               /* secret */
    char *pin;                 /* the house's public key as libcurl takes it; NULL: by verify_tls */
    bool verify_tls;
    int64_t every_ns;
};

/* At the house: one that reports. */
struct config_vantage {
    char *name;
    char *token;               /* secret */
    char *site;                /* the place it stands in */
    char *node;                /* the node it runs on, when that is watched from here; NULL: none */
};

#define CONFIG_OWN_VANTAGE "here" /* what this daemon's own series go by, whatever others call it */

struct config_report {
    char *name;
    char *at;                  /* "07:00" local time */
    char **to;
    size_t to_count;
};

struct config_internet {
    bool enabled;
    char *gateway;             /* node name or address; NULL: the default route's */
    char *modem;               /* node name or address behind the gateway; NULL: none */
    char **anchors;            /* addresses or names */
    size_t anchors_count;
    char *page_url;            /* plain HTTP page with a known body */
    char *page_expect;
    char *dns_name;            /* asked of router and anchor */
    bool metered;
    int64_t interval_ns;
};

struct config_web {
    bool enabled;
    char *listen;              /* "127.0.0.1:8480", "[::]:8480" */
    char **hosts;              /* accepted Host names besides the listening address */
    size_t hosts_count;
    char *certificate, *key;   /* paths */
    bool trusted_network;      /* plain HTTP beyond loopback accepted */
};

struct config_journal {
    int64_t sync_ns;           /* 1-60 s */
    int64_t ceiling_bytes;
};

struct config_archive {
    int64_t step_ns, keep_ns;
};

struct config_keep {
    struct config_archive *archives; /* empty: the defaults of graphs/layout */
    size_t archives_count;
    int64_t events_ns;         /* how long resolved incidents and events stay */
    int64_t series_ceiling;    /* objects at most */
};

struct config_notify {
    int64_t hold_ns;           /* first message of an incident waits so long */
    int64_t settle_ns;         /* well for so long before it counts as resolved */
    struct config_header *severities; /* cause kind -> severity word, as texts */
    size_t severities_count;
};

struct config_text {
    char *key, *text;          /* "site-cut-off.sentence" -> template */
};

struct config {
    uint64_t generation;
    char *title;               /* `site:` at the top */
    char *state_dir;
    char *language;
    char *vantage;             /* what this daemon is called by its upstream; begins the ids of its incidents */
    struct config_upstream upstream;
    struct config_vantage *vantages;
    size_t vantages_count;
    struct config_group *groups;
    size_t groups_count;
    struct config_node *nodes;
    size_t nodes_count;
    struct config_link *links;
    size_t links_count;
    struct config_network *networks;
    size_t networks_count;
    struct config_lan lan;
    struct config_receiver *receivers;
    size_t receivers_count;
    struct config_report *reports;
    size_t reports_count;
    struct config_internet internet;
    struct config_web web;
    struct config_journal journal;
    struct config_keep keep;
    struct config_notify notify;
    struct config_text *texts; /* etc/texts/<language>.yaml, for the engine */
    size_t texts_count;
};

extern const struct record config_record;
extern const struct record config_node_record, config_check_record, config_link_record,
    config_group_record, config_receiver_record;
/* Views of struct config_receiver: the keys below `mail:`, `webhook:`, `exec:` or a service's name. */
extern const struct record *const receiver_kind_records[]; /* by enum receiver_kind */

/* Appends the packed form; checks' options are described by resolve (collector_options). */
void config_pack(const struct config *c, field_resolver resolve, struct buf *out);
/* Reads a packed slice. False on anything but a whole one. */
bool config_unpack(const void *slice, size_t len, field_resolver resolve, struct arena *arena,
                   struct config *out);
/* The same of a slice that something follows: in then stands at it. The engine's is followed by the profiles
 * its collectors go by, packed by profile_set_record. */
bool config_unpack_part(struct reader *in, field_resolver resolve, struct arena *arena, struct config *out);
/* What role may know: a view of c that shares its texts and lists; lists that lose something are remade
 * in arena. False when the arena ends. */
bool config_slice(const struct config *c, enum role role, struct arena *arena, struct config *out);
const struct config_node *config_node_find(const struct config *c, const char *name);
/* How figures of a meaning are judged: by `under` (its profile's limits), and over that what is said of all
 * nodes, of the node's class, of its family (family, where it does not say one itself; NULL: not known), of
 * its site, of itself, of its link. n and l may be NULL. */
struct reading_limits config_limits(const struct config *c, const struct config_node *n, const char *family,
                                    const struct config_link *l, const char *meaning,
                                    const struct reading_limits *under);
/* The one of `networks` that is the LAN: it has no VLANs and is on the same interface. NULL: none is. */
const struct config_network *config_lan_network(const struct config *c);
/* The text of a key, e.g. "site-cut-off.sentence"; NULL when unknown. */
const char *config_text_find(const struct config *c, const char *key);

#endif
