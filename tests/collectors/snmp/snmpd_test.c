/* Debian's snmpd in a network namespace of its own, with a pair of virtual cables in it: what the collector
 * says must be what the kernel says. Skipped without root, ip or snmpd. */
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
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectors/snmp/device.h"
#include "poller/command/once.h"

#define AGENT_PORT 16161
#define CACHE_S 3 /* snmpd shows its interface table up to so late */

struct bed {
    char folder[64];
    pid_t agent;
    struct once *once;
    struct collector_instance *snmp;
    struct snmp_options options;
    bool done;
    enum outcome outcome;
    uint32_t round;
    char name[64], oper_a[16], oper_b[16], mac[32], index[16], lo[16];
    double sum_octets; /* into hlb: rate times time */
    int64_t last_at;
};

static bool run(const char *const *argv)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool ip(const char *a, const char *b, const char *c, const char *d, const char *e,
               const char *f, const char *g)
{
    const char *const argv[] = {"ip", a, b, c, d, e, f, g, NULL};
    return run(argv);
}

static bool own_namespace(void)
{
    return geteuid() == 0 && unshare(CLONE_NEWNET) == 0 && ip("link", "set", "lo", "up", NULL, NULL, NULL) &&
           ip("link", "add", "hla", "type", "veth", "peer", "hlb") &&
           ip("link", "set", "hla", "up", NULL, NULL, NULL) &&
           ip("link", "set", "hlb", "up", NULL, NULL, NULL) &&
           ip("address", "add", "10.66.0.1/24", "dev", "hla", NULL, NULL);
}

static bool write_configuration(const struct bed *bed)
{
    char path[128];
    snprintf(path, sizeof path, "%s/snmpd.conf", bed->folder);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fprintf(f, "agentAddress udp:127.0.0.1:%d\nrocommunity secret-enough\nsysName lab-switch\n", AGENT_PORT);
    return fclose(f) == 0;
}

static bool start_agent(struct bed *bed)
{
    char configuration[128];
    snprintf(configuration, sizeof configuration, "%s/snmpd.conf", bed->folder);
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
    return bed->agent > 0;
}

static void keep(char *out, size_t size, const struct fact *f, const char *name, const char *subject)
{
    if (strcmp(f->name, name) == 0 && strcmp(f->subject, subject) == 0)
        snprintf(out, size, "%s", f->value);
}

static void on_report(void *ctx, const struct report *r)
{
    struct bed *bed = ctx;
    for (size_t i = 0; i < r->fact_count; i++) {
        const struct fact *f = &r->facts[i];
        keep(bed->name, sizeof bed->name, f, "sys.name", "");
        keep(bed->oper_a, sizeof bed->oper_a, f, "port.oper", "hla");
        keep(bed->oper_b, sizeof bed->oper_b, f, "port.oper", "hlb");
        keep(bed->mac, sizeof bed->mac, f, "port.mac", "hla");
        keep(bed->index, sizeof bed->index, f, "port.index", "hla");
        keep(bed->lo, sizeof bed->lo, f, "port.oper", "lo");
    }
    for (size_t i = 0; i < r->object_count; i++) {
        const struct object_measures *o = &r->objects[i];
        if (strcmp(o->object, "if-hlb") != 0)
            continue;
        double rate = o->measures[0].value;
        if (bed->last_at && rate == rate)
            bed->sum_octets += rate * (double)(o->at.ns - bed->last_at) / 1e9;
        bed->last_at = o->at.ns;
    }
    bed->outcome = r->outcome;
    bed->done = true;
}

static bool round_of(struct bed *bed, enum round_kind kind)
{
    bed->done = false;
    snmp_collector.start(bed->snmp, 0, ++bed->round, kind, mono_after(clock_mono(), SECONDS(10)));
    snmp_collector.flush(bed->snmp);
    return once_wait(bed->once, &bed->done, SECONDS(12)) && bed->outcome == OUTCOME_ANSWERED;
}

