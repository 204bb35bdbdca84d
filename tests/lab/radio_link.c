/* Two radios' air as a user-space cable: frames move between two packet sockets, one on each end. What a
 * kernel bridge cannot do is done here: the air goes dead while both ends stay up (SIGUSR1; SIGUSR2 heals),
 * or loses some of what crosses, the same of the same frames for the same seed.
 *
 *   radio_link NEAR FAR [LOSS_PERCENT [SEED]] */
#include <errno.h>
#include <net/ethernet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/lab/packet_end.h"

#define FRAMES_PER_TURN 64

static volatile sig_atomic_t dead;

static void on_signal(int number)
{
    dead = number == SIGUSR1;
}

static bool carry(int from, int to, unsigned loss_percent)
{
    uint8_t buffer[PACKET_END_MAX], *frame;
    ssize_t len = packet_end_receive(from, buffer, &frame);
    if (len < 0)
        return false;
    if (len < ETH_HLEN || dead || (unsigned)rand() % 100 < loss_percent)
        return true;
    if (send(to, frame, (size_t)len, 0) < 0 && errno != ENETDOWN && errno != ENOBUFS)
        perror("send");
    return true;
}

static unsigned argument(char **argv, int argc, int at, unsigned otherwise)
{
    return argc > at ? (unsigned)strtoul(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: radio_link NEAR FAR [LOSS_PERCENT [SEED]]\n");
        return 1;
    }
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &act, NULL);
    sigaction(SIGUSR2, &act, NULL);
    int ends[2] = {packet_end_open(argv[1]), packet_end_open(argv[2])};
    unsigned loss = argument(argv, argc, 3, 0);
    srand(argument(argv, argc, 4, 1));
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
