/* hayloft-web with everything around it played by this program: parent, engine, store and painter. The
 * view holds what pages must bear: an open incident, a node without data yet, a name of 60 characters,
 * text that would be markup, a network that fails at one site.
 *
 * usage: web-fixture PROGRAM STATE_DIR LISTEN [FILE.sql...] [users] [nodes=N]
 * Says "ready" on stdout; ends when stdin does. With "users", admin may sign in with "secret". */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "poller/base/channel.h"
#include "poller/config/config.h"
#include "poller/message/parent_any.h"
#include "poller/message/pieces.h"
#include "poller/message/web_engine.h"
#include "poller/message/web_painter.h"
#include "poller/message/web_store.h"

#define LONG_NAME "a-camera-behind-the-old-cattle-shed-at-the-far-end-of-it-all"
#define HOSTILE "</title><script>canary()</script>\"'><img src=x onerror=canary()>"

static bool with_users;
static int more_nodes;
static struct wall now;
static int engine_fd = -1, store_fd = -1, painter_fd = -1, parent_fd = -1;
static bool acknowledged;
static char *state_dir;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void say(int fd, uint16_t type, const struct record *record, const void *value, int pass)
{
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    enum frame_result r;
    while ((r = frame_send(fd, type, packed.data, packed.len, pass)) == FRAME_AGAIN)
        poll(&p, 1, 1000);
    buf_fini(&packed);
}

static struct view_check check(const char *kind, const char *label, enum verdict v)
{
    return (struct view_check){(char *)kind, (char *)label, v, v == VERDICT_FAILING ? "timeout" : NULL,
                               {v == VERDICT_UNKNOWN ? 0 : now.ns - SECONDS(20)}, MINUTES(1), MINUTES(1), 0};
}

struct sample_node {
    const char *name, *address, *site, *parent, *role;
    enum node_class class;
    enum node_state state;
    const char *behind;
    double rtt_s;
};

static const struct sample_node samples[] = {
    {"internet", "", "", NULL, "internet", CLASS_NETWORK, STATE_UP, NULL, 0.0142},
    {"router", "192.168.1.1", "house", NULL, "router", CLASS_NETWORK, STATE_UP, NULL, 0.0004},
    {"lan-switch", "192.168.1.2", "house", "router", "switch", CLASS_NETWORK, STATE_UP, NULL, 0.0006},
    {"bridge-house", "192.168.1.10", "house", "lan-switch", "radio", CLASS_NETWORK, STATE_UP, NULL, 0.0011},
    {"bridge-barn", "192.168.1.11", "barn", "bridge-house", "radio", CLASS_NETWORK, STATE_DOWN, NULL, NAN},
    {"barn-node", "192.168.1.12", "barn", "bridge-barn", "", CLASS_NETWORK, STATE_UNREACHABLE, "bridge-barn", NAN},
    {"barn-cam", "192.168.1.31", "barn", "barn-node", "", CLASS_FIXED, STATE_UNREACHABLE, "bridge-barn", NAN},
    {LONG_NAME, "192.168.1.32", "barn", "barn-node", "", CLASS_FIXED, STATE_UNREACHABLE, "bridge-barn", NAN},
    {"nas", "192.168.1.40", "house", "lan-switch", "", CLASS_FIXED, STATE_DEGRADED, NULL, 0.0009},
    {"new-printer", "192.168.1.41", "house", "lan-switch", "", CLASS_FIXED, STATE_UNKNOWN, NULL, NAN},
    {HOSTILE, "192.168.1.66", "house", "lan-switch", "", CLASS_FIXED, STATE_UP, NULL, 0.002},
};
#define SAMPLES (sizeof samples / sizeof samples[0])

