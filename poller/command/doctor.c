/* hayloft doctor: looks, changes nothing, and says of each thing whether it is well and else what to do. */
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "poller/base/buf.h"
#include "poller/base/json.h"
#include "poller/base/places.h"
#include "poller/base/sandbox.h"
#include "poller/command/all.h"
#include "poller/command/bundle.h"
#include "poller/command/lines.h"
#include "poller/command/progress.h"
#include "poller/command/send_test.h"
#include "poller/command/spawn.h"
#include "poller/command/store_client.h"
#include "poller/command/wifi_card.h"
#include "poller/document/documents.h"

#define FREE_SHARE_LEAST 10 /* per cent of the disk: below it the store gives warning too */
#define STORE_PATIENCE_NS SECONDS(5)
#define ANSWER_MAX_BYTES (1u << 20)

struct examination {
    struct invocation *v;
    const char *state; /* NULL: the configuration does not say */
    cJSON *checked; /* what the configuration reader says; NULL: nothing */
    cJSON *findings;
    enum verdict worst;
};

static void find(struct examination *e, enum verdict verdict, const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void find(struct examination *e, enum verdict verdict, const char *what, const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    cJSON *one = json_add_object(e->findings);
    json_put_text(one, "what", what);
    json_put_text(one, "verdict", verdict_words[verdict]);
    json_put_text(one, "text", buf_string(&text));
    if (!e->v->json) {
        printf("  %-14s ", what);
        put_safely(verdict_words[verdict], colour_of_state(verdict_words[verdict]));
        printf("%*s", 10 - (int)strlen(verdict_words[verdict]), "");
        put_safely(buf_string(&text), COLOUR_NONE);
        putchar('\n');
        fflush(stdout);
    }
    if (verdict > e->worst)
        e->worst = verdict;
    buf_fini(&text);
}

static void examine_configuration(struct examination *e)
{
    struct buf said = {0};
    char *argv[] = {"hayloft-config", "--config", (char *)(uintptr_t)e->v->config, "--check", "--json", NULL};
    int status = spawn_own(argv, &said);
    e->checked = json_parse(buf_string(&said), said.len, NULL);
    if (status == 0)
        find(e, VERDICT_OK, "configuration", "%s reads well", e->v->config);
    else
        find(e, VERDICT_FAILING, "configuration", "%s has mistakes: hayloft check-config", e->v->config);
    buf_fini(&said);
}

static void look_for_program(const char *name, struct buf *missing)
{
    char path[PLACES_PATH_MAX];
    if (!places_program(name, path) || access(path, X_OK) != 0)
        buf_printf(missing, "%s%s", missing->len ? ", " : "", name);
}

static void examine_programs(struct examination *e)
{
    struct buf missing = {0}, left_out = {0};
    look_for_program("hayloftd", &missing);
    look_for_program("hayloft-config", &missing);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "hayloft-%s", role_words[i]);
        if (role_built[i])
            look_for_program(name, &missing);
        else
            buf_printf(&left_out, "%s%s", left_out.len ? " and " : "; built without ", role_words[i]);
    }
    if (missing.len)
        find(e, VERDICT_FAILING, "programs", "cannot be run: %s", missing.data);
    else
        find(e, VERDICT_OK, "programs", "all are in place%s", buf_string(&left_out));
    buf_fini(&left_out);
    buf_fini(&missing);
}

static void examine_state_folder(struct examination *e)
{
    struct stat st;
    if (!e->state)
        return;
    if (stat(e->state, &st) != 0)
        find(e, errno == ENOENT ? VERDICT_DEGRADED : VERDICT_FAILING, "state folder", "%s: %s", e->state,
             errno == ENOENT ? "not there yet, the first start makes it" : strerror(errno));
    else if (!S_ISDIR(st.st_mode))
        find(e, VERDICT_FAILING, "state folder", "%s is no folder", e->state);
    else if (st.st_mode & 0007)
        find(e, VERDICT_DEGRADED, "state folder", "others may look into %s (mode %04o): chmod 750 it", e->state,
             (unsigned)st.st_mode & 07777);
    else
        find(e, VERDICT_OK, "state folder", "%s", e->state);
}

