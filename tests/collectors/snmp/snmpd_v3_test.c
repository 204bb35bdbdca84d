/* Debian's snmpd asked by version 3, in a network namespace of its own: every pair of protocols it
 * has, right and wrong credentials, restarts; and that making keys does not hold up the loop.
 * Skipped without root, ip or snmpd. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectors/snmp/device.h"
#include "poller/command/once.h"

#define AGENT_PORT 16163
#define CHECKS     64

static const char auth_password[] = "maplesyrup", priv_password[] = "pancakes-too";
/* as snmpd.conf calls them */
static const char *const auth_names[] = {"MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"};
static const char *const priv_names[] = {"DES",     "AES",       "AES-192",
                                         "AES-256", "AES-192-C", "AES-256-C"};

struct bed {
    char folder[64];
    pid_t agent;
    struct once *once;
    struct collector_instance *snmp;
    uint32_t round;
    unsigned wanted, told; /* reports */
    bool done;
    enum outcome outcome; /* of the last */
    char reason[32], detail[200], name[64];
    uint32_t order[CHECKS]; /* in which checks were reported */
};

static bool run(const char *const *argv)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool own_namespace(void)
{
    const char *const argv[] = {"ip", "link", "set", "lo", "up", NULL};
    return geteuid() == 0 && unshare(CLONE_NEWNET) == 0 && run(argv);
}

/* ---- the agent ---- */

static bool write_configuration(const struct bed *bed, const char *engine_id)
{
    char path[128];
    snprintf(path, sizeof path, "%s/agent.conf", bed->folder);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fprintf(f, "agentAddress udp:127.0.0.1:%d\nsysName lab-switch\nexactEngineID 0x%s\n",
            AGENT_PORT, engine_id);
    for (int a = 0; a < 6; a++) {
        for (int p = 0; p < 6; p++)
            fprintf(f, "createUser u%d%d %s \"%s\" %s \"%s\"\nrouser u%d%d priv\n", a, p,
                    auth_names[a], auth_password, priv_names[p], priv_password, a, p);
        fprintf(f, "createUser u%d %s \"%s\"\nrouser u%d auth\n", a, auth_names[a], auth_password,
                a);
    }
    fprintf(f, "createUser anybody\nrouser anybody noauth\n");
    return fclose(f) == 0;
}

static bool answers(void)
{
    /* a discovery, see snmp_usm_test.c */
    static const uint8_t discovery[] = {
        0x30, 0x3e, 0x02, 0x01, 0x03, 0x30, 0x11, 0x02, 0x04, 0x20, 0xee, 0x92, 0x48,
        0x02, 0x03, 0x00, 0xff, 0xe3, 0x04, 0x01, 0x04, 0x02, 0x01, 0x03, 0x04, 0x10,
        0x30, 0x0e, 0x04, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x04, 0x00, 0x04,
        0x00, 0x04, 0x00, 0x30, 0x14, 0x04, 0x00, 0x04, 0x00, 0xa0, 0x0e, 0x02, 0x04,
        0x3e, 0xf8, 0x44, 0xb0, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x00};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(AGENT_PORT)};
    struct timeval patience = {.tv_usec = 300000};
    uint8_t answer[512];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool heard = connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
                 send(fd, discovery, sizeof discovery, 0) > 0 &&
                 recv(fd, answer, sizeof answer, 0) > 0;
    close(fd);
    return heard;
}

static bool start_agent(struct bed *bed)
{
    char configuration[256]; /* its own, and what it keeps: the boots */
    snprintf(configuration, sizeof configuration, "%s/agent.conf,%s/snmpd.conf", bed->folder,
             bed->folder);
    bed->agent = fork();
    if (bed->agent == 0) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        setenv("SNMP_PERSISTENT_DIR", bed->folder, 1);
        setenv("MIBS", "", 1);
        execl("/usr/sbin/snmpd", "snmpd", "-f", "-Lo", "-C", "-c", configuration, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 200 && !answers(); i++)
        usleep(50000);
    return bed->agent > 0 && answers();
}

static void stop_agent(struct bed *bed)
{
    kill(bed->agent, SIGTERM);
    waitpid(bed->agent, NULL, 0);
}