static struct ew_node node_of(const struct sample_node *s, struct view_check checks[3])
{
    bool silent = s->state == STATE_DOWN || s->state == STATE_UNREACHABLE;
    enum verdict v = s->state == STATE_UNKNOWN ? VERDICT_UNKNOWN : silent ? VERDICT_FAILING : VERDICT_OK;
    struct ew_node n = {.name = (char *)s->name, .class = s->class, .site = (char *)s->site,
                        .state = s->state, .since = {now.ns - MINUTES(s->state == STATE_UP ? 6000 : 12)},
                        .behind = (char *)s->behind, .parent = (char *)s->parent, .role = (char *)s->role,
                        .rtt_s = s->rtt_s, .loss = silent ? 1 : 0, .checks = checks, .checks_count = 1};
    addr_parse(s->address, &n.address);
    checks[0] = check(strcmp(s->role, "internet") == 0 ? "internet" : "ping", "", v);
    if (strcmp(s->role, "switch") == 0 || strcmp(s->role, "router") == 0)
        checks[n.checks_count++] = check("snmp", "", VERDICT_OK);
    if (strcmp(s->role, "switch") == 0) {
        checks[1].interval_ns = MINUTES(4);
        checks[1].takes_ns = MILLISECONDS(6200);
    }
    if (strcmp(s->name, "nas") == 0) {
        checks[n.checks_count++] = check("tcp", "445", VERDICT_FAILING);
        n.reason = "refused";
    }
    if (s->state == STATE_DOWN)
        n.reason = "timeout";
    return n;
}

static void tell_nodes(void)
{
    struct view_check checks[3];
    for (size_t i = 0; i < SAMPLES; i++) {
        struct ew_node n = node_of(&samples[i], checks);
        say(engine_fd, EW_NODE, &ew_node_record, &n, -1);
    }
    for (int i = 0; i < more_nodes; i++) {
        char name[32];
        snprintf(name, sizeof name, "phone-%03d", i);
        struct sample_node s = {name, "192.168.2.9", "house", "lan-switch", "", CLASS_ROAMING, STATE_UP, NULL,
                                0.003 + i * 1e-5};
        struct ew_node n = node_of(&s, checks);
        say(engine_fd, EW_NODE, &ew_node_record, &n, -1);
    }
}

static void tell_status(void)
{
    char *faults[] = {"the clock was turned back by 3 s"};
    struct ew_status s = {.site = "Home farm", .version = HAYLOFT_VERSION, .generation = 1,
                          .started = {now.ns - MINUTES(6100)}, .now = now, .nodes_up = 5, .nodes_total = 11,
                          .open_incidents = 2, .verdict = VERDICT_FAILING, .internet = VERDICT_OK,
                          .slow_rounds = 0, .echoes_sent = 123456, .snmp_requests = 4242, .samples = 99887,
                          .checks = 14, .last_durable = {now.ns - SECONDS(4)}, .own_faults = faults,
                          .own_faults_count = with_users ? 1 : 0};
    s.nodes_total += (uint32_t)more_nodes;
    s.nodes_up += (uint32_t)more_nodes;
    say(engine_fd, EW_STATUS, &ew_status_record, &s, -1);
}

