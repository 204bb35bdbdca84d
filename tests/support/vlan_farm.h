/* A farm of switches, radios and access points written as text, through which frames truly flow: what each box
 * hears, forwards, tags and eats, and the tables it would tell. A line is a box, `NAME KEY=VALUE...`; a later line
 * with the same name adds to it or changes it.
 *
 *   on=PARENT[/PORT][:PORT]  cable to the box above: port there, port here; free ones are taken otherwise
 *   parent=NAME,...|none     as configured, where that differs from how the cables run
 *   planned                  the configuration names the port above
 *   site=NAME   bridge=NAME  far end of a radio pair whose near end is NAME
 *   tells=LIST               of fdb (by VLAN), fdb0 (without), vlans, lldp
 *   vlan=ID:5t,3u,...        makes it a switch with VLANs: ports of one of them, tagged or untagged; `ID:` none
 *   pvid=3:501,...           where what comes in untagged goes; 1 otherwise. VLAN 1 has all ports whose pvid is 1
 *   thing                    no box: a camera    us   our plug, a node only with `self`
 *   hidden                   nobody told hayloft of it       ap   it is known to serve guests
 *   eats=PORT|*  eats_out=   tagged frames end there, coming in or going out
 *   strips=PORT|*  strips_out=  or lose their tag
 *   translates=PORT          all that goes out there has its own address
 *
 * The first box is the router, with the Internet behind it. Ports are called "1", "2"; ifIndex is 100 more. */
#ifndef HAYLOFT_TESTS_VLAN_FARM_H
#define HAYLOFT_TESTS_VLAN_FARM_H

#include "poller/diagnose/topology.h"

#define FARM_BOXES_MAX 48
#define FARM_PORTS_MAX 24
#define FARM_VLANS_MAX 6
#define FARM_ROWS_MAX 400
#define FARM_NAME_MAX 24
#define FARM_PORT_ALL UINT32_MAX
#define FARM_NOW_S 100000

struct farm_vlan {
    uint16_t vid;
    uint32_t members, untagged; /* bit per port */
};

struct farm_row {
    uint16_t vid; /* 0: of a box without VLANs */
    struct mac mac;
    uint8_t port;
};

struct farm_box {
    char name[FARM_NAME_MAX], site[FARM_NAME_MAX];
    int above;                          /* -1: none */
    int parents[4];                     /* as configured */
    size_t parent_count;
    int bridge;                         /* near end; -1: none */
    bool planned, thing, us, self, hidden, ap, told_parent;
    bool fdb, fdb_plain, vlans_told, lldp;
    struct farm_vlan vlans[FARM_VLANS_MAX];
    size_t vlan_count;
    uint16_t pvid[FARM_PORTS_MAX];
    int peer[FARM_PORTS_MAX];           /* box at each port from 1 on; -1: none */
    uint8_t peer_port[FARM_PORTS_MAX], up_port;
    uint32_t eats, eats_out, strips, strips_out; /* bit per port */
    uint32_t translates;
    struct farm_row rows[FARM_ROWS_MAX];
    size_t row_count;
    bool got;                           /* a frame came in since this was last cleared */
    uint16_t got_tag;                   /* the last one's; 0: none */
    uint32_t node;                      /* of the scene; SCENE_NONE */
};

struct farm {
    struct farm_box boxes[FARM_BOXES_MAX];
    size_t count;
    int us;                             /* -1: none */
    uint16_t guest;                     /* the VLAN the router answers guests on */
    uint64_t shuffle;                   /* 0: rows stand in the order they were learned */
    struct arena *arena;
    /* as hayloft sees it */
    struct scene_node nodes[FARM_BOXES_MAX + 1];
    struct dependency hangs[FARM_BOXES_MAX + 1];
    struct scene_link links[FARM_BOXES_MAX];
    struct scene scene;
    struct fact_table facts;
    struct topology_claim claims[FARM_BOXES_MAX * 2];
    size_t claim_count;
    struct mac own[1], probe, control, gateway;
    const struct wiring *wirings[FARM_BOXES_MAX + 1];
    struct topology_given given;
    struct topology topology;
};

/* Fails the test on text it does not understand. free by farm_end. */
struct farm *farm_begin(const char *text);
void farm_end(struct farm *f);
void farm_add(struct farm *f, const char *text);
int farm_find(const struct farm *f, const char *name);
uint32_t farm_node(const struct farm *f, const char *name); /* of the scene */
uint32_t farm_box(const struct farm *f, const char *name);  /* of the topology */

struct mac farm_mac(const struct farm *f, const char *name);
/* What a frame does, sent by a box of that address; vid 0: untagged. Boxes learn. */
void farm_send(struct farm *f, int from, uint16_t vid, struct mac source);
void farm_forget(struct farm *f, struct mac mac); /* as after the ageing time */
/* A round of a guest on that VLAN at our plug, untagged if its tag is 0: probe, control, and what the router answers.
 * What comes back, with which tag. */
bool farm_probe(struct farm *f, uint16_t vid, uint16_t *answered_on);
/* Everybody says something untagged: how a farm is before it is asked. */
void farm_chatter(struct farm *f);
/* One box's tables as they are now. NULL: it tells none. */
const struct wiring *farm_wiring(struct farm *f, int box, struct mono at);
/* All that hayloft knows, with tables read at that time, and the topology made of it. */
void farm_look(struct farm *f, double at_s);

#endif
