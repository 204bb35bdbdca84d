/* The door between the engine and what asks the network. A kind of check is one const struct.
 *
 * start returns at once. Each started round ends in exactly one report, also when cancelled or at its
 * deadline; hints may come any time. start only queues packets; flush sends what this slot batched. A
 * collector never sleeps, never reads a clock or calls a socket function but through env, never logs per
 * packet above debug, never writes files, never includes engine, graphs or another collector. What two
 * collectors share lives in collectors/protocol. */
#ifndef HAYLOFT_COLLECTORS_COLLECTOR_H
#define HAYLOFT_COLLECTORS_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"
#include "poller/base/ether.h"
#include "poller/base/field.h"
#include "poller/base/netinfo.h"
#include "poller/base/packets.h"
#include "poller/base/wifi.h"
#include "poller/model/consultation.h"
#include "poller/model/http_profile.h"
#include "poller/model/profile.h"
#include "poller/model/report.h"

struct fetch_request {
    const char *url;         /* http or https */
    const char *const *headers;
    size_t header_count;
    int64_t timeout_ns;
    size_t body_max_bytes;
    bool verify_tls;
};

struct fetch_answer {
    bool own_fault;          /* courier not to be had */
    const char *error;       /* NULL when an HTTP answer came: "timeout", "refused", "tls", "dns", ... */
    const char *error_detail;
    int status;
    const uint8_t *body;
    size_t body_len;
    int64_t name_lookup_ns, connect_ns, first_byte_ns, total_ns;
    struct wall certificate_expires; /* ns 0: no TLS */
    const char *certificate_subject;
};

/* A device's own interface read by a profile, see consultation.h; all of it is copied. */
struct consult_request {
    const char *node;        /* whose session it is */
    const char *url;         /* "https://192.0.2.1:8443": a page's path follows */
    const char *user, *password; /* NULL: none */
    const struct http_profile *profile;
    const struct profile_set *meanings;
    int64_t timeout_ns;      /* for all of it */
    bool verify_tls;
    const char *pin;         /* its public key, "sha256//..."; NULL: by verify_tls */
};

struct consult_answer {
    bool own_fault;          /* courier not to be had */
    enum consultation_end end;
    const char *reason, *detail; /* a stable word; for people, or NULL */
    struct reading *readings;
    size_t reading_count;
    const char *model, *version, *serial; /* NULL: not known */
    int64_t total_ns;        /* waited for its pages, those that came */
    struct wall certificate_expires; /* ns 0: no TLS */
};

/* A UPS behind a NUT server. */
struct ups_request {
    const char *host, *ups;
    uint16_t port;
    int64_t timeout_ns;
};

struct ups_answer {
    bool own_fault;          /* courier not to be had, or built without NUT */
    const char *error;       /* NULL: its variables came; else "timeout", "refused", "data-stale", ... */
    const char *error_detail;
    const char *const *names, *const *values; /* "ups.status": "OL CHRG" */
    size_t count;
    int64_t total_ns;
};

typedef void (*ups_fn)(void *ctx, const struct ups_answer *answer);
typedef void (*consult_fn)(void *ctx, const struct consult_answer *answer);
typedef void (*fetch_fn)(void *ctx, const struct fetch_answer *answer);
typedef void (*timer_fn)(void *ctx);
typedef void (*resolved_fn)(void *ctx, const struct addr *addresses, size_t count, const char *error);
typedef void (*work_fn)(void *arg);

struct timer; /* owned by the env; handed back by env->timer_start */