static void examine_disk(struct examination *e)
{
    struct statvfs fs;
    if (!e->state || statvfs(e->state, &fs) != 0 || fs.f_blocks == 0)
        return;
    double share = 100.0 * (double)fs.f_bavail / (double)fs.f_blocks;
    double free_mib = (double)fs.f_bavail * (double)fs.f_frsize / 1048576;
    bool read_only = fs.f_flag & ST_RDONLY, no_inodes = fs.f_files && fs.f_favail < 1000;
    if (read_only)
        find(e, VERDICT_FAILING, "disk", "%s takes no writes: the file system is read-only", e->state);
    else if (no_inodes)
        find(e, VERDICT_DEGRADED, "disk", "only %lu inodes are free", (unsigned long)fs.f_favail);
    else
        find(e, share < FREE_SHARE_LEAST ? VERDICT_DEGRADED : VERDICT_OK, "disk", "%.0f MiB free (%.0f %%)",
             free_mib, share);
}

static void examine_clock(struct examination *e)
{
    struct timex t = {0};
    char made[CLOCK_TEXT_MAX];
    int state = adjtimex(&t);
    if (clock_system().wall.ns < clock_built().ns)
        find(e, VERDICT_FAILING, "clock", "not set: it is before %s, and this program is younger; until it is set, "
             "samples wait in memory", wall_rfc3339(clock_built(), made));
    else if (state == TIME_ERROR || (t.status & STA_UNSYNC))
        find(e, VERDICT_DEGRADED, "clock", "nothing keeps the clock right: install systemd-timesyncd or chrony");
    else
        find(e, VERDICT_OK, "clock", "kept right");
}

static bool opens(int family, int type, int protocol)
{
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void examine_ping(struct examination *e)
{
    char range[64] = "?";
    FILE *f = fopen("/proc/sys/net/ipv4/ping_group_range", "re");
    if (f && fgets(range, sizeof range, f))
        range[strcspn(range, "\n")] = '\0';
    if (f)
        fclose(f);
    for (char *p = range; *p; p++)
        if (*p == '\t')
            *p = ' ';
    bool raw = opens(AF_INET, SOCK_RAW, IPPROTO_ICMP), datagram = opens(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    if (raw || datagram)
        find(e, VERDICT_OK, "ping", "this user may, by %s (ping_group_range %s)",
             datagram ? "datagram sockets" : "CAP_NET_RAW", range);
    else
        find(e, VERDICT_DEGRADED, "ping", "this user may not: start hayloftd with CAP_NET_RAW, or "
             "sysctl net.ipv4.ping_group_range=\"0 2147483647\" (now %s)", range);
}

/* What a running daemon has to hand to the part that captures. False: none can be looked at. */
static bool daemon_capabilities(const char *state, long *daemon, unsigned long long *held)
{
    char path[PLACES_PATH_MAX], line[256] = "";
    bool told = false;
    snprintf(path, sizeof path, "%s/lock", state ? state : "");
    FILE *f = state ? fopen(path, "re") : NULL;
    *daemon = f && fgets(line, sizeof line, f) ? strtol(line, NULL, 10) : 0;
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%ld/status", *daemon);
    f = *daemon > 0 ? fopen(path, "re") : NULL;
    bool ours = f && fgets(line, sizeof line, f) && strcmp(line, "Name:\thayloftd\n") == 0;
    while (ours && !told && fgets(line, sizeof line, f))
        told = sscanf(line, "CapPrm: %llx", held) == 1;
    if (f)
        fclose(f);
    return told;
}

/* Networks are watched by whole Ethernet frames: wire's sockets, and the right to make them. */
static void examine_capture(struct examination *e)
{
    static const char without[] = "without it networks are not watched (guests' VLANs, strange DHCP servers)";
    unsigned long long held = 0;
    long daemon;
    bool runs = daemon_capabilities(e->state, &daemon, &held);
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), error = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    if (error == EAFNOSUPPORT)
        find(e, VERDICT_DEGRADED, "capture", "this kernel has no packet sockets; %s", without);
    else if (runs && !(held >> CAP_NET_RAW & 1))
        find(e, VERDICT_DEGRADED, "capture", "hayloftd (pid %ld) may not: start it with CAP_NET_RAW; %s", daemon,
             without);
    else if (runs)
        find(e, VERDICT_OK, "capture", "hayloftd (pid %ld) may, by CAP_NET_RAW", daemon);
    else if (error)
        find(e, VERDICT_DEGRADED, "capture", "this user may not: start hayloftd with CAP_NET_RAW; %s", without);
    else
        find(e, VERDICT_OK, "capture", "this user may, by CAP_NET_RAW");
}

/* Networks on the air are joined by the system's wpa_supplicant. */
static void examine_wifi(struct examination *e)
{
    const cJSON *cards = json_member(e->checked, "wifi_cards"), *card;
    char text[WIFI_CARD_TEXT_MAX];
    cJSON_ArrayForEach(card, cards)
        if (cJSON_IsString(card)) {
            struct wifi_card_look look = wifi_card_look(card->valuestring);
            bool well = wifi_card_says(&look, text);
            find(e, well ? VERDICT_OK : VERDICT_DEGRADED, "wifi", "%s", text);
        }
}

static void examine_users(struct examination *e)
{
    struct buf missing = {0};
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "_hayloft-%s", role_words[i]);
        if (!getpwnam(name))
            buf_printf(&missing, "%s%s", missing.len ? ", " : "", name);
    }
    if (missing.len)
        find(e, VERDICT_DEGRADED, "users", "all roles share one user, so one taken over could signal the others; "
             "missing: %s (etc/quickstart --install makes them)", missing.data);
    else
        find(e, VERDICT_OK, "users", "each role has its own");
    buf_fini(&missing);
}

