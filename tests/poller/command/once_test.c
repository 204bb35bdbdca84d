/* Frames without a daemon: a hayloft-wire of its own, on the loopback of a network of its own. */
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/places.h"
#include "poller/command/once.h"
#include "tests/poller/wire/golden.h"

#define PATIENCE_NS SECONDS(20)

struct listener {
    struct once *once;
    uint32_t way;
    bool open, heard;
    size_t len;
};

static void on_frames(void *ctx, const struct ether_frame *batch, size_t count)
{
    struct listener *l = ctx;
    struct ether_state s;
    ether_state(once_env(l->once)->ether, l->way, &s);
    l->open = s.open;
    for (size_t i = 0; i < count; i++) {
        l->heard = true;
        l->len = batch[i].len;
        assert_memory_equal(batch[i].data, golden_discover, sizeof golden_discover);
    }
}

static const struct ether_wish wish = {
    .interface = "lo", .macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1};

static void frames_go_by_a_process_that_ends_with_us(void **state)
{
    struct listener l = {.once = once_create(NULL, NULL, NULL)};
    const struct ether *door = once_env(l.once)->ether;
    l.way = ether_open(door, &wish, on_frames, &l);
    assert_true(l.way != 0);
    assert_true(once_wait(l.once, &l.open, PATIENCE_NS));
    struct ether_frame f = {
        .way = l.way, .vid = ETHER_UNTAGGED, .data = golden_discover, .len = sizeof golden_discover};
    ether_send(door, &f, 1);
    assert_int_equal(f.error, 0);
    assert_true(once_wait(l.once, &l.heard, PATIENCE_NS));
    assert_int_equal(l.len, sizeof golden_discover);
    once_destroy(l.once);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* there is no child any more */
}

static void without_a_way_none_is_started(void **state)
{
    struct once *o = once_create(NULL, NULL, NULL);
    bool never = false;
    assert_false(once_wait(o, &never, MILLISECONDS(1)));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    once_destroy(o);
}

static void bring_loopback_up(void)
{
    struct ifreq r = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &r), 0);
    r.ifr_flags |= IFF_UP;
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &r), 0);
    close(fd);
}

/* Programs are looked for beside the running one. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_by_a_process_that_ends_with_us),
        cmocka_unit_test(without_a_way_none_is_started),
    };
    char beside[PLACES_PATH_MAX];
    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0) {
        puts("1..0 # SKIP a network of its own takes root");
        return 0;
    }
    if (argc < 2 || !places_program("hayloft-wire", beside))
        return 1;
    unlink(beside);
    if (symlink(argv[1], beside) != 0)
        return 1;
    bring_loopback_up();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(beside);
    return failed;
}