static void tell_view(void)
{
    int64_t vlans[] = {501, 502};
    struct site_verdict sites[] = {{"house", VERDICT_OK, "DHCP, gateway, DNS and a page, from eth0"},
                                   {"barn", VERDICT_FAILING, "no answer crossed lan-switch"},
                                   {"shed", VERDICT_UNKNOWN, "nothing in the shed can ask"}};
    struct view_vlan states[] = {
        {501, VERDICT_FAILING, "silence", "", true, {now.ns - SECONDS(90)}, "guest-501"},
        {502, VERDICT_UNKNOWN, "not-carried", "nothing of VLAN 502 was ever heard on eth0", false,
         {now.ns - SECONDS(80)}, NULL}};
    struct view_network_step steps[] = {
        {501, "link", VERDICT_OK, "", "eth0", 120000},
        {501, "offer", VERDICT_FAILING, "silence", "nobody answered three times " HOSTILE, SECONDS(12)},
        {501, "control", VERDICT_OK, "", "192.168.1.77 from 192.168.1.1", MILLISECONDS(3012)},
        {501, "audit", VERDICT_FAILING, "", "lan-switch does not know VLAN 501", 0}};
    struct view_hop hops[] = {
        {"router", NULL, "lan1", "house", VERDICT_UNKNOWN, "tells of no VLANs"},
        {"lan-switch", "gi1", "gi5", "house", VERDICT_FAILING, "does not know VLAN 501"},
        {"bridge-house or bridge-barn", NULL, NULL, "house", VERDICT_UNKNOWN, "nobody there tells"},
        {"barn-node", NULL, NULL, "barn", VERDICT_UNKNOWN, "tells of no VLANs"}};
    struct ew_network guest = {.name = "guest", .kind = "guest", .vlans = vlans, .vlans_count = 2,
                               .verdict = VERDICT_FAILING, .sentence = "lan-switch does not know VLAN 501",
                               .sites = sites, .sites_count = 3, .states = states, .states_count = 2, .steps = steps,
                               .steps_count = 4, .hops = hops, .hops_count = 4, .at = {now.ns - SECONDS(80)}};
    struct view_vlan untagged = {-1, VERDICT_OK, "", "", true, {now.ns - SECONDS(20)}, NULL};
    struct ew_network lan = {.name = "lan", .kind = "lan", .verdict = VERDICT_OK, .states = &untagged,
                             .states_count = 1, .at = {now.ns - SECONDS(20)},
                             .sentence = "No stranger hands out addresses or plays router here."};
    struct ew_link bridge = {"barn bridge", "bridge", "bridge-house", "bridge-barn", VERDICT_FAILING, "silent"};
    struct ew_seen phone = {.name = "pixel-7", .vendor = "Google", .class = "roaming",
                            .first = {now.ns - MINUTES(600)}, .last = {now.ns - MINUTES(3)}};
    struct ew_seen odd = {.name = HOSTILE, .vendor = "A maker whose name is rather long GmbH & Co. KG",
                          .class = "fixed", .first = {now.ns - MINUTES(60)}, .last = {now.ns - MINUTES(1)}};
    static struct view_sight sights[] = {{"barn-cam", STATE_UP, {0}}, {"bridge-barn", STATE_DOWN, {0}}};
    struct ew_vantage barn = {.name = "barn", .site = "barn", .reports = true, .heard = {now.ns - SECONDS(40)},
                              .skew_ns = SECONDS(-90), .clock_set = true, .behind = {now.ns - MINUTES(600)},
                              .started = {now.ns - MINUTES(900)}, .every_ns = SECONDS(60), .nodes = sights,
                              .nodes_count = 2};
    struct ew_vantage stable = {.name = "stable", .site = HOSTILE, .missed = true, .heard = {now.ns - MINUTES(90)}};
    addr_parse("192.168.1.103", &phone.address);
    mac_parse("3c:84:6a:01:02:03", &phone.mac);
    addr_parse("192.168.1.104", &odd.address);
    mac_parse("3c:84:6a:01:02:04", &odd.mac);
    tell_status();
    tell_nodes();
    say(engine_fd, EW_LINK, &ew_link_record, &bridge, -1);
    say(engine_fd, EW_NETWORK, &ew_network_record, &guest, -1);
    say(engine_fd, EW_NETWORK, &ew_network_record, &lan, -1);
    say(engine_fd, EW_SEEN, &ew_seen_record, &odd, -1);
    say(engine_fd, EW_SEEN, &ew_seen_record, &phone, -1);
    say(engine_fd, EW_VANTAGE, &ew_vantage_record, &barn, -1);
    say(engine_fd, EW_VANTAGE, &ew_vantage_record, &stable, -1);
    say(engine_fd, EW_SNAPSHOT_END, NULL, NULL, -1);
}

static void fill_ports(struct view_port ports[8], struct ew_detail *d)
{
    static char *names[] = {"gi1", "gi2", "gi3", "gi4", "gi5", "gi6", "gi7", "vlan1"};
    for (uint32_t i = 0; i < 8; i++)
        ports[i] = (struct view_port){.index = i + 1, .name = names[i], .alias = i == 6 ? HOSTILE : "",
                                      .type = 6, .speed_bps = i < 6 ? 1000000000 : 0, .admin = "up",
                                      .oper = i < 4 ? "up" : "down", .in_bps = i < 4 ? 1e6 * (i + 1) : NAN,
                                      .out_bps = i < 4 ? 3e5 * (i + 1) : NAN, .in_errors = NAN, .out_errors = NAN};
    d->ports = ports;
    d->ports_count = 8;
}

