/* Our own profiles against devices made from public knowledge of their answers (fake_device.py). */
#include "poller/courier/consult/consults.h"

#include <arpa/inet.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "poller/config/profiles.h"
#include "tests/support/sink.h"

#define PASSWORD "hay \"&+% stack" /* has something to escape for each way it is sent */

static struct {
    uv_loop_t loop;
    struct arena *profiles, *answers;
    struct profile_library library;
    struct transfers *transfers;
    struct consults *consults;
    struct sink *device;
    size_t count;
    struct ce_consulted answer; /* the last one, in answers */
} bed;

static void on_consulted(void *ctx, const struct ce_consulted *a)
{
    (void)ctx;
    bed.count++;
    assert_true(field_copy(&ce_consulted_record, a, NULL, bed.answers, &bed.answer));
    uv_stop(&bed.loop);
}

static int set_up(void **state)
{
    (void)state;
    bed.count = 0;
    bed.device = NULL;
    uv_loop_init(&bed.loop);
    bed.answers = arena_create(0);
    bed.transfers = transfers_create(&bed.loop);
    bed.consults = consults_create(bed.transfers, on_consulted, NULL);
    return bed.consults ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    consults_destroy(bed.consults);
    transfers_destroy(bed.transfers);
    while (uv_run(&bed.loop, UV_RUN_DEFAULT) != 0)
        ;
    assert_int_equal(uv_loop_close(&bed.loop), 0);
    sink_stop(bed.device);
    arena_destroy(bed.answers);
    return 0;
}

static int read_profiles(void **state)
{
    (void)state;
    bed.profiles = arena_create(0);
    struct complaints *c = complaints_create(bed.profiles);
    struct buf said = {0};
    bool good = profiles_read(PROFILES, NULL, bed.profiles, c, &bed.library);
    complaints_print(c, &said);
    if (!good)
        print_message("%s", buf_string(&said));
    buf_fini(&said);
    return good ? 0 : -1;
}

static int forget_profiles(void **state)
{
    (void)state;
    arena_destroy(bed.profiles);
    return 0;
}

static void start_device(const char *kind, const char *mode)
{
    const char *arguments[] = {"--kind", kind, "--mode", mode, NULL};
    bed.device = sink_start("fake_device.py", arguments);
}

struct asked {
    const char *profile, *password, *url;
    int64_t timeout_ns;
    bool verify_tls;
    const char *pin;
};

static const struct ce_consulted *consult(struct asked q)
{
    char url[64];
    size_t before = bed.count;
    const struct http_profile *p = profile_find_http(&bed.library.set, q.profile);
    assert_non_null(p);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", bed.device ? sink_port(bed.device) : 1);
    struct ec_consult r = {.id = (uint32_t)before + 100,
                           .node = "barn",
                           .url = q.url ? (char *)(uintptr_t)q.url : url,
                           .user = "farmer",
                           .password = (char *)(uintptr_t)(q.password ? q.password : PASSWORD),
                           .timeout_ns = q.timeout_ns ? q.timeout_ns : SECONDS(10),
                           .verify_tls = q.verify_tls,
                           .pin = (char *)(uintptr_t)q.pin,
                           .profile = *p,
                           .meanings = bed.library.set.meanings,
                           .meanings_count = bed.library.set.meanings_count};
    consults_take(bed.consults, &r);
    while (bed.count == before)
        uv_run(&bed.loop, UV_RUN_ONCE);
    assert_int_equal(bed.count, before + 1);
    assert_int_equal(bed.answer.id, before + 100);
    assert_int_equal(consults_running(bed.consults), 0);
    return &bed.answer;
}

static const struct ce_consulted *ask(const char *profile)
{
    return consult((struct asked){.profile = profile});
}

static void assert_ends(const struct ce_consulted *a, enum consultation_end end, const char *reason)
{
    if (a->end != end || strcmp(a->reason, reason) != 0)
        fail_msg("ends %s %s: %s", consultation_end_words[a->end], a->reason,
                 a->detail ? a->detail : "");
}

static const struct reading *reading_of(const struct ce_consulted *a, const char *meaning,
                                        const char *label)
{
    for (size_t i = 0; i < a->readings_count; i++)
        if (strcmp(a->readings[i].meaning, meaning) == 0 &&
            strcmp(a->readings[i].label, label) == 0)
            return &a->readings[i];
    return NULL;
}

