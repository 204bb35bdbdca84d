/* hayloft-wire with a real kernel: behind its door (wire_link) on one end of a pair of virtual cards, a packet socket
 * on the other, in a network of our own. It runs with a fence that kills for any call that is not on the list. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/child.h"
#include "poller/base/frame.h"
#include "poller/message/parent_any.h"
#include "poller/message/wire_link.h"
#include "poller/wire/admit.h"
#include "poller/wire/budget.h"
#include "tests/poller/wire/frames.h"

#define PATIENCE_NS SECONDS(20) /* the machine may be busy */
#define KEPT_MAX 4096
#define NOBODY 65534

static char program[128], folder[64];

struct heard {
    struct ether_frame frame;
    uint8_t bytes[ETHER_BYTES_MAX];
};

/* Who asks for frames: the link, the process behind it, and the other end of the cable. */
static struct bed {
    uv_loop_t loop;
    struct wire_link *link;
    const struct ether *door;
    pid_t wire;
    bool as_nobody, without_right, killed;
    int peer;
    uint32_t way;
    unsigned told; /* of the way's state */
    struct heard *heard;
    size_t heard_count;
} bed;

/* ---- the cable ---- */

static int run(char *const argv[])
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}
#define RUN(...) assert_int_equal(run((char *[]){__VA_ARGS__, NULL}), 0)

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0)
        return; /* a kernel without IPv6 */
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static int open_peer(void)
{
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex("w1")};
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    assert_true(fd >= 0);
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &yes, sizeof yes);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void lay_cable(void)
{
    RUN("ip", "link", "add", "name", "w0", "address", "02:aa:00:00:00:01", "type", "veth", "peer", "name", "w1");
    put("/proc/sys/net/ipv6/conf/w0/disable_ipv6", "1"); /* the kernel's own frames would be in the way */
    put("/proc/sys/net/ipv6/conf/w1/disable_ipv6", "1");
    RUN("ip", "link", "set", "w0", "up");
    RUN("ip", "link", "set", "w1", "up");
}

static void breathe(void)
{
    uv_run(&bed.loop, UV_RUN_NOWAIT);
    nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
    uv_run(&bed.loop, UV_RUN_NOWAIT);
}

/* A frame on the other end, with its tag put back; false when none comes in time. */
static bool arrives(struct bytes_of_frame *out)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    for (; mono_before(clock_mono(), until); breathe()) {
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
        struct iovec part = {out->at, sizeof out->at};
        struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(bed.peer, &m, MSG_DONTWAIT);
        if (n < 0)
            continue;
        struct tpacket_auxdata tag;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        assert_non_null(c);
        memcpy(&tag, CMSG_DATA(c), sizeof tag);
        out->len = (size_t)n;
        if (tag.tp_status & TP_STATUS_VLAN_VALID)
            *out = with_tag(*out, TYPE_VLAN, tag.tp_vlan_tci);
        return true;
    }
    return false;
}

static void send_from_peer(const struct bytes_of_frame *f)
{
    assert_int_equal(send(bed.peer, f->at, f->len, 0), (ssize_t)f->len);
}

/* ---- the process ---- */

static void start_wire(void *ctx)
{
    int pair[2];
    char *argv[] = {"hayloft-wire", "--serve-fd", "3", "--strict", NULL};
    if (bed.wire > 0)
        waitpid(bed.wire, NULL, 0); /* it has ended, or it would not be asked for */
    assert_int_equal(frame_pair(pair), 0);
    struct child_setting s = {.program = program, .argv = argv, .channel = pair[1], .kept = -1,
                              .change_user = bed.as_nobody, .uid = NOBODY, .gid = NOBODY,
                              .raw_network = !bed.without_right};
    bed.wire = child_start(&s);
    assert_true(bed.wire > 0);
    close(pair[1]);
    wire_link_connect(bed.link, pair[0]);
}

static void on_frames(void *ctx, const struct ether_frame *batch, size_t count)
{
    bed.told += count == 0;
    for (size_t i = 0; i < count; i++) {
        if (bed.heard_count == KEPT_MAX)
            continue;
        struct heard *h = &bed.heard[bed.heard_count++];
        h->frame = batch[i];
        assert_true(batch[i].len <= sizeof h->bytes);
        memcpy(h->bytes, batch[i].data, batch[i].len);
        h->frame.data = h->bytes;
    }
}