static void restart_agent(struct bed *bed, bool wiped, const char *engine_id)
{
    stop_agent(bed);
    const char *const argv[] = {"find", bed->folder, "-mindepth", "1", "-delete", NULL};
    if (wiped)
        assert_true(run(argv));
    assert_true(write_configuration(bed, engine_id));
    assert_true(start_agent(bed));
}

/* ---- asking ---- */

static void on_report(void *ctx, const struct report *r)
{
    struct bed *bed = ctx;
    bed->outcome = r->outcome;
    snprintf(bed->reason, sizeof bed->reason, "%s", r->reason);
    snprintf(bed->detail, sizeof bed->detail, "%s", r->detail ? r->detail : "");
    for (size_t i = 0; i < r->fact_count; i++)
        if (strcmp(r->facts[i].name, "sys.name") == 0)
            snprintf(bed->name, sizeof bed->name, "%s", r->facts[i].value);
    if (bed->told < CHECKS)
        bed->order[bed->told] = r->check;
    bed->done = ++bed->told >= bed->wanted;
}

static struct snmp_options as(const char *user, enum snmp_option_level level, int auth, int priv)
{
    return (struct snmp_options){.community = "",
                                 .version = OPTION_V3,
                                 .port = AGENT_PORT,
                                 .timeout_ns = MILLISECONDS(500),
                                 .retries = 2,
                                 .user = (char *)(uintptr_t)user,
                                 .level = level,
                                 .auth = (enum snmp_auth)auth,
                                 .priv = (enum snmp_priv)priv,
                                 .auth_password = (char *)(uintptr_t)auth_password,
                                 .priv_password = (char *)(uintptr_t)priv_password};
}

static void adopt(struct bed *bed, uint32_t check, const char *node, const char *address,
                  const struct snmp_options *o)
{
    static struct addr addresses[CHECKS];
    assert_true(addr_parse(address, &addresses[check]));
    struct check_setting s = {.check = check,
                              .node = node,
                              .label = "",
                              .addresses = &addresses[check],
                              .address_count = 1,
                              .options = o};
    assert_true(snmp_collector.adopt(bed->snmp, &s));
}

static void start(struct bed *bed, uint32_t check)
{
    snmp_collector.start(bed->snmp, check, ++bed->round, ROUND_REGULAR,
                         mono_after(clock_mono(), SECONDS(25)));
}

static void wait_for(struct bed *bed, unsigned reports)
{
    bed->wanted = reports;
    bed->done = bed->told >= reports;
    snmp_collector.flush(bed->snmp);
    assert_true(once_wait(bed->once, &bed->done, SECONDS(30)));
}

static void round_of(struct bed *bed)
{
    bed->told = 0;
    *bed->name = '\0';
    start(bed, 0);
    wait_for(bed, 1);
}

static void ask_as(struct bed *bed, const char *node, const struct snmp_options *o)
{
    adopt(bed, 0, node, "127.0.0.1", o);
    round_of(bed);
}

static void expect_answer(const struct bed *bed)
{
    if (bed->outcome != OUTCOME_ANSWERED)
        print_message("# %s: %s\n", bed->reason, bed->detail);
    assert_int_equal(bed->outcome, OUTCOME_ANSWERED);
    assert_string_equal(bed->reason, "");
}

static void expect_refusal(const struct bed *bed, const char *reason)
{
    assert_string_equal(bed->reason, reason);
    assert_int_equal(bed->outcome, OUTCOME_WRONG);
    assert_int_equal(strncmp(bed->detail, "auth failed: ", 13), 0);
}

static const char *kept(struct bed *bed, const char *node)
{
    const struct env *env = once_env(bed->once);
    const char *text = env->recall(env->ctx, node, "snmp.engine");
    return text ? text : "";
}

static unsigned kept_boots(struct bed *bed, const char *node)
{
    unsigned boots = 0;
    assert_int_equal(sscanf(kept(bed, node), "%*s %u", &boots), 1);
    return boots;
}

static int up(void **state)
{
    static struct bed bed = {.folder = "/tmp/hayloft-snmpd3-XXXXXX"};
    *state = NULL;
    if (access("/usr/sbin/snmpd", X_OK) != 0 || !own_namespace()) {
        print_message("# no root, no ip or no snmpd: skipped\n");
        return 0;
    }
    if (!mkdtemp(bed.folder) || !write_configuration(&bed, "80001f88046c6162") ||
        !start_agent(&bed))
        return -1;
    bed.once = once_create(NULL, on_report, &bed);
    bed.snmp = snmp_collector.create(once_env(bed.once));
    *state = &bed;
    return bed.snmp ? 0 : -1;
}

