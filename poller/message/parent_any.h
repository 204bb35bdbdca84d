/* parent <-> every role, on descriptor 3. The parent hands out sockets and configuration slices, asks for
 * life, and carries a reload through its two phases. It parses nothing of the configuration. */
#ifndef HAYLOFT_MESSAGE_PARENT_ANY_H
#define HAYLOFT_MESSAGE_PARENT_ANY_H

#include "poller/base/field.h"
#include "poller/model/words.h"

#define PARENT_FD 3

enum parent_to_role {
    PA_PREPARE = 1, /* with the slice's memfd: read it, be ready to adopt or forget it */
    PA_ADOPT,
    PA_FORGET,
    PA_PEER,        /* with a socket: the channel to another role; replaces an older one */
    PA_SOCKET,      /* with a socket only a privileged process can make */
    PA_PING,
    PA_STOP,        /* finish what is in hand within 5 s, then exit 0 */
    PA_RELOADED,    /* to the engine: the outcome of a reload */
    PA_TROUBLE,     /* to the engine: a role ends again and again, or does no longer */
};

enum role_to_parent {
    AP_PREPARED = 1,
    AP_ADOPTED,
    AP_PONG,
    AP_WANT,        /* start another role on demand (courier, painter) */
    AP_RELOAD,      /* from the engine, for a user */
};

struct pa_generation {
    uint64_t generation;
};
extern const struct record pa_generation_record; /* PREPARE ADOPT FORGET ADOPTED */

struct pa_peer {
    enum role peer;
};
extern const struct record pa_peer_record; /* PEER WANT */

enum privileged_socket { SOCKET_ICMP4_DGRAM, SOCKET_ICMP4_RAW, SOCKET_ICMP6_DGRAM, SOCKET_ICMP6_RAW,
                         SOCKET_ARP };
extern const char *const privileged_socket_words[];

struct pa_socket {
    enum privileged_socket kind;
};
extern const struct record pa_socket_record;

struct ap_prepared {
    uint64_t generation;
    bool ok;
    char *error;
};
extern const struct record ap_prepared_record;

struct pa_reloaded {
    uint32_t request;
    bool ok;
    char *text;
};
extern const struct record pa_reloaded_record;

struct pa_trouble {
    enum role role;
    char *text; /* a sentence of how it ended last; "" when over */
    bool over;  /* it lived long enough since, or nobody wants it any more */
};
extern const struct record pa_trouble_record;

struct ap_reload {
    uint32_t request;
};
extern const struct record ap_reload_record;

/* config child -> parent, on the child's own channel: one slice (memfd) per role, then the end. */
enum config_to_parent { CP_SLICE = 1, CP_DONE };

struct cp_slice {
    enum role role;
};
extern const struct record cp_slice_record;

struct cp_done {
    bool ok;
    char *errors;    /* whole text for the user when not ok; warnings when ok */
    char *state_dir; /* absolute */
};
extern const struct record cp_done_record;

#endif