static struct ether_state state_now(void)
{
    struct ether_state s;
    ether_state(bed.door, bed.way, &s);
    return s;
}

static bool await(bool (*is)(const struct ether_state *))
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    for (; mono_before(clock_mono(), until); breathe()) {
        struct ether_state s = state_now();
        if (is(&s))
            return true;
    }
    return false;
}

static bool is_open(const struct ether_state *s)
{
    return s->open;
}

static bool is_shut(const struct ether_state *s)
{
    return !s->open;
}

/* So many frames came; each as it is in the bed. */
static void await_heard(size_t count)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (bed.heard_count < count && mono_before(clock_mono(), until))
        breathe();
    assert_true(bed.heard_count >= count);
}

static const struct ether_wish on_501 = {.interface = "w0", .macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}},
                                         .mac_count = 1, .vids = {501}, .vid_count = 1};

static void open_way(const struct ether_wish *wish)
{
    bed.way = ether_open(bed.door, wish, on_frames, NULL);
    assert_true(bed.way != 0);
    assert_true(await(is_open));
    bed.peer = open_peer(); /* what the opening of a card sends is past then */
}

static int set_up(void **state)
{
    bed = (struct bed){.peer = -1, .heard = calloc(KEPT_MAX, sizeof *bed.heard)};
    lay_cable();
    uv_loop_init(&bed.loop);
    bed.link = wire_link_create(&bed.loop, start_wire, NULL);
    bed.door = wire_link_door(bed.link);
    return 0;
}

static int tear_down(void **state)
{
    int status = -1;
    wire_link_destroy(bed.link);
    uv_run(&bed.loop, UV_RUN_DEFAULT);
    uv_loop_close(&bed.loop);
    if (bed.wire > 0)
        waitpid(bed.wire, &status, 0); /* ends by itself: nobody asks any more */
    if (bed.peer >= 0)
        close(bed.peer);
    free(bed.heard);
    run((char *[]){"ip", "link", "del", "w0", NULL});
    return bed.wire > 0 && status != 0 && !bed.killed ? -1 : 0; /* SIGSYS above all */
}

static void send_frame(int32_t vid, struct bytes_of_frame f)
{
    struct ether_frame out = {.way = bed.way, .vid = vid, .data = f.at, .len = f.len};
    ether_send(bed.door, &out, 1);
    assert_int_equal(out.error, 0);
    assert_true(out.at.ns > 0);
}

/* Padded to 60 bytes, and a tag comes on top. */
static void assert_on_the_wire(int32_t vid, struct bytes_of_frame want)
{
    struct bytes_of_frame got;
    assert_true(arrives(&got));
    if (want.len < 60) {
        memset(want.at + want.len, 0, 60 - want.len);
        want.len = 60;
    }
    if (vid != ETHER_UNTAGGED)
        want = with_tag(want, TYPE_VLAN, (uint16_t)vid);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.at, want.at, want.len);
}

/* ---- cases ---- */

static void frames_leave_with_the_tag_they_were_given_or_none(void **state)
{
    open_way(&on_501);
    send_frame(501, COPY_OF(golden_discover));
    assert_on_the_wire(501, COPY_OF(golden_discover));
    send_frame(ETHER_UNTAGGED, COPY_OF(golden_discover));
    assert_on_the_wire(ETHER_UNTAGGED, COPY_OF(golden_discover));
    send_frame(501, COPY_OF(golden_arp));
    assert_on_the_wire(501, COPY_OF(golden_arp));
}

static void full_frames_leave_with_a_tag_on_top(void **state)
{
    struct bytes_of_frame full = COPY_OF(golden_echo);
    full.len = ETHER_BYTES_MAX;
    full.at[AT_IP + 2] = 1500 >> 8;
    full.at[AT_IP + 3] = 1500 & 255;
    open_way(&on_501);
    send_frame(501, full);
    assert_on_the_wire(501, full);
}