/* Two partners of a radio, one of them hardly heard. */
static void fill_stations(struct view_reading r[5])
{
    static char far[] = "3c:84:6a:02:00:0b", near[] = "3c:84:6a:02:00:0a";
    r[0] = (struct view_reading){.meaning = "signal", .label = "bridge-barn signal", .unit = "dBm", .value = -79,
                                 .level = "warn", .mac = far};
    r[1] = (struct view_reading){.meaning = "snr", .label = "bridge-barn over noise", .unit = "dB", .value = 12,
                                 .level = "good", .mac = far};
    r[2] = (struct view_reading){.meaning = "tx-rate", .label = "bridge-barn", .unit = "bit/s", .value = 39e6,
                                 .level = "unjudged", .mac = far};
    r[3] = (struct view_reading){.meaning = "signal", .label = "shed signal", .unit = "dBm", .value = -58,
                                 .level = "good", .mac = near};
    r[4] = (struct view_reading){.meaning = "link-state", .label = "shed", .unit = "", .state = "main", .value = NAN,
                                 .level = "good", .mac = near};
    for (int i = 0; i < 5; i++) {
        r[i].class_ = "rssi";
        r[i].index = "1";
        r[i].warn_low = r[i].bad_low = r[i].warn_high = r[i].bad_high = NAN;
        r[i].at = r[i].since = (struct wall){now.ns - SECONDS(40)};
    }
}

static void answer_detail(const struct we_name *question)
{
    struct view_check checks[3];
    struct view_port ports[8];
    struct view_reading stations[5];
    struct view_series service = {"here", "tcp-445", "time", "s", 0.002, now};
    struct ew_detail d = {.request = question->request, .uptime_ns = -1, .node = {.name = ""}};
    struct view_elsewhere from_barn = {"barn", STATE_UP, {now.ns - MINUTES(300)}, {now.ns - SECONDS(40)}};
    for (size_t i = 0; i < SAMPLES; i++) {
        if (strcmp(samples[i].name, question->name) != 0)
            continue;
        d.node = node_of(&samples[i], checks);
        d.found = true;
        if (strcmp(samples[i].name, "nas") == 0) {
            d.series = &service;
            d.series_count = 1;
        }
        if (strcmp(samples[i].name, "barn-cam") == 0) {
            d.elsewhere = &from_barn;
            d.elsewhere_count = 1;
        }
        if (strcmp(samples[i].name, "bridge-house") == 0) {
            fill_stations(stations);
            d.readings = stations;
            d.readings_count = 5;
        }
        if (strcmp(samples[i].role, "switch") == 0) {
            d.description = "Managed switch, 8 ports, " HOSTILE;
            d.location = "cellar";
            d.uptime_ns = MINUTES(60 * 24 * 17);
            fill_ports(ports, &d);
        }
    }
    say(engine_fd, EW_DETAIL, &ew_detail_record, &d, -1);
}

/* A switch as people have it: neighbours that tell their names and such that do not, one with a name that would
 * be markup; a camera and a long name that are only heard; more addresses at a port than a page shows. */