static int down(void **state)
{
    struct bed *bed = *state;
    if (!bed)
        return 0;
    snmp_collector.destroy(bed->snmp);
    once_destroy(bed->once);
    stop_agent(bed);
    const char *const argv[] = {"rm", "-r", bed->folder, NULL};
    return run(argv) ? 0 : -1;
}

#define BED(state)                                                                                 \
    struct bed *bed = *(state);                                                                    \
    if (!bed)                                                                                      \
    skip()

/* ---- right ---- */

static void every_pair_of_protocols_is_answered(void **state)
{
    BED(state);
    for (int a = 0; a < 6; a++)
        for (int p = 0; p < 6; p++) {
            char user[8];
            snprintf(user, sizeof user, "u%d%d", a, p);
            struct snmp_options o = as(user, OPTION_AUTH_PRIV, a, p);
            ask_as(bed, user, &o);
            expect_answer(bed);
            assert_string_equal(bed->name, "lab-switch");
        }
}

static void every_digest_alone_and_no_digest_at_all_are_answered(void **state)
{
    BED(state);
    for (int a = 0; a < 6; a++) {
        char user[8];
        snprintf(user, sizeof user, "u%d", a);
        struct snmp_options o = as(user, OPTION_AUTH_NO_PRIV, a, 0);
        ask_as(bed, user, &o);
        expect_answer(bed);
    }
    struct snmp_options o = as("anybody", OPTION_NO_AUTH, 0, 0);
    ask_as(bed, "anybody", &o);
    expect_answer(bed);
    assert_string_equal(bed->name, "lab-switch");
}

/* ---- wrong ---- */

static void wrong_credentials_have_their_words(void **state)
{
    static const struct {
        const char *reason, *user;
        enum snmp_option_level level;
        int auth, priv;
        const char *auth_password, *priv_password;
    } rows[] = {
        {"auth-user", "nobody", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, auth_password,
         priv_password},
        {"auth-user", "nobody", OPTION_NO_AUTH, SNMP_SHA256, SNMP_AES128, NULL, NULL},
        {"auth-password", "u31", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, "maple syrup",
         priv_password},
        {"auth-password", "u31", OPTION_AUTH_PRIV, SNMP_SHA512, SNMP_AES128, auth_password,
         priv_password},
        {"auth-decryption", "u31", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, auth_password,
         "pancakes too"},
        {"auth-decryption", "u00", OPTION_AUTH_PRIV, SNMP_MD5, SNMP_DES, auth_password,
         "pancakes too"},
        {"auth-decryption", "u13", OPTION_AUTH_PRIV, SNMP_SHA1, SNMP_AES256C, auth_password,
         priv_password},
        {"auth-access", "u31", OPTION_AUTH_NO_PRIV, SNMP_SHA256, SNMP_AES128, auth_password, NULL},
        {"auth-access", "u31", OPTION_NO_AUTH, SNMP_SHA256, SNMP_AES128, NULL, NULL},
        {"auth-level", "anybody", OPTION_AUTH_NO_PRIV, SNMP_SHA256, SNMP_AES128, auth_password,
         NULL},
        {"auth-level", "u3", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, auth_password,
         priv_password},
    };
    BED(state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct snmp_options o = as(rows[i].user, rows[i].level, rows[i].auth, rows[i].priv);
        char node[16];
        o.auth_password = (char *)(uintptr_t)rows[i].auth_password;
        o.priv_password = (char *)(uintptr_t)rows[i].priv_password;
        snprintf(node, sizeof node, "wrong-%zu", i);
        ask_as(bed, node, &o);
        expect_refusal(bed, rows[i].reason);
    }
}

static void a_wrong_password_never_works_by_a_right_one_of_another_node(void **state)
{
    BED(state);
    struct snmp_options right = as("u31", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128),
                        wrong = right;
    wrong.auth_password = (char *)(uintptr_t) "maple syrup";
    adopt(bed, 0, "right", "127.0.0.1", &right);
    adopt(bed, 1, "wrong", "127.0.0.1", &wrong);
    round_of(bed);
    expect_answer(bed);
    bed->told = 0;
    start(bed, 1);
    wait_for(bed, 1);
    expect_refusal(bed, "auth-password");
    snmp_collector.drop(bed->snmp, 1);
}