static void come_as_they_were_sent(const char *offload)
{
    struct bytes_of_frame offer = COPY_OF(golden_offer), plain = without_tag(offer),
                          none = with_tag(plain, TYPE_VLAN, 0), two = with_tag(offer, TYPE_VLAN, 77);
    const struct { struct bytes_of_frame sent, got; int vid; bool two_tags; } all[] = {
        {offer, plain, 501, false}, {plain, plain, ETHER_UNTAGGED, false}, {none, plain, 0, false},
        {two, offer, 77, true}, {with_tag(plain, TYPE_VLAN, 0xe1f5), plain, 501, false}};
    bed.heard_count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct mono before = clock_mono();
        struct bytes_of_frame sent = to(all[i].sent, &probe), want = to(all[i].got, &probe);
        send_from_peer(&sent);
        await_heard(i + 1);
        const struct ether_frame *f = &bed.heard[i].frame;
        if (f->vid != all[i].vid || f->double_tagged != all[i].two_tags || f->cut || f->len != want.len)
            fail_msg("frame %zu with offload %s: vid %d, %zu bytes", i, offload, f->vid, f->len);
        assert_memory_equal(f->data, want.at, want.len);
        assert_int_equal(f->way, bed.way);
        assert_true(mono_since(f->at, before) > -MILLISECONDS(1) && mono_since(clock_mono(), f->at) >= 0);
    }
}

static void answers_tell_the_tag_they_came_with_whether_the_card_takes_it_off_or_not(void **state)
{
    open_way(&on_501);
    come_as_they_were_sent("as it is");
    RUN("ethtool", "-K", "w0", "rxvlan", "off", "txvlan", "off");
    RUN("ethtool", "-K", "w1", "rxvlan", "off", "txvlan", "off");
    come_as_they_were_sent("off");
    RUN("ethtool", "-K", "w0", "rxvlan", "on", "txvlan", "on");
    come_as_they_were_sent("on");
}

static bool takes_tags_off(const struct ether_state *s)
{
    return s->open && s->vlan_offload;
}

static bool leaves_tags_on(const struct ether_state *s)
{
    return s->open && !s->vlan_offload;
}

static void what_the_card_does_with_tags_is_told(void **state)
{
    open_way(&on_501);
    RUN("ethtool", "-K", "w0", "rxvlan", "off");
    assert_true(await(leaves_tags_on));
    RUN("ethtool", "-K", "w0", "rxvlan", "on");
    assert_true(await(takes_tags_off));
    assert_false(state_now().vlan_filter); /* a virtual card filters none */
}

/* The last, a good one, comes when all before it have. */
static void short_frames_and_such_cut_in_the_tag_do_no_harm(void **state)
{
    open_way(&on_501);
    for (size_t len = 14; len <= 64; len++) {
        struct bytes_of_frame f = to(COPY_OF(golden_offer), &probe);
        f.len = len;
        send_from_peer(&f);
    }
    struct bytes_of_frame last = to(COPY_OF(golden_offer), &probe);
    send_from_peer(&last);
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while ((!bed.heard_count || bed.heard[bed.heard_count - 1].frame.len != last.len - 4) &&
           mono_before(clock_mono(), until))
        breathe();
    assert_in_range(bed.heard_count, 40, 1 + 64 - 14); /* the shortest the kernel throws away itself */
    for (size_t i = 1; i < bed.heard_count; i++)
        assert_int_equal(bed.heard[i].frame.vid, 501);
}

static void of_other_traffic_a_cut_frame_proves_the_vlan_and_no_more(void **state)
{
    open_way(&on_501);
    struct bytes_of_frame mdns = COPY_OF(golden_mdns), last = to(COPY_OF(golden_offer), &probe);
    for (int i = 0; i < 20; i++)
        send_from_peer(&mdns);
    send_from_peer(&last);
    await_heard(2);
    assert_int_equal(bed.heard_count, 2);
    assert_int_equal(bed.heard[0].frame.len, PROOF_BYTES);
    assert_true(bed.heard[0].frame.cut && bed.heard[0].frame.vid == 501);
    assert_memory_equal(bed.heard[0].bytes + 12, golden_mdns + 16, PROOF_BYTES - 12);
}

static void what_is_to_others_is_not_handed_on(void **state)
{
    static const struct mac somebody = {{0x00, 0x0c, 0x29, 0x01, 0x02, 0x03}}, host = {{0x02, 0xaa, 0, 0, 0, 1}};
    open_way(&on_501);
    struct bytes_of_frame other = to(COPY_OF(golden_offer), &somebody), card_s = to(COPY_OF(golden_offer), &host),
                          last = to(COPY_OF(golden_offer), &probe);
    send_from_peer(&other);
    send_from_peer(&card_s);
    send_from_peer(&last);
    await_heard(1);
    assert_int_equal(bed.heard_count, 1);
}