static void assert_figure(const struct ce_consulted *a, const char *meaning, const char *label,
                          double value, const char *unit, const char *object)
{
    const struct reading *r = reading_of(a, meaning, label);
    if (!r)
        fail_msg("there is no %s '%s'", meaning, label);
    if (fabs(r->value - value) > 1e-6)
        fail_msg("%s '%s' is %f", meaning, label, r->value);
    assert_string_equal(r->unit, unit);
    assert_string_equal(r->object ? r->object : "", object);
}

static void assert_state(const struct ce_consulted *a, const char *meaning, const char *label,
                         enum reading_level level, const char *state)
{
    const struct reading *r = reading_of(a, meaning, label);
    if (!r)
        fail_msg("there is no %s '%s'", meaning, label);
    assert_string_equal(r->state ? r->state : "", state);
    assert_int_equal(r->level, level);
}

static size_t requests_to(const char *path)
{
    char *log = sink_log(bed.device), wanted[64];
    size_t count = 0;
    snprintf(wanted, sizeof wanted, "\"path\": \"%s\"", path);
    for (const char *p = log; (p = strstr(p, wanted)); p++)
        count++;
    free(log);
    return count;
}

/* ---- what each tells ---- */

static void an_asus_mesh_tells_its_nodes_and_what_they_hang_on(void **state)
{
    (void)state;
    start_device("asus", "ok");
    const struct ce_consulted *a = ask("asus-mesh");
    assert_ends(a, CONSULTATION_READ, "");
    assert_string_equal(a->model, "RT-AX92U");
    assert_string_equal(a->version, "3.0.0.4.388_22525-g1");
    assert_figure(a, "mesh-nodes", "joined", 3, "count", "mesh");
    assert_state(a, "mesh-state", "barn", READING_GOOD, "joined");
    assert_state(a, "mesh-state", "stable", READING_BAD, "not joined");
    assert_state(a, "backhaul", "barn", READING_UNJUDGED, "5 GHz");
    assert_state(a, "backhaul", "shed", READING_UNJUDGED, "cable");
    assert_null(reading_of(a, "backhaul", "house"));
    assert_null(reading_of(a, "backhaul", "stable"));
    assert_figure(a, "signal", "barn 5 GHz", -67, "dBm", "mesh-04:D4:C4:00:00:02");
    assert_string_equal(reading_of(a, "signal", "barn 5 GHz")->oid,
                        "mesh /get_cfg_clientlist/1/rssi5g");
    assert_string_equal(reading_of(a, "signal", "barn 5 GHz")->source, "signal_5g");
    assert_true(reading_of(a, "signal", "barn 5 GHz")->limits.warn_low == -75);
    assert_true(isnan(
        reading_of(a, "signal", "stable 5 GHz")->value)); /* 0 of one that is away is no signal */
}

static void an_asus_mesh_tells_who_has_joined_which_node(void **state)
{
    (void)state;
    start_device("asus", "ok");
    const struct ce_consulted *a = ask("asus-mesh");
    assert_figure(a, "clients", "04:D4:C4:00:00:01", 5, "count", "clients-04:D4:C4:00:00:01");
    assert_figure(a, "clients", "04:D4:C4:00:00:01 2.4 GHz", 3, "count", "clients-04:D4:C4:00:00:01");
    assert_figure(a, "clients", "04:D4:C4:00:00:01 5 GHz", 2, "count", "clients-04:D4:C4:00:00:01");
    assert_figure(a, "clients", "04:D4:C4:00:00:02 2.4 GHz", 0, "count", "clients-04:D4:C4:00:00:02");
    assert_figure(a, "clients", "04:D4:C4:00:00:02 6 GHz", 1, "count", "clients-6g-04:D4:C4:00:00:02");
    assert_figure(a, "clients", "04:D4:C4:00:00:03", 0, "count", "clients-04:D4:C4:00:00:03");
    assert_true(isnan(reading_of(a, "clients", "04:D4:C4:00:00:01 6 GHz")->value)); /* has it any? */
    assert_figure(a, "rssi", "04:D4:C4:00:00:01 2.4 GHz weakest", -71, "dBm", "rssi-2g-04:D4:C4:00:00:01");
    assert_figure(a, "rssi", "04:D4:C4:00:00:01 5 GHz, second radio weakest", -80, "dBm",
                  "rssi-5g1-04:D4:C4:00:00:01");
    assert_null(reading_of(a, "rssi", "04:D4:C4:00:00:02 5 GHz weakest")); /* 0 is no signal */
    assert_string_equal(reading_of(a, "clients", "04:D4:C4:00:00:01 5 GHz")->source, "clients_5g");
}

