/* The kernel twin against a real kernel: loopback only, in a network namespace of our own where that is
 * allowed, so that no firewall or other program is in the way. What needs a right that is not there is
 * skipped and says so. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectors/protocol/echo.h"
#include "poller/base/packets_kernel.h"

#define WAIT_MS 2000
#define KEPT_MAX 256

static uv_loop_t loop;
static struct packets_kernel *kernel;
static const struct packets *packets;
static struct packet got[KEPT_MAX];
static uint8_t got_bytes[KEPT_MAX][128];
static size_t got_count;
static bool overflow_told;

static void keep(void *ctx, const struct packet *batch, size_t count)
{
    overflow_told |= batch[0].error == ENOBUFS && !batch[0].peer.family;
    for (size_t i = 0; i < count && got_count < KEPT_MAX; i++) {
        size_t len = batch[i].len < sizeof got_bytes[0] ? batch[i].len : sizeof got_bytes[0];
        if (len)
            memcpy(got_bytes[got_count], batch[i].data, len);
        got[got_count] = batch[i];
        got[got_count].data = got_bytes[got_count];
        got_count++;
    }
}

static int set_up(void **state)
{
    got_count = 0;
    overflow_told = false;
    uv_loop_init(&loop);
    kernel = packets_kernel_create(&loop);
    packets = packets_kernel_door(kernel);
    for (int door = 0; door < PACKETS_DOORS; door++)
        packets_receive(packets, (enum packets_door)door, keep, NULL);
    return kernel ? 0 : -1;
}

static int tear_down(void **state)
{
    packets_kernel_destroy(kernel);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void on_late(uv_timer_t *t)
{
    *(bool *)t->data = true;
}

/* Runs the loop until so many packets came, or time is up. */
static void wait_for(size_t count)
{
    uv_timer_t timer;
    bool late = false;
    timer.data = &late;
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_late, WAIT_MS, 0);
    while (got_count < count && !late)
        uv_run(&loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void answers_come_back_with_true_times(enum packets_door door, const char *address)
{
    struct hash_key key = {3, 4};
    struct echoes *echoes = echoes_create(&key);
    uint8_t messages[100][ECHO_MESSAGE_MAX];
    struct packet batch[100];
    uint8_t family = door == PACKETS_ICMP6 ? AF_INET6 : AF_INET;
    for (size_t i = 0; i < 100; i++) {
        echoes_launch(echoes, family, messages[i], 56);
        batch[i] = (struct packet){.data = messages[i], .len = ICMP_HEADER_BYTES + 56};
        addr_parse(address, &batch[i].peer);
    }
    packets_send(packets, door, batch, 100);
    wait_for(100);
    assert_int_equal(got_count, 100);
    for (size_t i = 0; i < 100; i++) {
        struct echo_flight *f = NULL;
        assert_int_equal(batch[i].error, 0);
        assert_int_equal(echoes_match(echoes, family, got[i].data, got[i].len, &f), ECHO_MATCH);
        f->state = ECHO_ANSWERED;
        int64_t rtt = mono_since(got[i].at, batch[f->token - 1].at);
        assert_in_range(rtt, 0, NS_PER_S);
        assert_true(addr_equal(&got[i].peer, &batch[0].peer));
    }
    echoes_destroy(echoes);
}

static void echoes_to_ourselves_come_back(void **state)
{
    if (!packets_kernel_open(kernel, PACKETS_ICMP4))
        skip();
    answers_come_back_with_true_times(PACKETS_ICMP4, "127.0.0.1");
}

static void raw_sockets_hear_only_their_own(void **state)
{
    int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
    if (fd < 0)
        skip();
    assert_true(packets_kernel_adopt(kernel, PACKETS_ICMP4, fd));
    answers_come_back_with_true_times(PACKETS_ICMP4, "127.0.0.1");
}

static void ipv6_echoes_come_back(void **state)
{
    int fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
    struct packet probe = {.port = 9, .data = (const uint8_t *)"x", .len = 1};
    addr_parse("::1", &probe.peer);
    packets_send(packets, PACKETS_UDP, &probe, 1);
    if (fd < 0 || probe.error)
        skip(); /* no right, or no IPv6 here */
    assert_true(packets_kernel_adopt(kernel, PACKETS_ICMP6, fd));
    wait_for(1);
    got_count = 0;
    answers_come_back_with_true_times(PACKETS_ICMP6, "::1");
}

static int bound_udp(uint16_t *port)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof own;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    *port = ntohs(own.sin_port);
    return fd;
}