static void frames_to_the_card_come_when_they_are_wished_for(void **state)
{
    static const struct ether_wish by_card = {.interface = "w0", .own_mac = true, .vids = {501}, .vid_count = 1};
    static const struct mac host = {{0x02, 0xaa, 0, 0, 0, 1}};
    open_way(&by_card);
    struct ether_state s = state_now();
    assert_true(mac_equal(&s.own, &host));
    struct bytes_of_frame f = to(COPY_OF(golden_offer), &host);
    send_from_peer(&f);
    await_heard(1);
    send_frame(501, renamed(COPY_OF(golden_discover), &probe, &host));
    assert_on_the_wire(501, renamed(COPY_OF(golden_discover), &probe, &host));
}

static bool refused_three(const struct ether_state *s)
{
    return s->refused == 3;
}

static void what_is_not_on_the_list_does_not_leave(void **state)
{
    static const struct mac somebody = {{0x00, 0x0c, 0x29, 0x01, 0x02, 0x03}};
    open_way(&on_501);
    send_frame(501, from(without_tag(COPY_OF(golden_advert)), &probe)); /* a router's */
    send_frame(501, renamed(COPY_OF(golden_arp), &probe, &somebody));   /* in another's name */
    send_frame(502, COPY_OF(golden_discover));                          /* where we have no business */
    send_frame(501, COPY_OF(golden_discover));
    assert_true(await(refused_three));
    assert_int_equal(state_now().refused_error, EACCES);
    assert_on_the_wire(501, COPY_OF(golden_discover));
    struct bytes_of_frame more;
    assert_true(recv(bed.peer, more.at, sizeof more.at, MSG_DONTWAIT) < 0);
}

static bool mtu_is_small(const struct ether_state *s)
{
    return s->open && s->mtu == 1000;
}

static void what_is_too_long_is_refused_at_once(void **state)
{
    open_way(&on_501);
    struct bytes_of_frame f = COPY_OF(golden_echo);
    struct ether_frame out = {.way = bed.way, .vid = 501, .data = f.at, .len = ETHER_BYTES_MAX + 1};
    ether_send(bed.door, &out, 1);
    assert_int_equal(out.error, EMSGSIZE);
    RUN("ip", "link", "set", "w0", "mtu", "1000");
    assert_true(await(mtu_is_small));
    out.len = 1015;
    ether_send(bed.door, &out, 1);
    assert_int_equal(out.error, EMSGSIZE);
    out.way++;
    ether_send(bed.door, &out, 1);
    assert_int_equal(out.error, EINVAL);
}

static bool has_no_link(const struct ether_state *s)
{
    return s->open && !s->link;
}

static bool has_link(const struct ether_state *s)
{
    return s->open && s->link;
}

static void a_pulled_cable_is_told_and_its_return(void **state)
{
    open_way(&on_501);
    assert_true(await(has_link));
    unsigned told = bed.told;
    RUN("ip", "link", "set", "w1", "down");
    assert_true(await(has_no_link));
    RUN("ip", "link", "set", "w1", "up");
    assert_true(await(has_link));
    assert_true(bed.told >= told + 2);
}

static void an_interface_that_is_switched_off_or_goes_away_comes_back(void **state)
{
    open_way(&on_501);
    RUN("ip", "link", "set", "w0", "down");
    assert_true(await(is_shut));
    assert_string_equal(state_now().reason, "w0 is switched off");
    RUN("ip", "link", "set", "w0", "up");
    assert_true(await(is_open));
    RUN("ip", "link", "del", "w0");
    assert_true(await(is_shut));
    assert_string_equal(state_now().reason, "there is no interface w0");
    close(bed.peer);
    lay_cable();
    assert_true(await(has_link));
    bed.peer = open_peer();
    send_frame(501, COPY_OF(golden_discover));
    assert_on_the_wire(501, COPY_OF(golden_discover));
    struct bytes_of_frame f = to(COPY_OF(golden_offer), &probe);
    send_from_peer(&f);
    await_heard(1);
}

