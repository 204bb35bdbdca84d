#include "tests/lab/packet_end.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TAG_AT 12 /* behind the two addresses */

/* Of no protocol until all is set: a packet socket hears every interface from its creation to its binding. */
int packet_end_open(const char *interface)
{
    int on = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(interface)};
    struct packet_mreq all = {.mr_ifindex = at.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    if (fd < 0 || !at.sll_ifindex || setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        perror(interface);
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
ssize_t packet_end_receive(int fd, uint8_t buffer[static PACKET_END_MAX], uint8_t **frame)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    uint8_t *bare = buffer + PACKET_END_TAG_BYTES;
    struct iovec part = {bare, PACKET_END_MAX - PACKET_END_TAG_BYTES};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                       .msg_controllen = sizeof control};
    uint16_t tag[2];
    ssize_t len = recvmsg(fd, &m, 0);
    *frame = bare;
    if (len < ETH_HLEN || !find_tag(&m, tag))
        return len;
    memmove(buffer, bare, TAG_AT);
    memcpy(buffer + TAG_AT, tag, PACKET_END_TAG_BYTES);
    *frame = buffer;
    return len + PACKET_END_TAG_BYTES;
}
