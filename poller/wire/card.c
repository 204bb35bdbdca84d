#include "poller/wire/card.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "poller/base/log.h"
#include "poller/wire/filter.h"
#include "poller/wire/outgoing.h"
#include "poller/wire/peel.h"

#define SNAPLEN (OUTGOING_BYTES_MAX + ETHER_TAG_BYTES) /* a full frame with two tags */
#define RING_BYTES (512 << 10)
#define FRAMES_PER_READ 64
#define READS_PER_TURN 8 /* then the loop breathes */
#define MEMBERS_MAX 512
#define STAMP_SLACK_NS MILLISECONDS(10)

struct member {
    struct mac mac;
    bool wanted; /* while it is found out who still is */
};

struct card {
    uv_loop_t *loop;
    char interface[IF_NAMESIZE];
    const struct card_hooks *hooks;
    void *ctx;
    struct link_look look;
    pcap_t *pcap; /* NULL: closed */
    uv_poll_t *poll;
    uint32_t opened_ifindex;
    char reason[ETHER_TEXT_MAX];
    struct member members[MEMBERS_MAX];
    size_t member_count;
    uint64_t dropped_before; /* by captures that are closed */
    uint32_t dropped_now;
    struct instant now;  /* of this turn's reading */
    struct mono emptied; /* all that had come until then was read */
};

struct card *card_create(uv_loop_t *loop, const char *interface, const struct card_hooks *hooks, void *ctx)
{
    struct card *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->loop = loop;
    c->hooks = hooks;
    c->ctx = ctx;
    snprintf(c->interface, sizeof c->interface, "%s", interface);
    return c;
}

/* ---- frames in ---- */

/* The kernel stamps by the wall clock, which may have been set meanwhile: what cannot be is "now". */
static struct mono stamp_to_mono(const struct card *c, const struct timeval *stamp)
{
    int64_t wall_ns = SECONDS((int64_t)stamp->tv_sec) + stamp->tv_usec; /* of a capture in nanoseconds */
    struct mono at = {c->now.mono.ns - (c->now.wall.ns - wall_ns)};
    bool possible = at.ns <= c->now.mono.ns && at.ns >= c->emptied.ns - STAMP_SLACK_NS;
    return possible ? at : c->now.mono;
}

static void on_frame(u_char *ctx, const struct pcap_pkthdr *head, const u_char *bytes)
{
    struct card *c = (void *)ctx;
    c->hooks->frame(c->ctx, c, bytes, head->caplen, head->len, stamp_to_mono(c, &head->ts));
}

static void on_poll_closed(uv_handle_t *h)
{
    free(h);
}

static void close_capture(struct card *c)
{
    if (c->poll) {
        uv_poll_stop(c->poll);
        uv_close((uv_handle_t *)c->poll, on_poll_closed);
    }
    if (c->pcap)
        pcap_close(c->pcap);
    c->poll = NULL;
    c->pcap = NULL;
    c->member_count = 0;
    c->dropped_before += c->dropped_now;
    c->dropped_now = 0;
}

static void count_drops(struct card *c)
{
    struct pcap_stat s;
    if (pcap_stats(c->pcap, &s) == 0)
        c->dropped_now = s.ps_drop;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct card *c = poll->data;
    int got = 1;
    c->now = clock_system();
    for (int i = 0; i < READS_PER_TURN && got > 0 && status == 0; i++)
        got = pcap_dispatch(c->pcap, FRAMES_PER_READ, on_frame, (void *)c);
    if (got < 0 || status != 0) {
        close_capture(c);
        c->hooks->broken(c->ctx, c);
        return;
    }
    if (got == 0)
        c->emptied = c->now.mono;
    count_drops(c);
    c->hooks->read(c->ctx, c);
}

/* ---- memberships ---- */

static bool set_membership(const struct card *c, int option, const struct mac *m)
{
    struct packet_mreq r = {.mr_ifindex = (int)c->opened_ifindex,
                            .mr_type = mac_is_group(m) ? PACKET_MR_MULTICAST : PACKET_MR_UNICAST,
                            .mr_alen = sizeof m->bytes};
    memcpy(r.mr_address, m->bytes, sizeof m->bytes);
    return setsockopt(pcap_fileno(c->pcap), SOL_PACKET, option, &r, sizeof r) == 0;
}

static void want_member(struct card *c, const struct mac *m)
{
    for (size_t i = 0; i < c->member_count; i++)
        if (mac_equal(&c->members[i].mac, m)) {
            c->members[i].wanted = true;
            return;
        }
    if (c->member_count == MEMBERS_MAX || !set_membership(c, PACKET_ADD_MEMBERSHIP, m)) {
        log_warn("wire", "%s does not listen to one address more", c->interface);
        return;
    }
    c->members[c->member_count++] = (struct member){*m, true};
}

static void drop_unwanted(struct card *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->member_count; i++) {
        if (c->members[i].wanted)
            c->members[kept++] = c->members[i];
        else
            set_membership(c, PACKET_DROP_MEMBERSHIP, &c->members[i].mac);
    }
    c->member_count = kept;
}

/* RFC 4861, 2464: routers advertise to all nodes; who looks for an address made of a MAC asks the group of its last
 * three bytes. */
static void want_groups(struct card *c, const struct mac *m)
{
    static const struct mac all_nodes = {{0x33, 0x33, 0, 0, 0, 1}};
    want_member(c, &all_nodes);
    want_member(c, &(struct mac){{0x33, 0x33, 0xff, m->bytes[3], m->bytes[4], m->bytes[5]}});
}