struct env {
    void *ctx;
    struct instant (*now)(void *ctx);
    const struct packets *packets;
    /* One-shot, 5 ms grain. Returns a handle for timer_stop; the callback frees it. */
    struct timer *(*timer_start)(void *ctx, struct mono when, timer_fn fn, void *arg);
    void (*timer_stop)(void *ctx, struct timer *t); /* NULL is fine; never after its callback ran */
    void (*report)(void *ctx, const struct report *r); /* r and all it points to are the caller's */
    void (*hint)(void *ctx, const struct hint *h);
    /* By courier; answered exactly once, possibly before fetch returns. */
    void (*fetch)(void *ctx, const struct fetch_request *r, fetch_fn fn, void *arg);
    void (*consult)(void *ctx, const struct consult_request *r, consult_fn fn, void *arg); /* the same */
    void (*ask_ups)(void *ctx, const struct ups_request *r, ups_fn fn, void *arg);             /* the same */
    /* Never blocks; answered exactly once. */
    void (*resolve)(void *ctx, const char *name, resolved_fn fn, void *arg);
    /* Learned facts that outlive a restart, per node: small texts. get returns NULL when unknown. */
    const char *(*recall)(void *ctx, const char *node, const char *key);
    void (*remember)(void *ctx, const char *node, const char *key, const char *value);
    const struct netinfo *netinfo; /* our own place in the network; NULL: not known */
    /* NULL: there are none. Another set may stand here after a reload; then every check of a collector that
     * uses profiles is adopted again, and the old set goes once the last of them was. */
    const struct profile_set *profiles;
    const struct ether *ether;   /* whole Ethernet frames; NULL: not to be had */
    const struct wifi *wifi;     /* being a guest of Wi-Fi networks; NULL: not to be had */
    /* Whom a guest on that network must not reach: at most max that answered lately, those the network names
     * first. Returns how many. NULL: nobody is known. */
    size_t (*guest_targets)(void *ctx, const char *network, struct guest_target *out, size_t max);
    /* What takes milliseconds of computing: run(arg) in a thread, then done(arg) back on the loop. done comes
     * exactly once, possibly before work returns; when everything ends run may have been left out. arg is
     * run's alone until done; run calls nothing of the env. */
    void (*work)(void *ctx, work_fn run, work_fn done, void *arg);
};

/* One check of one node, as configured. Pointers live until the check is dropped or replaced. */
struct check_setting {
    uint32_t check;              /* id, dense from 0, stable while the check lives */
    const char *node;            /* name */
    const char *label;           /* tells checks of one kind on one node apart: "443"; or "" */
    const struct addr *addresses;/* of the node, best first; may be none */
    size_t address_count;
    const void *options;         /* the collector's option struct */
    int64_t interval_ns;         /* as configured */
    unsigned slower;             /* asked so many times less often for now, because its answers take long; 0, 1: not */
    bool watched_hard;           /* false for class roaming: be cheap */
};

struct collector_instance; /* all checks of a kind share one */

struct collector {
    const char *name;            /* the check kind: "ping"; also its configuration key under a node */
    const char *summary;         /* one line */
    const struct record *options;/* NULL: none; help texts inside are the documentation */
    int64_t interval_ns;         /* default between rounds */
    bool profiles;               /* goes by env->profiles */
    bool by_engine;              /* belongs to what has keys of its own, the Internet or a network: none under a node */
    bool automatic;              /* every node with an address gets one unless it says "ping: off" */
    struct collector_instance *(*create)(const struct env *env); /* NULL: cannot; said in log */
    /* Adds a check or gives one new settings. Its object file names start with the kind. */
    bool (*adopt)(struct collector_instance *i, const struct check_setting *s);
    /* Its regular rounds are so many times further apart from now on; 1: as configured. NULL: no matter. */
    void (*pace)(struct collector_instance *i, uint32_t check, unsigned slower);
    void (*drop)(struct collector_instance *i, uint32_t check); /* a running round is cancelled first */
    void (*start)(struct collector_instance *i, uint32_t check, uint32_t round, enum round_kind kind,
                  struct mono deadline);
    void (*flush)(struct collector_instance *i); /* NULL: nothing is batched */
    void (*cancel)(struct collector_instance *i, uint32_t check, uint32_t round);
    void (*destroy)(struct collector_instance *i);
};

/* All kinds, from the one list in collectors/meson.build; ends with NULL. */
extern const struct collector *const collectors[];
const struct collector *collector_find(const char *name);
const struct record *collector_options(const char *name); /* a field_resolver for check options */

#endif