static void fill_tables(struct ew_tables *t, struct arena *a)
{
    static char *names[] = {"gi1", "gi2", "gi3", "gi4", "gi5", "gi6", "gi7", "vlan1"};
    static const uint32_t all[] = {1, 2, 3, 4, 5, 6, 7}, house[] = {1, 2, 3}, cameras[] = {5, 6, 7};
    static const struct wiring_vlan vlans[] = {
        {1, "default", all, house, 7, 3, true}, {20, "cameras", cameras, cameras, 3, 3, true},
        {501, HOSTILE, all, NULL, 2, 0, true},
        {502, "guests-of-the-house-and-of-the-barn-and-of-the-shed", NULL, NULL, 0, 0, false}};
    static const struct wiring_neighbour neighbours[] = {
        {1, "3c:84:6a:01:00:01", "eth2", "to the cellar", "router", "RouterOS"},
        {2, "3c:84:6a:01:00:02", "ath0", "", "bridge-house", "a radio"},
        {3, "3c:84:6a:01:00:03", HOSTILE, "", HOSTILE, ""}};
    static const struct wiring_poe_port poe[] = {{1, 1, 1, true, WIRING_POE_SEARCHING, WIRING_POE_NO_CLASS},
                                                 {2, 1, 2, true, WIRING_POE_DELIVERING, 4},
                                                 {3, 1, 3, true, WIRING_POE_SEARCHING, WIRING_POE_NO_CLASS},
                                                 {4, 1, 4, true, WIRING_POE_SEARCHING, WIRING_POE_NO_CLASS},
                                                 {5, 1, 5, true, WIRING_POE_SEARCHING, WIRING_POE_NO_CLASS},
                                                 {6, 1, 6, true, WIRING_POE_FAULT, WIRING_POE_NO_CLASS},
                                                 {7, 1, 7, false, WIRING_POE_DISABLED, WIRING_POE_NO_CLASS}};
    static char *nodes[] = {"router", "bridge-house", NULL};
    struct wiring_port *ports = arena_take(a, 8 * sizeof *ports);
    struct wiring_address *heard = arena_take(a, 90 * sizeof *heard);
    for (uint32_t i = 0; i < 8; i++)
        ports[i] = (struct wiring_port){i + 1, names[i]};
    for (uint8_t i = 0; i < 90; i++)
        heard[i] = (struct wiring_address){.vid = i % 3 ? 1 : 20, .mac = {{0x3c, 0x84, 0x6a, 1, 0, i}},
                                           .port = i < 80 ? 2 : i < 82 ? 4 : i < 83 ? 5 : 1};
    t->wiring = (struct wiring){.ports = ports, .port_count = 8, .vlans = vlans, .vlan_count = 4,
                                .addresses = heard, .address_count = 90, .neighbours = neighbours,
                                .neighbour_count = 3, .poe_ports = poe, .poe_port_count = 7,
                                .cut = 1u << WIRING_LIST_FDB};
    t->neighbour_nodes = nodes;
    t->neighbour_nodes_count = 3;
    t->owners = arena_take(a, 3 * sizeof *t->owners);
    t->owners_count = 3;
    t->owners[0] = (struct view_owner){{{0x3c, 0x84, 0x6a, 1, 0, 7}}, "barn-cam"};
    t->owners[1] = (struct view_owner){{{0x3c, 0x84, 0x6a, 1, 0, 8}}, LONG_NAME};
    t->owners[2] = (struct view_owner){{{0x3c, 0x84, 0x6a, 1, 0, 81}}, "nas"};
    t->at = arena_take(a, WIRING_LISTS * sizeof *t->at);
    t->at_count = WIRING_LISTS;
    for (int i = 0; i < WIRING_LISTS; i++)
        t->at[i] = (struct wall){now.ns - MINUTES(i == WIRING_LIST_POE ? 95 : 4)};
}

static void answer_tables(const struct we_name *question, struct arena *a)
{
    struct ew_tables t = {0};
    struct ew_piece piece;
    struct buf packed = {0};
    for (size_t i = 0; i < SAMPLES; i++) {
        t.found |= strcmp(samples[i].name, question->name) == 0;
        if (strcmp(samples[i].name, question->name) == 0 && strcmp(samples[i].role, "switch") == 0)
            fill_tables(&t, a);
    }
    struct view_owner partner = {{{0x3c, 0x84, 0x6a, 2, 0, 0x0b}}, "bridge-barn"};
    if (strcmp(question->name, "bridge-house") == 0) {
        t.owners = &partner;
        t.owners_count = 1;
    }
    field_pack(&ew_tables_record, &t, NULL, &packed);
    for (uint32_t at = 0; pieces_cut(&packed, question->request, at, &piece); at += PIECE_BYTES)
        say(engine_fd, EW_TABLES, &ew_piece_record, &piece, -1);
    buf_fini(&packed);
}

static void answer_probe(const struct we_name *question)
{
    struct ew_result r = {.request = question->request, .text = "no such node"};
    for (size_t i = 0; i < SAMPLES; i++)
        r.ok |= strcmp(samples[i].name, question->name) == 0;
    r.ok |= strcmp(question->name, "guest") == 0;
    if (r.ok)
        r.text = "up";
    say(engine_fd, EW_RESULT, &ew_result_record, &r, -1);
}

static sqlite3 *open_database(void)
{
    char path[4096];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/hayloft.db", state_dir);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        die("database");
    return db;
}

static void run_sql(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, error);
        exit(1);
    }
}