static void airos_6_tells_of_its_link(void **state)
{
    (void)state;
    start_device("airos6", "ok");
    const struct ce_consulted *a = ask("airos-http");
    assert_ends(a, CONSULTATION_READ, "");
    assert_string_equal(a->model, "NanoStation M5");
    assert_string_equal(a->version, "6.3.16");
    assert_figure(a, "signal", "signal", -64, "dBm", "radio");
    assert_figure(a, "frequency", "frequency", 5180, "MHz", "radio");
    assert_figure(a, "ccq", "CCQ", 99.1, "%", "radio");
    assert_figure(a, "tx-rate", "tx rate", 270e6, "bps", "radio");
    assert_figure(a, "distance", "distance", 0.75, "km", "");
    assert_int_equal(requests_to("/api/auth"), 1);
    assert_int_equal(requests_to("/login.cgi"), 2);
}

static void airos_8_tells_of_each_partner(void **state)
{
    (void)state;
    start_device("airos8", "ok");
    const struct ce_consulted *a = ask("airos-http");
    assert_ends(a, CONSULTATION_READ, "");
    assert_string_equal(a->version, "8.7.18");
    assert_figure(a, "signal", "barn", -51, "dBm", "link-00:11:22:33:2E:05");
    assert_figure(a, "signal-remote", "barn", -53, "dBm", "link-00:11:22:33:2E:05");
    assert_figure(a, "tx-capacity", "barn down", 342e6, "bps", "link-00:11:22:33:2E:05");
    assert_figure(a, "airtime", "airtime", 26.6, "%", "radio");
    assert_null(reading_of(a, "ccq", "CCQ"));
    assert_null(reading_of(a, "signal", "signal"));
    assert_true(isnan(reading_of(a, "board-temperature", "board")->value)); /* 0 is no sensor */
    assert_int_equal(requests_to("/login.cgi"), 0);
}

static void openwrt_tells_of_its_radios_one_by_one(void **state)
{
    (void)state;
    start_device("ubus", "ok");
    const struct ce_consulted *a = ask("openwrt-ubus");
    assert_ends(a, CONSULTATION_READ, "");
    assert_string_equal(a->model, "TP-Link Archer C7 v5");
    assert_string_equal(a->version, "23.05.3");
    assert_figure(a, "uptime", "uptime", 120, "min", "");
    assert_figure(a, "load-average", "load", 0.5, "count", "system");
    assert_figure(a, "memory-used", "memory", 50, "%", "system");
    assert_state(a, "link-state", "br-lan", READING_UNJUDGED, "link");
    assert_state(a, "link-state", "wan", READING_UNJUDGED, "no link");
    assert_figure(a, "port-speed", "br-lan", 1e9, "bps", "");
    assert_null(reading_of(a, "port-speed", "wan"));
    assert_figure(a, "signal", "phy1-sta0", -71, "dBm", "radio-phy1-sta0");
    assert_figure(a, "clients", "phy0-ap0", 2, "count", "radio-phy0-ap0");
    assert_figure(a, "clients", "phy1-sta0", 0, "count",
                  "radio-phy1-sta0"); /* an empty list is none */
    assert_figure(a, "rssi", "phy0-ap0 weakest", -74, "dBm", "radio-phy0-ap0");
}

