/* Two radios' air as a user-space cable: frames move between two packet sockets, one on each end. What a
 * kernel bridge cannot do is done here: the air goes dead while both ends stay up (SIGUSR1; SIGUSR2 heals),
 * or loses some of what crosses.
 *
 *   radio_link NEAR FAR [LOSS_PERCENT]
 *
 * The kernel takes a VLAN tag out of a frame before a packet socket sees it; it is put back. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_MAX 9216
#define TAG_AT 12 /* behind the two addresses */
#define TAG_BYTES 4
#define FRAMES_PER_TURN 64

static volatile sig_atomic_t dead;

static void on_signal(int number)
{
    dead = number == SIGUSR1;
}

static int open_end(const char *name)
{
    int on = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(name)};
    struct packet_mreq all = {.mr_ifindex = at.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0) {
        perror(name);
        exit(1);
    }
    return fd;
}

static bool find_tag(struct msghdr *m, uint16_t tag[2])
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        struct tpacket_auxdata aux;
        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&aux, CMSG_DATA(c), sizeof aux);
        tag[0] = htons(aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : ETH_P_8021Q);
        tag[1] = htons(aux.tp_vlan_tci);
        return aux.tp_status & TP_STATUS_VLAN_VALID;
    }
    return false;
}

/* Leaves room for a tag before the frame, so that putting it back moves only the addresses. */
static bool carry(int from, int to, unsigned loss_percent)
{
    uint8_t buffer[TAG_BYTES + FRAME_MAX], *frame = buffer + TAG_BYTES;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    struct iovec part = {frame, FRAME_MAX};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                       .msg_controllen = sizeof control};
    uint16_t tag[2];
    ssize_t len = recvmsg(from, &m, 0);
    if (len < 0)
        return false;
    if (len < ETH_HLEN || dead || (unsigned)rand() % 100 < loss_percent)
        return true;
    if (find_tag(&m, tag)) {
        memmove(buffer, frame, TAG_AT);
        memcpy(buffer + TAG_AT, tag, TAG_BYTES);
        frame = buffer;
        len += TAG_BYTES;
    }
    if (send(to, frame, (size_t)len, 0) < 0 && errno != ENETDOWN && errno != ENOBUFS)
        perror("send");
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: radio_link NEAR FAR [LOSS_PERCENT]\n");
        return 1;
    }
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &act, NULL);
    sigaction(SIGUSR2, &act, NULL);
    int ends[2] = {open_end(argv[1]), open_end(argv[2])};
    unsigned loss = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    for (;;) {
        struct pollfd p[2] = {{ends[0], POLLIN, 0}, {ends[1], POLLIN, 0}};
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            return 1;
        for (int end = 0; end < 2; end++)
            for (int i = 0; p[end].revents && i < FRAMES_PER_TURN; i++)
                if (!carry(ends[end], ends[!end], loss))
                    break;
    }
}