/* ---- restarts ---- */

static void restarts_are_followed_within_one_round(void **state)
{
    BED(state);
    struct snmp_options o = as("u31", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128);
    ask_as(bed, "restarts", &o);
    expect_answer(bed);
    unsigned boots = kept_boots(bed, "restarts");
    restart_agent(bed, false, "80001f88046c6162"); /* boots up, time back */
    round_of(bed);
    expect_answer(bed);
    assert_int_equal(kept_boots(bed, "restarts"), boots + 1);
    restart_agent(bed, true, "80001f88046c6162"); /* its memory is gone: boots back */
    round_of(bed);
    expect_answer(bed);
    assert_int_equal(kept_boots(bed, "restarts"), 1);
    assert_non_null(strstr(bed->detail, "counts its starts from anew"));
    restart_agent(bed, true, "80001f88046e6577"); /* another engine */
    round_of(bed);
    expect_answer(bed);
    assert_int_equal(strncmp(kept(bed, "restarts"), "80001f88046e6577 ", 17), 0);
    assert_non_null(strstr(bed->detail, "engine id is another"));
    round_of(bed);
    expect_answer(bed);
}

/* ---- row 29 ---- */

static int mute_socket(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(AGENT_PORT)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "127.0.0.9", &at.sin_addr);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void mute_devices_delay_nobody(void **state)
{
    BED(state);
    struct snmp_options o = as("u31", OPTION_AUTH_PRIV, SNMP_SHA256, SNMP_AES128);
    int mute = mute_socket();
    bed->told = 0;
    for (uint32_t check = 1; check <= 20; check++) {
        char node[16];
        snprintf(node, sizeof node, "mute-%u", check);
        adopt(bed, check, node, "127.0.0.9", &o);
        start(bed, check);
    }
    adopt(bed, 0, "lively", "127.0.0.1", &o);
    start(bed, 0);
    wait_for(bed, 1);
    assert_int_equal(bed->order[0], 0); /* started last, done first */
    expect_answer(bed);
    wait_for(bed, 21);
    assert_int_equal(bed->outcome, OUTCOME_SILENT);
    for (uint32_t check = 1; check <= 20; check++)
        snmp_collector.drop(bed->snmp, check);
    close(mute);
}

static double seconds(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

/* Twenty nodes by the costliest protocols: the loop's own thread has little of the work. */
static void keys_are_made_beside_the_loop(void **state)
{
    BED(state);
    struct rusage own[2], all[2];
    struct snmp_options o = as("u15", OPTION_AUTH_PRIV, SNMP_SHA1, SNMP_AES256C);
    bed->told = 0;
    for (uint32_t check = 1; check <= 20; check++) {
        char node[16];
        snprintf(node, sizeof node, "keys-%u", check);
        adopt(bed, check, node, "127.0.0.1", &o);
    }
    getrusage(RUSAGE_THREAD, &own[0]);
    getrusage(RUSAGE_SELF, &all[0]);
    for (uint32_t check = 1; check <= 20; check++)
        start(bed, check);
    wait_for(bed, 20);
    getrusage(RUSAGE_THREAD, &own[1]);
    getrusage(RUSAGE_SELF, &all[1]);
    expect_answer(bed);
    double loop_s = seconds(&own[1]) - seconds(&own[0]),
           all_s = seconds(&all[1]) - seconds(&all[0]);
    print_message("# 20 nodes: %.1f ms of computing, %.1f ms of it in the loop\n", all_s * 1e3,
                  loop_s * 1e3);
    assert_true(loop_s < all_s / 2);
    for (uint32_t check = 1; check <= 20; check++)
        snmp_collector.drop(bed->snmp, check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_protocols_is_answered),
        cmocka_unit_test(every_digest_alone_and_no_digest_at_all_are_answered),
        cmocka_unit_test(wrong_credentials_have_their_words),
        cmocka_unit_test(a_wrong_password_never_works_by_a_right_one_of_another_node),
        cmocka_unit_test(restarts_are_followed_within_one_round),
        cmocka_unit_test(mute_devices_delay_nobody),
        cmocka_unit_test(keys_are_made_beside_the_loop),
    };
    return cmocka_run_group_tests(tests, up, down);
}