static void what_counts_up_is_told_by_the_second(void **state)
{
    (void)state;
    start_device("ubus", "ok");
    const struct ce_consulted *a = ask("openwrt-ubus");
    assert_string_equal(reading_of(a, "traffic-in", "br-lan")->object, "dev-br-lan");
    assert_true(isnan(reading_of(a, "traffic-in", "br-lan")->value));
    assert_true(consults_remember(bed.consults));
    a = ask("openwrt-ubus");
    assert_true(reading_of(a, "traffic-in", "br-lan")->value > 1000000); /* a megabyte in less than 8 s */
    assert_figure(a, "traffic-out", "br-lan", 0, "bps", "dev-br-lan");
    assert_null(reading_of(a, "traffic-in", "wan"));
    ask("asus-mesh"); /* nor does another profile of the node take them for its own */
    assert_true(reading_of(ask("openwrt-ubus"), "traffic-in", "br-lan")->value > 1000000);
}

static void what_counts_nothing_lets_us_go(void **state)
{
    (void)state;
    start_device("asus", "ok");
    ask("asus-mesh");
    assert_false(consults_remember(bed.consults));
}

/* ---- sessions ---- */

static void a_session_is_used_again(void **state)
{
    (void)state;
    start_device("asus", "ok");
    for (int i = 0; i < 3; i++)
        assert_ends(ask("asus-mesh"), CONSULTATION_READ, "");
    assert_int_equal(requests_to("/login.cgi"), 1);
    assert_int_equal(requests_to("/appGet.cgi"), 3 * 3);
}