static void examine_fences(struct examination *e)
{
    int landlock = sandbox_landlock_version();
    bool seccomp = access("/proc/sys/kernel/seccomp/actions_avail", R_OK) == 0;
    if (landlock > 0 && seccomp)
        find(e, VERDICT_OK, "fences", "system calls by seccomp, files by Landlock %d", landlock);
    else
        find(e, VERDICT_DEGRADED, "fences", "this kernel lacks %s%s%s: there users and rights alone are the fence",
             seccomp ? "" : "seccomp (system calls)", seccomp || landlock ? "" : " and ",
             landlock ? "" : "Landlock (files)");
}

static void examine_engine(struct examination *e, const struct ew_status *s)
{
    char since[CLOCK_TEXT_MAX];
    find(e, VERDICT_OK, "engine", "answers; %u checks, running since %s", s->checks, wall_rfc3339(s->started, since));
    for (size_t i = 0; i < s->own_faults_count; i++)
        find(e, VERDICT_DEGRADED, "own fault", "%s", s->own_faults[i]);
    if (s->restoring)
        find(e, VERDICT_DEGRADED, "engine", "waits for the store");
    if (s->queue_dropped)
        find(e, VERDICT_DEGRADED, "engine", "%llu samples were dropped: the store was away, or the clock not set",
             (unsigned long long)s->queue_dropped);
}

static void examine_store(struct examination *e)
{
    char error[STORE_CLIENT_ERROR_MAX];
    struct sw_users users;
    struct ws_user question = {.request = 1};
    struct store_client *c = store_client_open(e->state, error);
    struct arena *arena = arena_create(ANSWER_MAX_BYTES);
    if (!c)
        find(e, VERDICT_FAILING, "store", "%s", error);
    else if (!arena || !store_client_ask(c, WS_USER_LIST, &ws_user_record, &question, STORE_PATIENCE_NS,
                                         SW_USERS, &sw_users_record, arena, &users))
        find(e, VERDICT_FAILING, "store", "%s", store_client_error(c));
    else if (users.users_count == 0)
        find(e, VERDICT_DEGRADED, "store", "answers; nobody may log in yet: hayloft user add NAME");
    else
        find(e, VERDICT_OK, "store", "answers; %zu may log in", users.users_count);
    arena_destroy(arena);
    store_client_close(c);
}

static void examine_daemon(struct examination *e)
{
    if (!e->state)
        return;
    struct snapshot *view = command_view(e->v, true);
    const struct ew_status *s = view ? snapshot_status(view) : NULL;
    long holder = 0;
    int lock = s ? -1 : bundle_lock(e->state, &holder);
    if (s) {
        examine_engine(e, s);
        examine_store(e);
    } else if (lock >= 0 || errno == ENOENT) {
        find(e, VERDICT_FAILING, "daemon", "hayloftd is not running");
    } else if (lock == -1) {
        find(e, VERDICT_FAILING, "daemon", "hayloftd (pid %ld) runs, but its engine does not answer", holder);
    } else {
        find(e, VERDICT_UNKNOWN, "daemon", "cannot look: %s", strerror(errno));
    }
    if (lock >= 0)
        close(lock);
    snapshot_destroy(view);
}