static int up(void **state)
{
    static struct bed bed = {.folder = "/tmp/hayloft-snmpd-XXXXXX"};
    struct addr loopback;
    *state = NULL;
    if (access("/usr/sbin/snmpd", X_OK) != 0 || !own_namespace()) {
        print_message("# no root, no ip or no snmpd: skipped\n");
        return 0;
    }
    if (!mkdtemp(bed.folder) || !write_configuration(&bed) || !start_agent(&bed))
        return -1;
    bed.once = once_create(NULL, on_report, &bed);
    bed.options = (struct snmp_options){.community = strdup("secret-enough"),
                                        .port = AGENT_PORT,
                                        .timeout_ns = MILLISECONDS(300),
                                        .retries = 1};
    bed.snmp = snmp_collector.create(once_env(bed.once));
    addr_parse("127.0.0.1", &loopback);
    struct check_setting s = {.node = "lab", .addresses = &loopback, .address_count = 1, .options = &bed.options};
    if (!snmp_collector.adopt(bed.snmp, &s))
        return -1;
    for (int i = 0; i < 100 && !round_of(&bed, ROUND_REGULAR); i++)
        usleep(100000); /* until snmpd listens */
    *state = &bed;
    return bed.outcome == OUTCOME_ANSWERED ? 0 : -1;
}

static int down(void **state)
{
    struct bed *bed = *state;
    if (!bed)
        return 0;
    snmp_collector.destroy(bed->snmp);
    once_destroy(bed->once);
    free(bed->options.community);
    kill(bed->agent, SIGTERM);
    waitpid(bed->agent, NULL, 0);
    const char *const argv[] = {"rm", "-r", bed->folder, NULL};
    return run(argv) ? 0 : -1;
}

/* Octets received, the first number behind the name. */
static double kernel_octets(const char *port)
{
    double octets = -1;
    char line[512];
    FILE *f = fopen("/proc/self/net/dev", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char *at = strstr(line, port);
        if (at && at[strlen(port)] == ':')
            octets = strtod(at + strlen(port) + 1, NULL);
    }
    fclose(f);
    return octets;
}

static void identity_and_ports_are_the_kernels(void **state)
{
    struct bed *bed = *state;
    if (!bed)
        skip();
    assert_string_equal(bed->name, "lab-switch");
    assert_string_equal(bed->oper_a, "up");
    assert_string_equal(bed->lo, ""); /* loopback is no port */
    assert_int_equal(strlen(bed->mac), 17);
    assert_true(strtol(bed->index, NULL, 10) > 1);
}

static void a_port_that_goes_down_is_seen(void **state)
{
    struct bed *bed = *state;
    if (!bed)
        skip();
    assert_true(ip("link", "set", "hlb", "down", NULL, NULL, NULL));
    bool seen = false;
    for (int i = 0; i < 60 && !seen; i++) {
        assert_true(round_of(bed, ROUND_ASK));
        seen = strcmp(bed->oper_a, "down") == 0 || strcmp(bed->oper_a, "lowerLayerDown") == 0;
        if (!seen)
            usleep(100000);
    }
    assert_true(seen);
    assert_string_not_equal(bed->oper_b, "up");
    assert_true(ip("link", "set", "hlb", "up", NULL, NULL, NULL));
}

/* Broadcasts leave by hla and come in at hlb. */
static void make_traffic(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    char octets[1000] = {0};
    int on = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
    inet_pton(AF_INET, "10.66.0.255", &to.sin_addr);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on), 0);
    for (int i = 0; i < 200; i++)
        assert_true(sendto(fd, octets, sizeof octets, 0, (struct sockaddr *)&to, sizeof to) > 0);
    close(fd);
}

static void rate_times_time_is_what_the_kernel_counted(void **state)
{
    struct bed *bed = *state;
    if (!bed)
        skip();
    sleep(CACHE_S + 1); /* what came before is in snmpd's table now; the kernel is quiet */
    assert_true(round_of(bed, ROUND_REGULAR));
    double before = kernel_octets("hlb");
    bed->sum_octets = 0;
    for (int i = 0; i < 3; i++) {
        make_traffic();
        sleep(1);
        assert_true(round_of(bed, ROUND_REGULAR));
    }
    double after = kernel_octets("hlb");
    assert_true(after - before > 500000);
    sleep(CACHE_S + 1);
    assert_true(round_of(bed, ROUND_REGULAR));
    assert_float_equal(bed->sum_octets, after - before, 0.01 * (after - before) + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_and_ports_are_the_kernels),
        cmocka_unit_test(a_port_that_goes_down_is_seen),
        cmocka_unit_test(rate_times_time_is_what_the_kernel_counted),
    };
    return cmocka_run_group_tests(tests, up, down);
}
