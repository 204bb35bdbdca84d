/* fake_agent: an SNMP agent on a UDP port that misbehaves on command.
 *
 *   fake_agent [-a ADDRESS] [-p PORT] [-n PORTS] [-f FAULT] [-F FIRST] [-c COUNT] [-d DELAY_MS] [-2] [-t SECONDS]
 *
 * FAULT is one of the words of fake_agent.h and strikes requests FIRST to FIRST+COUNT-1 (count 0: all).
 * -d answers late, -2 answers twice, -t ends it after so long. Prints "ready PORT" when it listens. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "poller/base/clock.h"
#include "tests/support/fake_agent.h"

struct settings {
    const char *address;
    int port, delay_ms;
    double life_s;
    bool twice;
};

static double now_s(void)
{
    return (double)clock_mono().ns / 1e9;
}

static int listen_at(const struct settings *s, int *port)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
    socklen_t len = sizeof sa;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || inet_pton(AF_INET, s->address, &sa.sin_addr) != 1 ||
        bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 ||
        getsockname(fd, (struct sockaddr *)&sa, &len) != 0) {
        perror("fake_agent");
        return -1;
    }
    *port = ntohs(sa.sin_port);
    return fd;
}

static void serve(struct fake_agent *a, const struct settings *s, int fd)
{
    static uint8_t request[65536], answer[FAKE_ANSWER_MAX];
    double end = now_s() + s->life_s;
    while (now_s() < end) {
        struct pollfd p = {fd, POLLIN, 0};
        struct sockaddr_storage from;
        socklen_t from_len = sizeof from;
        if (poll(&p, 1, 200) <= 0)
            continue;
        ssize_t got = recvfrom(fd, request, sizeof request, 0, (struct sockaddr *)&from, &from_len);
        if (got < 0)
            continue;
        size_t len = fake_agent_answer(a, now_s(), request, (size_t)got, answer);
        if (s->delay_ms)
            usleep((useconds_t)s->delay_ms * 1000);
        for (int i = 0; len && i < 1 + s->twice; i++)
            if (sendto(fd, answer, len, 0, (struct sockaddr *)&from, from_len) < 0)
                perror("fake_agent: send");
    }
}

int main(int argc, char **argv)
{
    struct settings s = {.address = "127.0.0.1", .life_s = 3600};
    struct fake_agent a;
    unsigned ports = 4, first = 0, count = 0;
    enum fake_fault fault = FAKE_WELL;
    int option, port;
    while ((option = getopt(argc, argv, "a:p:n:f:F:c:d:2t:")) != -1) {
        switch (option) {
        case 'a': s.address = optarg; break;
        case 'p': s.port = (int)strtol(optarg, NULL, 10); break;
        case 'n': ports = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'F': first = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'c': count = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'd': s.delay_ms = (int)strtol(optarg, NULL, 10); break;
        case 't': s.life_s = strtod(optarg, NULL); break;
        case '2': s.twice = true; break;
        case 'f':
            if (fake_fault_of(optarg, &fault))
                break;
            fprintf(stderr, "fake_agent: no fault is called %s\n", optarg);
            return 2;
        default:
            return 2;
        }
    }
    if (ports > FAKE_PORTS_MAX)
        return 2;
    fake_agent_init(&a, ports);
    a.fault = fault;
    a.fault_first = first;
    a.fault_count = count;
    a.booted_s = now_s() - 86400;
    int fd = listen_at(&s, &port);
    if (fd < 0)
        return 1;
    printf("ready %d\n", port);
    fflush(stdout);
    serve(&a, &s, fd);
    return 0;
}