/* What a program prints has this in it. */
static bool prints(char *const argv[], const char *wanted)
{
    char text[8192] = "";
    int out[2];
    size_t len = 0;
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(out[1]);
    for (ssize_t n; len < sizeof text - 1 && (n = read(out[0], text + len, sizeof text - 1 - len)) > 0;)
        len += (size_t)n;
    close(out[0]);
    waitpid(pid, NULL, 0);
    text[len] = '\0';
    assert_true(len > 0);
    return strstr(text, wanted) != NULL;
}

static bool card_listens_to(const char *mac)
{
    return prints((char *[]){"bridge", "fdb", "show", NULL}, mac);
}

static bool card_is_promiscuous(void)
{
    return !prints((char *[]){"ip", "-d", "link", "show", "dev", "w0", NULL}, "promiscuity 0");
}

static void assert_nothing_is_left_on_the_card(void)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (card_listens_to("02:1a:fb:00:05:01") && mono_before(clock_mono(), until))
        breathe();
    assert_false(card_listens_to("02:1a:fb:00:05:01"));
    assert_false(card_listens_to("33:33:ff:00:05:01"));
    assert_false(card_is_promiscuous());
}

static void the_card_listens_to_our_address_only_while_the_way_is_open(void **state)
{
    assert_nothing_is_left_on_the_card(); /* and was not before */
    open_way(&on_501);
    assert_true(card_listens_to("02:1a:fb:00:05:01"));
    assert_true(card_listens_to("33:33:ff:00:05:01"));
    assert_true(card_listens_to("33:33:00:00:00:01"));
    ether_close(bed.door, bed.way);
    assert_nothing_is_left_on_the_card();
}

static void one_that_is_killed_leaves_nothing_and_the_next_opens_all_ways_again(void **state)
{
    open_way(&on_501);
    static const struct ether_wish lan = {.interface = "w0", .macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x02}}},
                                          .mac_count = 1, .untagged = true};
    uint32_t second = ether_open(bed.door, &lan, on_frames, NULL);
    struct mono killed = clock_mono();
    pid_t old = bed.wire;
    kill(bed.wire, SIGKILL);
    assert_true(await(is_shut));
    assert_string_equal(state_now().reason, "hayloft-wire, which captures for us, is not there yet");
    assert_true(await(is_open));
    assert_true(mono_since(clock_mono(), killed) < SECONDS(10));
    assert_true(bed.wire != old);
    send_frame(501, COPY_OF(golden_discover));
    assert_on_the_wire(501, COPY_OF(golden_discover));
    struct bytes_of_frame f = to(COPY_OF(golden_offer), &probe), arp = from(COPY_OF(golden_arp), &gateway);
    send_from_peer(&f);
    await_heard(1);
    send_from_peer(&arp);
    await_heard(2);
    assert_int_equal(bed.heard[1].frame.way, second);
    bed.without_right = true; /* nobody shall listen when it is killed again */
    bed.as_nobody = bed.killed = true;
    kill(bed.wire, SIGKILL);
    assert_nothing_is_left_on_the_card();
}

static bool says_what_right_is_missing(const struct ether_state *s)
{
    return !s->open && strstr(s->reason, "CAP_NET_RAW");
}

static void without_the_right_it_says_so(void **state)
{
    bed.as_nobody = bed.without_right = true;
    bed.way = ether_open(bed.door, &on_501, on_frames, NULL);
    assert_true(await(says_what_right_is_missing));
    struct bytes_of_frame f = COPY_OF(golden_discover);
    struct ether_frame out = {.way = bed.way, .vid = 501, .data = f.at, .len = f.len};
    ether_send(bed.door, &out, 1);
    assert_int_equal(out.error, ENETDOWN);
}

static unsigned long long capabilities_of(pid_t pid)
{
    char path[64], line[256];
    unsigned long long set = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) && sscanf(line, "CapPrm: %llx", &set) != 1)
        ;
    fclose(f);
    return set;
}

static void with_that_right_alone_it_works_as_somebody_else(void **state)
{
    bed.as_nobody = true;
    open_way(&on_501);
    assert_int_equal(capabilities_of(bed.wire), 1u << 13 /* CAP_NET_RAW */);
    send_frame(501, COPY_OF(golden_discover));
    assert_on_the_wire(501, COPY_OF(golden_discover));
}

