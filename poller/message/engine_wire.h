/* engine <-> wire: whole Ethernet frames of ways the engine opened (poller/base/ether.h), and Wi-Fi networks it wants
 * to be a guest of (poller/base/wifi.h). The engine gives each way and each join its number; a wire that comes up anew
 * knows of none and is told again. Frames travel in batches. Wire judges everything it is handed by rules of its own:
 * what it does not send is counted in the state of the way. */
#ifndef HAYLOFT_MESSAGE_ENGINE_WIRE_H
#define HAYLOFT_MESSAGE_ENGINE_WIRE_H

#include "poller/base/ether.h"
#include "poller/base/field.h"
#include "poller/base/wifi.h"

/* Of one message, so that it fits with its heads, whatever it holds. */
#define WIRE_BATCH_FRAMES_MAX 64
#define WIRE_BATCH_BYTES_MAX 48000
#define WIRE_WAYS_MAX 64
#define WIRE_JOINS_MAX 16

enum engine_to_wire { TO_WIRE_OPEN = 1, TO_WIRE_CLOSE, TO_WIRE_FRAMES, TO_WIRE_JOIN, TO_WIRE_LEAVE };
enum wire_to_engine { FROM_WIRE_STATE = 1, FROM_WIRE_FRAMES, FROM_WIRE_WIFI };

struct wire_open {
    uint32_t way;
    char *interface;      /* NULL: that of the default route */
    struct mac *macs;     /* at most ETHER_MACS_MAX */
    size_t macs_count;
    bool own_mac;
    uint32_t *vids;       /* at most ETHER_VIDS_MAX */
    size_t vids_count;
    bool untagged;
};
extern const struct record wire_open_record;

struct wire_close {
    uint32_t way;
};
extern const struct record wire_close_record;

struct wire_frame {
    uint32_t way;
    int64_t vid;          /* ETHER_UNTAGGED: no tag */
    bool double_tagged, cut;
    struct mono at;       /* to the engine: the kernel's stamp */
    struct bytes data;    /* without the outer tag */
};

struct wire_frames {
    struct wire_frame *frames;
    size_t frames_count;
};
extern const struct record wire_frames_record;

struct wire_state {
    uint32_t way;
    bool open;
    char *reason;         /* why not */
    char *interface;
    bool link;
    struct mac own;
    bool own_free;
    uint32_t mtu;
    bool vlan_filter, vlan_offload;
    uint64_t dropped;     /* of frames to us, since this wire opened the way */
    uint64_t refused;     /* of our frames, since then */
    uint32_t refused_error; /* errno of the last of them */
};
extern const struct record wire_state_record;

struct wire_join {
    uint32_t join;
    char *interface, *ssid;
    char *password;       /* NULL: none */
};
extern const struct record wire_join_record;

struct wire_leave {
    uint32_t join;
};
extern const struct record wire_leave_record;

struct wire_wifi {        /* how a join stands: struct wifi_state */
    uint32_t join;
    enum wifi_stage stage;
    bool as_found;
    char *heard, *detail; /* at most WIFI_TEXT_MAX */
    struct mac bssid;
    uint32_t freq_mhz;
    int64_t scan_ns, join_ns;
};
extern const struct record wire_wifi_record;

#endif