static void a_session_that_is_over_is_made_anew(void **state)
{
    static const struct {
        const char *kind, *profile;
    } all[] = {{"airos6", "airos-http"}, {"airos8", "airos-http"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        start_device(all[i].kind, "expire"); /* after one page */
        assert_ends(ask(all[i].profile), CONSULTATION_READ, "");
        assert_ends(ask(all[i].profile), CONSULTATION_READ, "");
        assert_int_equal(requests_to("/api/auth"), 2);
        sink_stop(bed.device);
    }
    const char *asus[] = {"--kind", "asus", "--mode", "expire", "--uses", "4", NULL};
    bed.device = sink_start("fake_device.py", asus);
    assert_ends(ask("asus-mesh"), CONSULTATION_READ, "");
    assert_int_equal(requests_to("/login.cgi"), 1);
    assert_ends(ask("asus-mesh"), CONSULTATION_READ,
                ""); /* half way it is over: all is asked again */
    assert_int_equal(requests_to("/login.cgi"), 2);
    assert_int_equal(requests_to("/appGet.cgi"), 3 + 2 + 3);
    sink_stop(bed.device);
    const char *ubus[] = {"--kind", "ubus", "--mode", "expire", "--uses", "8", NULL};
    bed.device = sink_start("fake_device.py", ubus);
    assert_ends(ask("openwrt-ubus"), CONSULTATION_READ, "");
    assert_ends(ask("openwrt-ubus"), CONSULTATION_READ, "");
    assert_true(requests_to("/ubus") == 1 + 8 + 1 + 1 + 8);
}

static void who_is_let_in_and_asked_to_log_in_again_lacks_the_rights(void **state)
{
    (void)state;
    start_device("ubus", "denied");
    const struct ce_consulted *a = ask("openwrt-ubus");
    assert_ends(a, CONSULTATION_WRONG, "auth-rights");
    assert_int_equal(requests_to("/ubus"), 2); /* one login, one page: no circle */
}

static void a_new_password_is_another_session(void **state)
{
    (void)state;
    start_device("asus", "ok");
    assert_ends(ask("asus-mesh"), CONSULTATION_READ, "");
    assert_ends(consult((struct asked){.profile = "asus-mesh", .password = "wrong"}),
                CONSULTATION_REFUSED, "auth-refused");
}

/* ---- what goes wrong ---- */

static void a_wrong_password_is_told_from_all_else(void **state)
{
    static const struct {
        const char *kind, *profile;
    } all[] = {{"asus", "asus-mesh"},
               {"airos6", "airos-http"},
               {"airos8", "airos-http"},
               {"ubus", "openwrt-ubus"}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        start_device(all[i].kind, "ok");
        const struct ce_consulted *a =
            consult((struct asked){.profile = all[i].profile, .password = "straw"});
        assert_ends(a, CONSULTATION_REFUSED, "auth-refused");
        assert_null(strstr(a->detail, "straw"));
        assert_int_equal(a->readings_count, 0);
        sink_stop(bed.device);
    }
    bed.device = NULL;
}

static void a_locked_door_is_told_from_a_wrong_password(void **state)
{
    (void)state;
    start_device("asus", "lock");
    assert_ends(ask("asus-mesh"), CONSULTATION_LOCKED, "auth-locked");
}

static void assert_misbehaves(const char *kind, const char *profile, const char *mode,
                              enum consultation_end end, const char *reason)
{
    struct mono begun = clock_mono();
    start_device(kind, mode);
    consult((struct asked){.profile = profile,
                           .timeout_ns = end == CONSULTATION_SILENT ? MILLISECONDS(400) : 0});
    assert_ends(&bed.answer, end, reason);
    assert_true(mono_since(clock_mono(), begun) < SECONDS(30));
    sink_stop(bed.device);
    bed.device = NULL;
}

static void each_misbehaviour_has_its_word(void **state)
{
    (void)state;
    assert_misbehaves("asus", "asus-mesh", "truncated", CONSULTATION_WRONG, "json");
    assert_misbehaves("asus", "asus-mesh", "huge", CONSULTATION_WRONG, "too-large");
    assert_misbehaves("asus", "asus-mesh", "drip", CONSULTATION_SILENT, "timeout");
    assert_misbehaves("asus", "asus-mesh", "hang", CONSULTATION_SILENT, "timeout");
    assert_misbehaves("asus", "asus-mesh", "redirect", CONSULTATION_WRONG, "redirect");
    assert_misbehaves("asus", "asus-mesh", "error", CONSULTATION_WRONG, "status");
    assert_misbehaves("airos6", "airos-http", "redirect", CONSULTATION_WRONG, "redirect");
    assert_misbehaves("airos8", "airos-http", "truncated", CONSULTATION_WRONG, "json");
    assert_misbehaves("ubus", "openwrt-ubus", "drip", CONSULTATION_SILENT, "timeout");
    assert_misbehaves("ubus", "openwrt-ubus", "huge", CONSULTATION_WRONG, "too-large");
}

static void a_page_for_people_is_no_data_and_no_circle_of_logins(void **state)
{
    (void)state;
    start_device("airos8", "html");
    assert_ends(ask("airos-http"), CONSULTATION_WRONG, "auth-rights");
    assert_int_equal(requests_to("/api/auth"), 1);
}

static void json_of_another_shape_has_no_figures(void **state)
{
    (void)state;
    start_device("asus", "strange");
    const struct ce_consulted *a = ask("asus-mesh");
    assert_ends(a, CONSULTATION_READ, "");
    for (size_t i = 0; i < a->readings_count; i++)
        assert_string_equal(a->readings[i].meaning, "mesh-nodes"); /* none has joined */
    assert_null(a->model);
}

static void silence_and_a_closed_port_are_told_apart(void **state)
{
    (void)state;
    assert_ends(ask("asus-mesh"), CONSULTATION_WRONG, "refused"); /* port 1 of this machine */
    assert_ends(consult((struct asked){.profile = "asus-mesh", .url = "file:///etc"}),
                CONSULTATION_OURS, "url");
}

/* Sixty-four talk to a device that says nothing; what is beyond is not the next one's silence. */
static void more_than_can_be_read_at_once_is_our_own_fault(void **state)
{
    (void)state;
    char url[64], node[16];
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int mute = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(mute, (struct sockaddr *)&a, sizeof a) | listen(mute, 128), 0);
    getsockname(mute, (struct sockaddr *)&a, &len);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(a.sin_port));
    struct ec_consult r = {.url = url, .node = node, .user = "farmer", .password = (char *)(uintptr_t)PASSWORD,
                           .timeout_ns = SECONDS(30), .profile = *profile_find_http(&bed.library.set, "asus-mesh")};
    while (bed.count == 0 && r.id < 1000) {
        snprintf(node, sizeof node, "node-%u", ++r.id);
        consults_take(bed.consults, &r);
    }
    assert_ends(&bed.answer, CONSULTATION_OURS, "busy");
    assert_int_equal(bed.answer.id, r.id);
    assert_int_equal(consults_running(bed.consults), r.id - 1);
    close(mute);
}

/* ---- a certificate the device made itself ---- */

struct https {
    char certificate[128], key[128], url[64];
};