/* ---- started by a parent ---- */

static void tell_child(int fd, uint16_t type, const struct record *record, const void *value, int pass)
{
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    assert_int_equal(frame_send(fd, type, packed.data, packed.len, pass), FRAME_OK);
    buf_fini(&packed);
}

static uint16_t child_says(int fd)
{
    static uint8_t buffer[FRAME_BUFFER_BYTES];
    struct frame f;
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    for (; mono_before(clock_mono(), until); breathe())
        if (frame_receive(fd, buffer, &f) == FRAME_OK)
            return f.type;
    return 0;
}

static int sealed_slice(void)
{
    int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(write(fd, "x", 1), 1);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0);
    return fd;
}

static int role_parent; /* our end of its channel */

static void start_role(void *ctx)
{
    if (bed.wire > 0)
        return; /* it lives, and serves another */
    int channel[2], peer[2], slice = sealed_slice();
    char *argv[] = {"hayloft-wire", NULL};
    assert_true(frame_pair(channel) == 0 && frame_pair(peer) == 0);
    struct child_setting s = {.program = program, .argv = argv, .channel = channel[1], .kept = -1, .raw_network = true};
    bed.wire = child_start(&s);
    close(channel[1]);
    role_parent = channel[0];
    tell_child(role_parent, PA_PEER, &pa_peer_record, &(struct pa_peer){ROLE_ENGINE}, peer[1]);
    tell_child(role_parent, PA_PREPARE, &pa_generation_record, &(struct pa_generation){1}, slice);
    tell_child(role_parent, PA_ADOPT, &pa_generation_record, &(struct pa_generation){1}, -1);
    close(peer[1]);
    close(slice);
    wire_link_connect(bed.link, peer[0]);
}

static void as_a_role_it_serves_the_engine_and_stops_when_told(void **state)
{
    wire_link_destroy(bed.link);
    bed.link = wire_link_create(&bed.loop, start_role, NULL);
    bed.door = wire_link_door(bed.link);
    open_way(&on_501);
    send_frame(501, COPY_OF(golden_discover));
    assert_on_the_wire(501, COPY_OF(golden_discover));
    assert_int_equal(child_says(role_parent), AP_PREPARED);
    assert_int_equal(child_says(role_parent), AP_ADOPTED);
    int second[2]; /* an engine that was started anew: what the old one opened is closed */
    assert_int_equal(frame_pair(second), 0);
    tell_child(role_parent, PA_PEER, &pa_peer_record, &(struct pa_peer){ROLE_ENGINE}, second[1]);
    close(second[1]);
    assert_nothing_is_left_on_the_card();
    tell_child(role_parent, PA_STOP, NULL, NULL, -1);
    int status = -1;
    assert_int_equal(waitpid(bed.wire, &status, 0), bed.wire);
    assert_int_equal(status, 0);
    bed.wire = 0;
    close(second[0]);
    close(role_parent);
}

static bool is_refused(const struct ether_state *s)
{
    return !s->open && s->reason[0] && !strstr(s->reason, "not there yet");
}

static void a_wish_that_makes_no_sense_is_refused_with_a_word(void **state)
{
    const struct ether_wish wrong[] = {
        {.interface = "w9", .vids = {501}, .vid_count = 1},
        {.interface = "../w0"},
        {.interface = "w0", .macs = {{{0x00, 0x0c, 0x29, 0x01, 0x02, 0x03}}}, .mac_count = 1}, /* somebody's */
        {.interface = "w0", .macs = {{{0x03, 0x0c, 0x29, 0x01, 0x02, 0x03}}}, .mac_count = 1}, /* a group */
        {.interface = "w0", .vids = {4095}, .vid_count = 1},
        {.interface = NULL}}; /* no route here leads anywhere */
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        bed.way = ether_open(bed.door, &wrong[i], on_frames, NULL);
        assert_true(await(is_refused));
        ether_close(bed.door, bed.way);
    }
    const struct ether_wish long_name = {.interface = "a-name-of-seventeen"};
    assert_int_equal(ether_open(bed.door, &long_name, on_frames, NULL), 0);
}

