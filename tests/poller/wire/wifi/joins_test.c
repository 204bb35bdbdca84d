/* hayloft-wire joins a Wi-Fi network: behind its door (wire_link) on one end, something that answers as a
 * wpa_supplicant on the other, in a /run of our own. It runs with a fence that kills for any call that is not on the
 * list. With real cards and access points: tests/emulated. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/child.h"
#include "poller/base/frame.h"
#include "poller/message/wire_link.h"
#include "tests/poller/wire/wifi/fake_wpa.h"

#define PATIENCE_NS SECONDS(20) /* the machine may be busy */

static const char *program;
static const struct wifi_wish guest = {.interface = "lo", .ssid = "barn-guest", .password = "right password"};

static struct bed {
    uv_loop_t loop;
    struct wire_link *link;
    const struct wifi *door;
    pid_t wire;
    unsigned wires;
    bool killed;
    struct fake_wpa wpa; /* has the interface lo, which is always there */
} bed;

static void start_wire(void *ctx)
{
    int pair[2];
    char *argv[] = {"hayloft-wire", "--serve-fd", "3", "--strict", NULL};
    if (bed.wire > 0)
        waitpid(bed.wire, NULL, 0); /* it has ended, or it would not be asked for */
    assert_int_equal(frame_pair(pair), 0);
    struct child_setting s = {.program = program, .argv = argv, .channel = pair[1], .kept = -1,
                              .raw_network = true};
    bed.wire = child_start(&s);
    assert_true(bed.wire > 0);
    bed.wires++;
    close(pair[1]);
    wire_link_connect(bed.link, pair[0]);
}

static int set_up(void **state)
{
    bed = (struct bed){.wpa.fd = -1};
    uv_loop_init(&bed.loop);
    bed.link = wire_link_create(&bed.loop, start_wire, NULL);
    bed.door = wire_link_wifi(bed.link);
    return fake_wpa_start(&bed.wpa, "lo") ? 0 : -1;
}

static void breathe(void)
{
    uv_run(&bed.loop, UV_RUN_NOWAIT);
    if (bed.wpa.fd >= 0)
        fake_wpa_serve(&bed.wpa);
    nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
}

static int tear_down(void **state)
{
    int status = -1;
    wire_link_destroy(bed.link);
    uv_run(&bed.loop, UV_RUN_DEFAULT);
    uv_loop_close(&bed.loop);
    if (bed.wire > 0)
        waitpid(bed.wire, &status, 0); /* ends by itself: nobody asks any more */
    if (bed.wpa.fd >= 0)
        fake_wpa_end(&bed.wpa, "lo", false);
    return bed.wire > 0 && status != 0 && !bed.killed ? -1 : 0; /* SIGSYS above all */
}

static void on_news(void *ctx, uint32_t join)
{
    ++*(unsigned *)ctx;
}

static struct wifi_state state_of(uint32_t join)
{
    struct wifi_state s;
    wifi_state(bed.door, join, &s);
    return s;
}

static struct wifi_state await(uint32_t join, enum wifi_stage stage)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (state_of(join).stage != stage && (state_of(join).stage <= WIFI_JOINED || stage <= WIFI_JOINED) &&
           mono_before(clock_mono(), until))
        breathe();
    struct wifi_state s = state_of(join);
    if (s.stage != stage)
        fail_msg("stage %d, not %d: %s", s.stage, stage, s.detail);
    return s;
}

static void await_networks(size_t count)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (fake_wpa_networks(&bed.wpa) != count && mono_before(clock_mono(), until))
        breathe();
    assert_int_equal(fake_wpa_networks(&bed.wpa), count);
}

static void await_no_listeners(void)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (bed.wpa.listeners > 0 && mono_before(clock_mono(), until))
        breathe();
    assert_int_equal(bed.wpa.listeners, 0);
}

static unsigned news;

static uint32_t join(const struct wifi_wish *wish)
{
    news = 0;
    uint32_t id = wifi_join(bed.door, wish, on_news, &news);
    assert_true(id != 0);
    return id;
}

static void it_joins_and_leaves_nothing(void **state)
{
    uint32_t id = join(&guest);
    assert_int_equal(state_of(id).stage, WIFI_SCANNING);
    struct wifi_state s = await(id, WIFI_JOINED);
    assert_false(s.as_found);
    assert_int_equal(s.freq_mhz, 2437);
    assert_int_equal(s.bssid.bytes[0], 2);
    assert_non_null(strstr(s.heard, "channel 6"));
    assert_true(news > 0);
    assert_int_equal(fake_wpa_networks(&bed.wpa), 1);
    wifi_leave(bed.door, id);
    await_networks(0);
    await_no_listeners();
}

static void a_wrong_password_comes_back_in_words(void **state)
{
    struct wifi_wish wrong = guest;
    wrong.password = "wrong password";
    uint32_t id = join(&wrong);
    struct wifi_state s = await(id, WIFI_REFUSED);
    assert_non_null(strstr(s.detail, "the password is wrong"));
    wifi_leave(bed.door, id);
    await_networks(0);
}