static void join_for(struct card *c, const struct ether_wish *w)
{
    for (size_t i = 0; i < w->mac_count; i++) {
        want_member(c, &w->macs[i]);
        want_groups(c, &w->macs[i]);
    }
    if (w->own_mac || w->untagged)
        want_groups(c, &c->look.own);
}

static void set_filter(struct card *c, const struct ether_wish *const *wishes, size_t count)
{
    static struct sock_filter program[FILTER_MAX];
    struct sock_fprog f = {.filter = program,
                           .len = (unsigned short)filter_build(wishes, count, &c->look.own, program)};
    /* in one step: libpcap would stop all, drain, and put the new one in place; what comes in before or
     * without it is judged by admit all the same */
    if (setsockopt(pcap_fileno(c->pcap), SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof f) != 0)
        log_warn("wire", "%s: the kernel takes no filter; going on without", c->interface);
}

void card_wish(struct card *c, const struct ether_wish *const *wishes, size_t count)
{
    if (!c->pcap)
        return;
    set_filter(c, wishes, count);
    for (size_t i = 0; i < c->member_count; i++)
        c->members[i].wanted = false;
    for (size_t i = 0; i < count; i++)
        join_for(c, wishes[i]);
    drop_unwanted(c);
}

/* ---- opening ---- */

static void say_why(struct card *c, int status)
{
    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        snprintf(c->reason, sizeof c->reason, "hayloft may not capture here: hayloftd needs CAP_NET_RAW");
    else if (status == PCAP_ERROR_NO_SUCH_DEVICE)
        snprintf(c->reason, sizeof c->reason, "there is no interface %s", c->interface);
    else if (status == PCAP_ERROR_IFACE_NOT_UP)
        snprintf(c->reason, sizeof c->reason, "%s is switched off", c->interface);
    else
        snprintf(c->reason, sizeof c->reason, "%s: %.100s", c->interface, pcap_geterr(c->pcap));
}

static bool activate(struct card *c)
{
    pcap_t *p = c->pcap;
    pcap_set_snaplen(p, SNAPLEN);
    pcap_set_promisc(p, 0);
    pcap_set_immediate_mode(p, 1);
    pcap_set_buffer_size(p, RING_BYTES);
    pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
    int status = pcap_activate(p);
    if (status < 0) {
        say_why(c, status);
        return false;
    }
    if (pcap_datalink(p) == DLT_EN10MB && pcap_get_tstamp_precision(p) == PCAP_TSTAMP_PRECISION_NANO)
        return true;
    snprintf(c->reason, sizeof c->reason, "%s is no Ethernet interface", c->interface);
    return false;
}

/* Our own frames are not to come back to us; the kernel spares itself the copy where it can. */
static bool only_incoming(struct card *c)
{
    int yes = 1;
    setsockopt(pcap_fileno(c->pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    return pcap_setdirection(c->pcap, PCAP_D_IN) == 0;
}

static bool watch(struct card *c)
{
    char error[PCAP_ERRBUF_SIZE];
    int fd = pcap_get_selectable_fd(c->pcap);
    uv_poll_t *poll = calloc(1, sizeof *poll);
    if (!poll || fd < 0 || pcap_setnonblock(c->pcap, 1, error) != 0 || uv_poll_init(c->loop, poll, fd) != 0) {
        free(poll);
        return false;
    }
    poll->data = c;
    c->poll = poll;
    c->emptied = clock_mono();
    return uv_poll_start(poll, UV_READABLE, on_readable) == 0;
}

static void open_capture(struct card *c)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    c->reason[0] = '\0';
    c->pcap = pcap_create(c->interface, error);
    if (!c->pcap) {
        snprintf(c->reason, sizeof c->reason, "%s: %.100s", c->interface, error);
        return;
    }
    if (!activate(c)) {
        close_capture(c);
        return;
    }
    c->opened_ifindex = c->look.ifindex;
    if (only_incoming(c) && watch(c))
        return;
    snprintf(c->reason, sizeof c->reason, "%s cannot be captured from: %.80s", c->interface, pcap_geterr(c->pcap));
    close_capture(c);
}

void card_adjust(struct card *c, const struct link_look *look)
{
    c->look = *look;
    bool replaced = c->pcap && c->opened_ifindex != look->ifindex;
    if (c->pcap && (replaced || !look->up))
        close_capture(c);
    if (look->ifindex == 0)
        say_why(c, PCAP_ERROR_NO_SUCH_DEVICE);
    else if (!look->up)
        say_why(c, PCAP_ERROR_IFACE_NOT_UP);
    else if (!c->pcap)
        open_capture(c);
}

int card_send(struct card *c, const uint8_t *frame, size_t len)
{
    if (!c->pcap)
        return ENETDOWN;
    return send(pcap_fileno(c->pcap), frame, len, MSG_DONTWAIT) < 0 ? errno : 0;
}

const char *card_interface(const struct card *c)
{
    return c->interface;
}

const struct link_look *card_look(const struct card *c)
{
    return &c->look;
}

bool card_is_open(const struct card *c)
{
    return c->pcap != NULL;
}

const char *card_reason(const struct card *c)
{
    return c->pcap ? "" : c->reason;
}

uint64_t card_dropped(const struct card *c)
{
    return c->dropped_before + c->dropped_now;
}

void card_destroy(struct card *c)
{
    if (!c)
        return;
    close_capture(c);
    free(c);
}