static void a_refusing_port_is_told_with_its_datagram(void **state)
{
    uint16_t port;
    close(bound_udp(&port));
    struct packet p = {.port = port, .data = (const uint8_t *)"question", .len = 8};
    addr_parse("127.0.0.1", &p.peer);
    packets_send(packets, PACKETS_UDP, &p, 1);
    assert_int_equal(p.error, 0);
    wait_for(1);
    assert_int_equal(got_count, 1);
    assert_int_equal(got[0].error, ECONNREFUSED);
    assert_int_equal(got[0].port, port);
    assert_true(addr_equal(&got[0].offender, &p.peer));
    assert_int_equal(got[0].icmp_type, 3);
    assert_memory_equal(got[0].data, "question", 8);
}

/* With IP_RECVERR the kernel hands an earlier datagram's refusal to the next send. */
static void one_peers_refusal_is_not_anothers_send_error(void **state)
{
    uint16_t dead, alive;
    close(bound_udp(&dead));
    int fd = bound_udp(&alive);
    for (int i = 0; i < 20; i++) {
        struct packet p[2] = {{.port = dead, .data = (const uint8_t *)"a", .len = 1},
                              {.port = alive, .data = (const uint8_t *)"b", .len = 1}};
        addr_parse("127.0.0.1", &p[0].peer);
        addr_parse("127.0.0.1", &p[1].peer);
        packets_send(packets, PACKETS_UDP, p, 2);
        assert_int_equal(p[0].error, 0);
        assert_int_equal(p[1].error, 0);
    }
    wait_for(20);
    close(fd);
}

static void a_segmented_send_arrives_in_pieces(void **state)
{
    uint16_t port;
    int fd = bound_udp(&port);
    uint8_t data[250], piece[300];
    memset(data, 7, sizeof data);
    struct packet p = {.port = port, .data = data, .len = sizeof data, .segment = 100};
    addr_parse("127.0.0.1", &p.peer);
    packets_send(packets, PACKETS_UDP, &p, 1);
    assert_int_equal(p.error, 0);
    assert_int_equal(recv(fd, piece, sizeof piece, 0), 100);
    assert_int_equal(recv(fd, piece, sizeof piece, 0), 100);
    assert_int_equal(recv(fd, piece, sizeof piece, 0), 50);
    const char *segment = getenv("HAYLOFT_UDP_SEGMENT");
    assert_int_equal(p.unsegmented, segment && strcmp(segment, "off") == 0);
    close(fd);
}

#define PIECES 200 /* more than any kernel cuts at once: it refuses (EINVAL) */

static void what_the_kernel_will_not_segment_arrives_in_pieces_too(void **state)
{
    uint16_t port;
    int fd = bound_udp(&port);
    uint8_t data[PIECES], piece;
    for (size_t i = 0; i < PIECES; i++)
        data[i] = (uint8_t)i;
    struct packet batch[3] = {{.port = port, .data = data, .len = 1},
                              {.port = port, .data = data, .len = PIECES, .segment = 1},
                              {.port = port, .data = data + PIECES - 1, .len = 1}};
    for (size_t i = 0; i < 3; i++)
        addr_parse("127.0.0.1", &batch[i].peer);
    packets_send(packets, PACKETS_UDP, batch, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(batch[i].error, 0);
    assert_true(batch[1].unsegmented && !batch[0].unsegmented && !batch[2].unsegmented);
    for (size_t i = 0; i < PIECES + 2; i++) {
        assert_int_equal(recv(fd, &piece, 1, 0), 1);
        assert_int_equal(piece, i == 0 ? 0 : i > PIECES ? PIECES - 1 : i - 1);
    }
    close(fd);
}

#define NARROW_BYTES 1280

static bool own_network;

static bool loopback_carries(int bytes)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_mtu = bytes};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool fine = own_network && ioctl(fd, SIOCSIFMTU, &lo) == 0;
    close(fd);
    return fine;
}