static void what_one_that_was_killed_left_is_taken_away_by_the_next(void **state)
{
    uint32_t id = join(&guest);
    await(id, WIFI_JOINED);
    bed.killed = true;
    kill(bed.wire, SIGKILL);
    await(id, WIFI_SCANNING);
    assert_int_equal(fake_wpa_networks(&bed.wpa), 1); /* nobody could take it away */
    await(id, WIFI_JOINED);
    assert_int_equal(bed.wires, 2);
    assert_int_equal(fake_wpa_networks(&bed.wpa), 1);
    wifi_leave(bed.door, id);
    await_networks(0);
}

static void when_nobody_listens_any_more_the_network_is_left(void **state)
{
    uint32_t id = join(&guest);
    await(id, WIFI_JOINED);
    wire_link_destroy(bed.link); /* and with it the engine's end */
    bed.link = wire_link_create(&bed.loop, start_wire, NULL);
    await_networks(0);
}

static void one_card_is_in_one_network_at_a_time(void **state)
{
    uint32_t first = join(&guest);
    await(first, WIFI_JOINED);
    uint32_t second = join(&guest);
    for (int i = 0; i < 20; i++)
        breathe();
    assert_int_equal(state_of(second).stage, WIFI_SCANNING);
    assert_int_equal(fake_wpa_networks(&bed.wpa), 1);
    wifi_leave(bed.door, first);
    await(second, WIFI_JOINED);
    wifi_leave(bed.door, second);
    await_networks(0);
}

static void who_waits_for_a_card_may_go(void **state)
{
    uint32_t first = join(&guest);
    await(first, WIFI_JOINED);
    uint32_t second = join(&guest), third = join(&guest);
    wifi_leave(bed.door, second);
    wifi_leave(bed.door, first);
    await(third, WIFI_JOINED);
}

static void the_end_of_wpa_supplicant_is_told(void **state)
{
    uint32_t id = join(&guest);
    await(id, WIFI_JOINED);
    fake_wpa_end(&bed.wpa, "lo", true);
    assert_non_null(strstr(await(id, WIFI_UNUSABLE).detail, "wpa_supplicant ended"));
    wifi_leave(bed.door, id);
    assert_true(fake_wpa_start(&bed.wpa, "lo"));
    await(join(&guest), WIFI_JOINED);
}

static void what_cannot_be_joined_by_is_said(void **state)
{
    struct wifi_wish none = guest;
    none.interface = "wlan9";
    assert_string_equal(await(join(&none), WIFI_UNUSABLE).detail, "there is no interface wlan9");
    fake_wpa_end(&bed.wpa, "lo", false);
    assert_string_equal(await(join(&guest), WIFI_UNUSABLE).detail, "lo is no Wi-Fi card");
}

/* It runs as root here, but has none of root's capabilities. */
static void without_the_right_to_ask_it_says_which(void **state)
{
    assert_int_equal(chmod("/run/wpa_supplicant", 0), 0);
    struct wifi_state s = await(join(&guest), WIFI_UNUSABLE);
    chmod("/run/wpa_supplicant", 0755);
    assert_non_null(strstr(s.detail, "group netdev"));
}

static void a_wish_that_makes_no_sense_is_refused(void **state)
{
    static const struct wifi_wish wrong[] = {
        {.interface = "../lo", .ssid = "barn-guest"},
        {.interface = "an-interface-of-seventeen", .ssid = "barn-guest"},
        {.interface = "lo", .ssid = ""},
        {.interface = "lo", .ssid = "a name of more than thirty-two bytes"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t id = join(&wrong[i]);
        await(id, WIFI_UNUSABLE);
        wifi_leave(bed.door, id);
    }
    assert_int_equal(wifi_join(bed.door, &(struct wifi_wish){.ssid = "barn-guest"}, on_news, &news), 0);
}

static bool have_a_run_of_our_own(void)
{
    return geteuid() == 0 && unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("run", "/run", "tmpfs", 0, NULL) == 0 &&
           mkdir("/run/wpa_supplicant", 0755) == 0 && chmod("/run/wpa_supplicant", 0755) == 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(it_joins_and_leaves_nothing),
        CASE(a_wrong_password_comes_back_in_words),
        CASE(what_one_that_was_killed_left_is_taken_away_by_the_next),
        CASE(when_nobody_listens_any_more_the_network_is_left),
        CASE(one_card_is_in_one_network_at_a_time),
        CASE(who_waits_for_a_card_may_go),
        CASE(the_end_of_wpa_supplicant_is_told),
        CASE(what_cannot_be_joined_by_is_said),
        CASE(without_the_right_to_ask_it_says_which),
        CASE(a_wish_that_makes_no_sense_is_refused),
    };
    if (!have_a_run_of_our_own()) {
        puts("1..0 # SKIP a /run of its own takes root");
        return 0;
    }
    if (argc < 2)
        return 1;
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