static void answer_acknowledge(const struct we_ack *question)
{
    bool known = strcmp(question->incident, "here-2-open") == 0;
    struct ew_result r = {.request = question->request, .ok = known && !acknowledged, .text = "noted"};
    if (!r.ok)
        r.text = known ? "already acknowledged" : "there is no such incident";
    if (r.ok) {
        sqlite3 *db = open_database();
        char sql[256];
        snprintf(sql, sizeof sql, "UPDATE incident SET acknowledged = %lld, acknowledged_by = 'admin'"
                                  " WHERE id = 'here-2-open'", (long long)now.ns);
        run_sql(db, sql);
        sqlite3_close(db);
        acknowledged = true;
        struct ew_name name = {question->incident};
        say(engine_fd, EW_INCIDENT, &ew_name_record, &name, -1);
    }
    say(engine_fd, EW_RESULT, &ew_result_record, &r, -1);
}

static void be_engine(const struct frame *f, struct arena *a)
{
    struct we_name name;
    struct we_ack ack;
    if (f->type == WE_SUBSCRIBE)
        tell_view();
    else if (f->type == WE_DETAIL && frame_unpack(f, &we_name_record, a, &name))
        answer_detail(&name);
    else if (f->type == WE_TABLES && frame_unpack(f, &we_name_record, a, &name))
        answer_tables(&name, a);
    else if (f->type == WE_PROBE && frame_unpack(f, &we_name_record, a, &name))
        answer_probe(&name);
    else if (f->type == WE_ACK && frame_unpack(f, &we_ack_record, a, &ack))
        answer_acknowledge(&ack);
}

/* A report's first word is the answer to it; any other is taken. */
static void take_report(const struct ws_report *m)
{
    struct sw_report r = {.request = m->request, .skew_ns = MILLISECONDS(2500)};
    for (int i = VANTAGE_MALFORMED; vantage_taken_words[i]; i++) {
        size_t len = strlen(vantage_taken_words[i]);
        if (m->body.len == len && memcmp(m->body.data, vantage_taken_words[i], len) == 0)
            r.taken = (enum vantage_taken)i;
    }
    if (r.taken)
        r.text = (char *)(uintptr_t) "as the fixture says";
    if (strcmp(m->vantage, "barn") == 0)
        say(store_fd, SW_REPORT, &sw_report_record, &r, -1);
}

static void be_store(const struct frame *f, struct arena *a)
{
    struct ws_login login;
    struct ws_report report;
    struct ws_session session;
    struct ws_fresh fresh;
    struct sw_login r = {.no_user_yet = !with_users};
    if (f->type == WS_REPORT) {
        if (frame_unpack(f, &ws_report_record, a, &report))
            take_report(&report);
        return;
    }
    if (f->type == WS_LOGIN && frame_unpack(f, &ws_login_record, a, &login)) {
        r.request = login.request;
        r.ok = with_users && strcmp(login.user, "admin") == 0 && strcmp(login.password, "secret") == 0;
        r.wait_ns = strcmp(login.user, "hammer") == 0 ? SECONDS(30) : 0;
    } else if (f->type == WS_SESSION && frame_unpack(f, &ws_session_record, a, &session)) {
        r.request = session.request;
        r.ok = with_users && strcmp(session.session, "0123456789abcdef") == 0;
    } else if (frame_unpack(f, f->type == WS_LOGOUT ? &ws_session_record : &ws_fresh_record, a,
                            f->type == WS_LOGOUT ? (void *)&session : (void *)&fresh)) {
        struct sw_result done = {.request = f->type == WS_LOGOUT ? session.request : fresh.request, .ok = true};
        say(store_fd, SW_RESULT, &sw_result_record, &done, -1);
        return;
    }
    if (r.ok) {
        r.user = "admin";
        r.session = "0123456789abcdef";
        r.csrf = "token-of-admin";
    }
    say(store_fd, SW_LOGIN, &sw_login_record, &r, -1);
}

static void put_real(struct buf *out, double v)
{
    uint64_t bits;
    uint8_t packed[8];
    struct writer w = writer_over(packed, sizeof packed);
    memcpy(&bits, &v, sizeof bits);
    wr_u64(&w, bits);
    buf_put(out, packed, sizeof packed);
}