static void examine_receiver(struct examination *e, struct ledger *l, const char *name)
{
    cJSON *last = ledger_last_message(l, name, LEDGER_ANY_KIND);
    const char *state = last ? json_text(last, "state") : NULL, *error = last ? json_text(last, "error") : NULL;
    const char *kind = last ? json_text(last, "kind") : NULL;
    double attempts = last ? json_number(last, "attempts", 0) : 0;
    if (!state || !kind)
        find(e, VERDICT_OK, "receiver", "%s: nothing was sent to it yet (hayloft doctor --send-test %s)", name, name);
    else if (strcmp(state, "sent") == 0)
        find(e, VERDICT_OK, "receiver", "%s: the last message (%s) went out at %s", name, kind,
             json_text(last, "sent") ? json_text(last, "sent") : "an unknown time");
    else if (strcmp(state, "waiting") == 0 && attempts < 1)
        find(e, VERDICT_OK, "receiver", "%s: the last message (%s) is on its way", name, kind);
    else
        find(e, VERDICT_DEGRADED, "receiver", "%s: the last message (%s) %s%s%s", name, kind,
             strcmp(state, "waiting") == 0 ? "is tried again" : "was refused", error ? ": " : "", error ? error : "");
    cJSON_Delete(last);
}

static void examine_receivers(struct examination *e, struct ledger *l)
{
    const cJSON *names = json_member(e->checked, "receivers"), *name;
    if (e->checked && cJSON_GetArraySize(names) == 0)
        find(e, VERDICT_DEGRADED, "receivers", "none is configured: nobody hears of an incident");
    cJSON_ArrayForEach(name, names)
        if (cJSON_IsString(name))
            examine_receiver(e, l, name->valuestring);
}

static void examine_messages(struct examination *e)
{
    char error[LEDGER_ERROR_MAX];
    struct ledger *l = e->state ? ledger_open(e->state, error) : NULL;
    if (!l)
        return; /* the daemon, or its absence, was told already */
    cJSON *outbox = ledger_outbox(l);
    double waiting = json_number(outbox, "waiting", 0), refused = json_number(outbox, "refused", 0);
    const char *last = json_text(outbox, "last_error");
    if (!outbox)
        find(e, VERDICT_FAILING, "database", "could not be asked");
    else if (waiting > 0 || refused > 0)
        find(e, VERDICT_DEGRADED, "messages", "%.0f waiting, %.0f refused%s%s", waiting, refused, last ? ": " : "",
             last ? last : "");
    else
        find(e, VERDICT_OK, "messages", "none is waiting");
    cJSON_Delete(outbox);
    examine_receivers(e, l);
    ledger_close(l);
}

static int examine(struct invocation *v)
{
    struct examination e = {.v = v, .findings = cJSON_CreateArray(), .worst = VERDICT_OK};
    if (!v->json)
        printf("hayloft %s\n", HAYLOFT_VERSION);
    examine_configuration(&e);
    e.state = command_state_dir(v);
    static void (*const all[])(struct examination *) = {
        examine_programs, examine_state_folder, examine_disk, examine_clock, examine_ping,
        examine_capture, examine_wifi, examine_users, examine_fences, examine_daemon, examine_messages};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        all[i](&e);
    if (v->json) {
        cJSON *document = cJSON_CreateObject();
        json_put_text(document, "verdict", verdict_words[e.worst]);
        cJSON_AddItemToObject(document, "findings", e.findings);
        command_print_json(document);
        cJSON_Delete(document);
    } else {
        cJSON_Delete(e.findings);
    }
    cJSON_Delete(e.checked);
    return command_exit_of(e.worst);
}

int doctor_run(struct invocation *v)
{
    const char *receiver = command_option(v, "--send-test");
    if (v->argc > 1)
        return command_usage(v);
    if (receiver)
        return send_test(v, receiver);
    return examine(v);
}