static bool is_open_on_w0(const struct ether_state *s)
{
    return s->open && strcmp(s->interface, "w0") == 0;
}

static void without_a_name_it_is_the_interface_of_the_default_route(void **state)
{
    bed.way = ether_open(bed.door, &(struct ether_wish){.untagged = true}, on_frames, NULL);
    assert_true(await(is_refused));
    RUN("ip", "address", "add", "192.0.2.9/24", "dev", "w0");
    RUN("ip", "route", "add", "default", "via", "192.0.2.1");
    assert_true(await(is_open_on_w0));
}

static bool lost_some(const struct ether_state *s)
{
    return s->dropped > 0;
}

static void in_a_storm_frames_are_lost_and_it_is_told(void **state)
{
    open_way(&on_501);
    struct bytes_of_frame f = to(COPY_OF(golden_offer), &probe);
    for (int i = 0; i < BUDGET_MOST + 1500; i++)
        send(bed.peer, f.at, f.len, 0);
    assert_true(await(lost_some));
    assert_true(bed.heard_count > 100 && bed.heard_count < BUDGET_MOST + 1500);
}

static void each_way_gets_what_it_wished_for(void **state)
{
    static const struct ether_wish lan = {.interface = "w0", .macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x02}}},
                                          .mac_count = 1, .untagged = true};
    open_way(&on_501);
    uint32_t guest = bed.way;
    bed.way = ether_open(bed.door, &lan, on_frames, NULL);
    assert_true(await(is_open));
    struct bytes_of_frame offer = COPY_OF(golden_offer), arp = from(COPY_OF(golden_arp), &gateway);
    send_from_peer(&offer);
    await_heard(1);
    send_from_peer(&arp);
    await_heard(2);
    assert_int_equal(bed.heard[0].frame.way, guest);
    assert_int_equal(bed.heard[1].frame.way, bed.way);
    ether_close(bed.door, guest);
    send_from_peer(&offer);
    send_from_peer(&arp);
    await_heard(3);
    assert_int_equal(bed.heard[2].frame.way, bed.way);
    assert_int_equal(bed.heard[2].frame.vid, ETHER_UNTAGGED);
}

/* ---- all of it ---- */

/* Where also somebody else may run it, whatever folder it was built in. */
static bool copy_program(const char *from_path)
{
    static uint8_t bytes[65536];
    snprintf(folder, sizeof folder, "/tmp/hayloft-test-XXXXXX");
    if (!mkdtemp(folder) || chmod(folder, 0755) != 0)
        return false;
    snprintf(program, sizeof program, "%s/hayloft-wire", folder);
    int in = open(from_path, O_RDONLY), out = open(program, O_WRONLY | O_CREAT | O_EXCL, 0755);
    bool ok = in >= 0 && out >= 0;
    for (ssize_t n; ok && (n = read(in, bytes, sizeof bytes)) > 0;)
        ok = write(out, bytes, (size_t)n) == n;
    close(in);
    close(out);
    return ok && chmod(program, 0755) == 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_leave_with_the_tag_they_were_given_or_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_frames_leave_with_a_tag_on_top, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_tell_the_tag_they_came_with_whether_the_card_takes_it_off_or_not,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_card_does_with_tags_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(short_frames_and_such_cut_in_the_tag_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_other_traffic_a_cut_frame_proves_the_vlan_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_to_others_is_not_handed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_to_the_card_come_when_they_are_wished_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_on_the_list_does_not_leave, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_long_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pulled_cable_is_told_and_its_return, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interface_that_is_switched_off_or_goes_away_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_card_listens_to_our_address_only_while_the_way_is_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_is_killed_leaves_nothing_and_the_next_opens_all_ways_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_the_right_it_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(with_that_right_alone_it_works_as_somebody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(as_a_role_it_serves_the_engine_and_stops_when_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wish_that_makes_no_sense_is_refused_with_a_word, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_name_it_is_the_interface_of_the_default_route, set_up, tear_down),
        cmocka_unit_test_setup_teardown(in_a_storm_frames_are_lost_and_it_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_way_gets_what_it_wished_for, set_up, tear_down),
    };
    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0) {
        puts("1..0 # SKIP a network of its own takes root");
        return 0;
    }
    if (argc < 2 || !copy_program(argv[1]))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(program);
    rmdir(folder);
    return failed;
}