/* Well for long, then without names for a while, in the end without an address. */
static void put_steps_row(struct buf *out, double t)
{
    bool silent = t > 0.93, nameless = t > 0.5 && t < 0.56;
    put_real(out, silent ? 0 : 1);
    put_real(out, silent ? 12 : 3.01);
    put_real(out, silent ? NAN : nameless ? 0 : 1);
    put_real(out, silent ? NAN : nameless ? 4 : 0.02);
    put_real(out, silent || nameless ? NAN : t > 0.3 && t < 0.31 ? 0.5 : 1);
    put_real(out, silent || nameless ? NAN : 0.15 + 0.02 * sin(t * 60));
}

static void put_row(struct buf *out, const char *object, size_t i, size_t rows)
{
    double t = (double)i / (double)rows;
    if (strncmp(object, "guest-", 6) == 0) {
        put_steps_row(out, t);
        return;
    }
    if (strncmp(object, "if-", 3) == 0) {
        put_real(out, 2e6 * (1 + sin(t * 19)) * (1 + 0.3 * sin(t * 211)));
        put_real(out, 6e5 * (1 + cos(t * 13)) * (1 + 0.3 * cos(t * 173)));
        return;
    }
    bool silent = t > 0.97;
    double base = 0.0012 + 0.0004 * sin(t * 23) + 0.0002 * sin(t * 401);
    for (int s = 0; s < 5; s++)
        put_real(out, silent ? NAN : base * (0.85 + 0.08 * s * (1 + 0.5 * sin(t * 907))));
    put_real(out, silent ? 1 : i % 97 == 0 ? 0.1 : 0);
}

static void be_painter(const struct frame *f, struct arena *a)
{
    static char *ping[] = {"rtt_min", "rtt_q1", "rtt_median", "rtt_q3", "rtt_max", "loss"};
    static char *port[] = {"in_octets", "out_octets"};
    static char *steps[] = {"offer", "offer_time", "dns", "dns_time", "http", "http_time"};
    struct wp_points q;
    if (f->type != WP_POINTS || !frame_unpack(f, &wp_points_record, a, &q))
        return;
    if (strcmp(q.node, "new-printer") == 0 || strncmp(q.object, "tcp", 3) == 0) {
        struct pw_error none = {q.request, "there is no series of this name yet"};
        say(painter_fd, PW_ERROR, &pw_error_record, &none, -1);
        return;
    }
    bool is_port = strncmp(q.object, "if-", 3) == 0, is_guest = strncmp(q.object, "guest-", 6) == 0;
    int64_t step = (q.to.ns - q.from.ns) / q.points;
    struct pw_points p = {.request = q.request, .step_ns = step, .sources = is_port ? port : is_guest ? steps : ping,
                          .sources_count = is_port ? 2 : 6};
    for (size_t from = 0; from < q.points; from += 300) { /* in parts, as the real one */
        struct buf values = {0};
        size_t to = from + 300 < q.points ? from + 300 : q.points;
        for (size_t i = from; i < to; i++)
            put_row(&values, q.object, i, q.points);
        p.first = (struct wall){q.from.ns + step * (int64_t)(from + 1)};
        p.last = to == q.points;
        p.values = (struct bytes){(uint8_t *)values.data, values.len};
        say(painter_fd, PW_POINTS, &pw_points_record, &p, -1);
        buf_fini(&values);
    }
}

static void hand_peer(enum role who, int *ours)
{
    int pair[2];
    struct pa_peer peer = {who};
    if (frame_pair(pair) < 0)
        die("socketpair");
    if (*ours >= 0)
        close(*ours);
    *ours = pair[0];
    say(parent_fd, PA_PEER, &pa_peer_record, &peer, pair[1]);
    close(pair[1]);
}

static void be_parent(const struct frame *f, struct arena *a)
{
    struct pa_peer wanted;
    struct ap_prepared prepared;
    if (f->type == AP_WANT && frame_unpack(f, &pa_peer_record, a, &wanted) && wanted.peer == ROLE_PAINTER)
        hand_peer(ROLE_PAINTER, &painter_fd);
    if (f->type == AP_PREPARED && frame_unpack(f, &ap_prepared_record, a, &prepared) && !prepared.ok)
        fprintf(stderr, "refused: %s\n", prepared.error);
    if (f->type == AP_ADOPTED) {
        puts("ready");
        fflush(stdout);
    }
}