static void what_is_too_large_for_its_way_arrives_nevertheless(void **state)
{
    static uint8_t data[5000], arrived[6000];
    static const size_t lengths[] = {1, 3000, 2000, 2000, 1000, NARROW_BYTES - 28, 1};
    if (!loopback_carries(NARROW_BYTES))
        skip();
    uint16_t port;
    int fd = bound_udp(&port);
    struct packet batch[5] = {{.port = port, .data = data, .len = 1},
                              {.port = port, .data = data, .len = 3000},
                              {.port = port, .data = data, .len = sizeof data, .segment = 2000},
                              {.port = port, .data = data, .len = NARROW_BYTES - 28},
                              {.port = port, .data = data, .len = 1}};
    for (size_t i = 0; i < 5; i++)
        addr_parse("127.0.0.1", &batch[i].peer);
    packets_send(packets, PACKETS_UDP, batch, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(batch[i].error, 0);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_int_equal(recv(fd, arrived, sizeof arrived, 0), lengths[i]);
    close(fd);
    assert_true(loopback_carries(65536));
}

#define LARGEST 60000

static uint8_t pattern_at(size_t i)
{
    return (uint8_t)(i * 7 + i / 256);
}

static size_t whole_bytes[KEPT_MAX], whole_count; /* bytes that are right from the beginning on */

static void keep_whole(void *ctx, const struct packet *batch, size_t count)
{
    for (size_t i = 0; i < count && whole_count < KEPT_MAX; i++) {
        size_t right = 0;
        while (right < batch[i].len && batch[i].data[right] == pattern_at(right))
            right++;
        whole_bytes[whole_count++] = right;
    }
}

static void datagrams_of_all_sizes_come_in_one_piece(void **state)
{
    static const size_t sizes[] = {1, 1472, 2047, 2048, 2049, 9000, LARGEST, 3};
    static uint8_t bytes[LARGEST];
    struct sockaddr_in asker;
    socklen_t asker_len = sizeof asker;
    uint16_t port;
    int fd = bound_udp(&port);
    struct packet p = {.port = port, .data = (const uint8_t *)"?", .len = 1};
    addr_parse("127.0.0.1", &p.peer);
    packets_receive(packets, PACKETS_UDP, keep_whole, whole_bytes);
    packets_send(packets, PACKETS_UDP, &p, 1);
    assert_int_equal(recvfrom(fd, bytes, 1, 0, (struct sockaddr *)&asker, &asker_len), 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = pattern_at(i);
    whole_count = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_int_equal(sendto(fd, bytes, sizes[i], 0, (struct sockaddr *)&asker, asker_len), sizes[i]);
    wait_for(sizeof sizes / sizeof sizes[0]);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(got[i].len, sizes[i]);
        assert_int_equal(whole_bytes[i], sizes[i]);
    }
    close(fd);
}

static void who_is_asked_by_ipv6_is_reached(void **state)
{
    struct sockaddr_in6 own = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t len = sizeof own;
    char byte;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) != 0)
        skip();
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    struct packet p = {.port = ntohs(own.sin6_port), .data = (const uint8_t *)"?", .len = 1};
    addr_parse("::1", &p.peer);
    packets_send(packets, PACKETS_UDP, &p, 1);
    assert_int_equal(p.error, 0);
    assert_int_equal(recv(fd, &byte, 1, 0), 1);
    close(fd);
}