/* False: no openssl here. */
static bool start_https(struct https *h)
{
    if (!sink_certificate(h->certificate, h->key, sizeof h->key))
        return false;
    const char *arguments[] = {"--kind", "airos8", "--certificate", h->certificate, "--key", h->key, NULL};
    bed.device = sink_start("fake_device.py", arguments);
    snprintf(h->url, sizeof h->url, "https://127.0.0.1:%d", sink_port(bed.device));
    return true;
}

static void without_a_pin_it_is_refused_unless_nothing_is_verified(void **state)
{
    struct https h;
    (void)state;
    if (!start_https(&h))
        skip();
    struct asked q = {.profile = "airos-http", .url = h.url, .verify_tls = true};
    assert_ends(consult(q), CONSULTATION_WRONG, "tls");
    assert_int_equal(requests_to("/api/auth"), 0); /* the password did not go there */
    q.verify_tls = false;
    const struct ce_consulted *a = consult(q);
    assert_ends(a, CONSULTATION_READ, "");
    assert_true(a->certificate_expires.ns > clock_wall().ns);
    sink_forget_certificate(h.certificate, h.key);
}

static void the_right_pin_lets_it_in_whatever_else_is_verified(void **state)
{
    struct https h;
    char pin[SINK_PIN_MAX];
    (void)state;
    if (!start_https(&h))
        skip();
    assert_true(sink_pin(h.certificate, pin));
    for (int verify = 0; verify < 2; verify++) {
        const struct ce_consulted *a =
            consult((struct asked){.profile = "airos-http", .url = h.url, .verify_tls = verify, .pin = pin});
        assert_ends(a, CONSULTATION_READ, "");
        assert_figure(a, "signal", "barn", -51, "dBm", "link-00:11:22:33:2E:05");
        assert_true(a->certificate_expires.ns > clock_wall().ns);
    }
    assert_int_equal(requests_to("/api/auth"), 2); /* two settings, two sessions */
    sink_forget_certificate(h.certificate, h.key);
}

static void a_wrong_pin_keeps_the_password_and_says_why(void **state)
{
    struct https h, other;
    char pin[SINK_PIN_MAX];
    (void)state;
    if (!start_https(&h) || !sink_certificate(other.certificate, other.key, sizeof other.key))
        skip();
    assert_true(sink_pin(other.certificate, pin));
    const char *const wrong[] = {pin, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sha256//"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct ce_consulted *a = consult((struct asked){.profile = "airos-http", .url = h.url, .pin = wrong[i]});
        assert_ends(a, CONSULTATION_WRONG, "tls");
        assert_string_equal(a->detail, "its key is not the one pinned: another device, or a new key");
    }
    assert_int_equal(requests_to("/api/auth"), 0);
    sink_forget_certificate(h.certificate, h.key);
    sink_forget_certificate(other.certificate, other.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(an_asus_mesh_tells_its_nodes_and_what_they_hang_on),
        T(an_asus_mesh_tells_who_has_joined_which_node),
        T(airos_6_tells_of_its_link),
        T(airos_8_tells_of_each_partner),
        T(openwrt_tells_of_its_radios_one_by_one),
        T(what_counts_up_is_told_by_the_second),
        T(what_counts_nothing_lets_us_go),
        T(a_session_is_used_again),
        T(a_session_that_is_over_is_made_anew),
        T(who_is_let_in_and_asked_to_log_in_again_lacks_the_rights),
        T(a_new_password_is_another_session),
        T(a_wrong_password_is_told_from_all_else),
        T(a_locked_door_is_told_from_a_wrong_password),
        T(each_misbehaviour_has_its_word),
        T(a_page_for_people_is_no_data_and_no_circle_of_logins),
        T(json_of_another_shape_has_no_figures),
        T(silence_and_a_closed_port_are_told_apart),
        T(more_than_can_be_read_at_once_is_our_own_fault),
        T(without_a_pin_it_is_refused_unless_nothing_is_verified),
        T(the_right_pin_lets_it_in_whatever_else_is_verified),
        T(a_wrong_pin_keeps_the_password_and_says_why),
    };
    return cmocka_run_group_tests(tests, read_profiles, forget_profiles);
}