static char *text_of(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 65536);
    if (!f || !text || fread(text, 1, 65535, f) == 0)
        die(path);
    fclose(f);
    return text;
}

/* The database stays open, as store's does: a fenced reader cannot make the -shm file. */
static sqlite3 *database;

static void run_file(const char *path)
{
    char *sql = text_of(path);
    if (!database) {
        database = open_database();
        run_sql(database, "PRAGMA journal_mode = WAL");
    }
    run_sql(database, sql);
    free(sql);
}

static int sealed_slice(const char *listen)
{
    struct config c = {.generation = 1, .title = "Home farm", .state_dir = state_dir, .language = "en"};
    struct buf packed = {0};
    static struct config_vantage vantages[] = {{"barn", "0123456789abcdef-barn", "barn", NULL},
                                               {"stable", "0123456789abcdef-stable", "stable", NULL}};
    c.web = (struct config_web){.enabled = true, .listen = (char *)(uintptr_t)listen};
    c.vantages = vantages;
    c.vantages_count = 2;
    config_pack(&c, NULL, &packed);
    int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || write(fd, packed.data, packed.len) != (ssize_t)packed.len ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
        die("slice");
    buf_fini(&packed);
    return fd;
}

static pid_t start(const char *program, int theirs)
{
    char *argv[] = {(char *)(uintptr_t)program, NULL};
    extern char **environ;
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, theirs, PARENT_FD);
    if (posix_spawn(&pid, program, &actions, NULL, argv, environ) != 0)
        die(program);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static pid_t child;

/* As the parent does it: told to stop, given five seconds. */
static void end(void)
{
    int status = 0;
    say(parent_fd, PA_STOP, NULL, NULL, -1);
    for (int i = 0; i < 500 && waitpid(child, &status, WNOHANG) == 0; i++)
        poll(NULL, 0, 10);
    kill(child, SIGKILL);
    exit(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1);
}

static void turn(void)
{
    static uint8_t buffer[FRAME_BUFFER_BYTES];
    int *fds[] = {&parent_fd, &engine_fd, &store_fd, &painter_fd};
    struct pollfd p[] = {{.fd = parent_fd, .events = POLLIN}, {.fd = engine_fd, .events = POLLIN},
                         {.fd = store_fd, .events = POLLIN}, {.fd = painter_fd, .events = POLLIN},
                         {.fd = 0, .events = POLLIN}};
    static void (*const act[])(const struct frame *, struct arena *) = {be_parent, be_engine, be_store, be_painter};
    char c;
    if (poll(p, 5, -1) < 0 && errno != EINTR)
        die("poll");
    if (p[4].revents && read(0, &c, 1) <= 0)
        end();
    for (int i = 0; i < 4; i++) {
        struct frame f;
        enum frame_result r;
        while (p[i].revents && *fds[i] == p[i].fd && (r = frame_receive(p[i].fd, buffer, &f)) != FRAME_AGAIN) {
            if (r != FRAME_OK) {
                fprintf(stderr, "hayloft-web closed a channel or ended\n");
                exit(1);
            }
            struct arena *a = arena_create(0);
            act[i](&f, a);
            arena_destroy(a);
        }
    }
}

int main(int argc, char **argv)
{
    int pair[2];
    struct pa_generation one = {1};
    if (argc < 4 || frame_pair(pair) < 0)
        return 2;
    now = clock_wall();
    state_dir = argv[2];
    for (int i = 4; i < argc; i++) {
        if (strstr(argv[i], ".sql"))
            run_file(argv[i]);
        with_users |= strcmp(argv[i], "users") == 0;
        if (strncmp(argv[i], "nodes=", 6) == 0)
            more_nodes = (int)strtol(argv[i] + 6, NULL, 10);
    }
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    parent_fd = pair[0];
    child = start(argv[1], pair[1]);
    close(pair[1]);
    hand_peer(ROLE_ENGINE, &engine_fd);
    hand_peer(ROLE_STORE, &store_fd);
    int slice = sealed_slice(argv[3]);
    say(parent_fd, PA_PREPARE, &pa_generation_record, &one, slice);
    close(slice);
    say(parent_fd, PA_ADOPT, &pa_generation_record, &one, -1);
    for (;;)
        turn();
}