static void a_door_that_is_not_open_refuses_and_says_so(void **state)
{
    struct packet p = {.data = (const uint8_t *)"x", .len = 1};
    addr_parse("127.0.0.1", &p.peer);
    assert_false(packets_available(packets, PACKETS_ICMP4));
    packets_send(packets, PACKETS_ICMP4, &p, 1);
    assert_int_equal(p.error, EAFNOSUPPORT);
    assert_int_equal(packets_kernel_counts(kernel).send_failures, 1);
}

static enum stream_event stream_said;
static int stream_error;
static bool stream_told;

static void on_stream(void *ctx, struct stream *s, enum stream_event event, const void *data,
                      size_t len, int error)
{
    stream_said = event;
    stream_error = error;
    stream_told = true;
    got_count++;
    packets_close(packets, s);
}

static void connect_to(uint16_t port)
{
    struct addr to;
    addr_parse("127.0.0.1", &to);
    stream_told = false;
    got_count = 0;
    assert_non_null(packets_connect(packets, &to, port, on_stream, NULL));
    wait_for(1);
    assert_true(stream_told);
}

static void connections_are_made_or_refused(void **state)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof own;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    connect_to(ntohs(own.sin_port));
    assert_int_equal(stream_said, STREAM_CONNECTED);
    close(fd);
    connect_to(ntohs(own.sin_port));
    assert_int_equal(stream_said, STREAM_ERROR);
    assert_int_equal(stream_error, ECONNREFUSED);
}

static void what_overflows_our_queue_is_told(void **state)
{
    static uint8_t filler[16384];
    uint16_t port;
    int fd = bound_udp(&port);
    struct packet hello = {.port = port, .data = filler, .len = 1};
    struct sockaddr_storage us;
    socklen_t us_len = sizeof us;
    addr_parse("127.0.0.1", &hello.peer);
    packets_send(packets, PACKETS_UDP, &hello, 1);
    assert_int_equal(recvfrom(fd, filler, sizeof filler, 0, (struct sockaddr *)&us, &us_len), 1);
    for (int i = 0; i < 4000; i++)
        (void)sendto(fd, filler, sizeof filler, MSG_DONTWAIT, (struct sockaddr *)&us, us_len);
    for (int i = 0; i < 50; i++)
        packets_kernel_drain(kernel, PACKETS_UDP);
    (void)sendto(fd, filler, 1, 0, (struct sockaddr *)&us, us_len); /* carries the count */
    packets_kernel_drain(kernel, PACKETS_UDP);
    assert_true(packets_kernel_counts(kernel).overflows > 0);
    assert_true(overflow_told);
    close(fd);
}

/* An own namespace has its loopback down; without the right to make one the machine's will do. */
static void use_own_network(void)
{
    own_network = unshare(CLONE_NEWNET) == 0;
    if (!own_network)
        return;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        perror("loopback");
    close(fd);
    FILE *f = fopen("/proc/sys/net/ipv4/ping_group_range", "w");
    if (!f)
        return;
    fputs("0 2147483647", f);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(echoes_to_ourselves_come_back),
        T(raw_sockets_hear_only_their_own),
        T(ipv6_echoes_come_back),
        T(a_refusing_port_is_told_with_its_datagram),
        T(one_peers_refusal_is_not_anothers_send_error),
        T(a_segmented_send_arrives_in_pieces),
        T(what_the_kernel_will_not_segment_arrives_in_pieces_too),
        T(what_is_too_large_for_its_way_arrives_nevertheless),
        T(datagrams_of_all_sizes_come_in_one_piece),
        T(who_is_asked_by_ipv6_is_reached),
        T(a_door_that_is_not_open_refuses_and_says_so),
        T(connections_are_made_or_refused),
        T(what_overflows_our_queue_is_told),
    };
    use_own_network();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
