/* The real parent with fake roles: links named as the roles' programs lead to one test program. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/clock.h"
#include "poller/base/log.h"
#include "poller/parent.h"
#include "tests/support/folder.h"

#define PATIENCE_NS                                                                                \
    SECONDS(20) /* generous: the machine may be busy; what is fast is measured apart */

static const char *const programs[] = {"engine",  "store", "courier", "web",
                                       "painter", "wire",  "config",  NULL};
static const char *fake; /* path of the fake role */
static char folder[64], state[128], config[128];
static pid_t parent;

static const struct supervise_policy quick = {
    .first_ns = MILLISECONDS(100),
    .longest_ns = MILLISECONDS(400),
    .settled_ns = MILLISECONDS(200),
    .ask_ns = MILLISECONDS(50),
    .hung_ns = MILLISECONDS(1000),
};

static void breathe(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2 * NS_PER_MS}, NULL);
}

static void configure(const char *extra)
{
    FILE *f = fopen(config, "w");
    assert_non_null(f);
    fprintf(f, "state %s\n%s", state, extra);
    fclose(f);
}

static int set_up(void **unused)
{
    char link[160];
    snprintf(folder, sizeof folder, "/tmp/hayloft-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(state, sizeof state, "%s/state", folder);
    snprintf(config, sizeof config, "%s/config", folder);
    for (size_t i = 0; programs[i]; i++) {
        snprintf(link, sizeof link, "%s/hayloft-%s", folder, programs[i]);
        if (symlink(fake, link) != 0)
            return -1;
    }
    configure("");
    parent = 0;
    return 0;
}

static pid_t start_parent_with(struct parent_setting setting)
{
    pid_t pid = fork();
    if (pid == 0) {
        setting.config_path = config;
        setting.programs = folder;
        log_init("parent", LOG_LEVEL_INFO);
        int log = open("/dev/null", O_WRONLY);
        if (!getenv("HAYLOFT_TEST_LOG"))
            dup2(log, STDERR_FILENO);
        _exit(parent_run(&setting));
    }
    return pid;
}

static pid_t start_parent(void)
{
    return start_parent_with((struct parent_setting){.policy = &quick});
}

static bool read_note(const char *name, char *out, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", state, name);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    size_t n = fread(out, 1, size - 1, f);
    out[n] = '\0';
    fclose(f);
    return n > 0;
}

struct note {
    long pid;
    unsigned long long generation;
};

/* Waits until role has left a note of this generation, or a later one, by another process than
 * not_pid. */
static struct note await_role(const char *role, unsigned long long generation, long not_pid)
{
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    struct note n = {0};
    char text[64];
    while (mono_before(clock_mono(), until)) {
        if (read_note(role, text, sizeof text) &&
            sscanf(text, "%ld %llu", &n.pid, &n.generation) == 2 && n.generation >= generation &&
            n.pid != not_pid)
            return n;
        breathe();
    }
    fail_msg("%s did not come up with generation %llu", role, generation);
    return n;
}

static bool gone(long pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return true;
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    return strstr(text, ") Z ") != NULL;
}

static int64_t await_gone(long pid)
{
    struct mono begin = clock_mono(), until = mono_after(begin, PATIENCE_NS);
    while (!gone(pid) && mono_before(clock_mono(), until))
        breathe();
    assert_true(gone(pid));
    return mono_since(clock_mono(), begin);
}

static int await_exit(pid_t pid)
{
    int status = -1;
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (!mono_before(clock_mono(), until))
            fail_msg("the parent does not end");
        breathe();
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void start_all_at(unsigned long long generation)
{
    parent = start_parent();
    await_role("engine", generation, 0);
    await_role("store", generation, 0);
    await_role("web", generation, 0);
}

static void start_all(void)
{
    start_all_at(1);
}

/* Whoever was killed in the middle of writing leaves a file beside: everything goes. */
static int tear_down(void **unused)
{
    if (parent > 0) {
        kill(parent, SIGTERM);
        await_exit(parent);
    }
    folder_remove(folder);
    return 0;
}

static void roles_come_up_and_end_with_a_clean_stop(void **unused)
{
    start_all();
    long engine = await_role("engine", 1, 0).pid;
    kill(parent, SIGTERM);
    struct mono begin = clock_mono();
    assert_int_equal(await_exit(parent), 0);
    assert_true(mono_since(clock_mono(), begin) < SECONDS(5));
    parent = 0;
    assert_true(gone(engine));
}

static void a_killed_role_is_back_within_a_second(void **unused)
{
    start_all();
    static const char *const roles[] = {"engine", "store", "web"};
    for (size_t i = 0; i < 3; i++) {
        long old = await_role(roles[i], 1, 0).pid;
        struct mono begin = clock_mono();
        kill((pid_t)old, SIGKILL);
        await_role(roles[i], 1, old);
        assert_true(mono_since(clock_mono(), begin) < SECONDS(1));
    }
}

static void a_role_on_demand_starts_when_wanted(void **unused)
{
    configure("engine wants courier\n");
    start_all();
    await_role("courier", 1, 0);
}

static unsigned long long capabilities_of(long pid)
{
    char path[64], line[256];
    unsigned long long held = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) && sscanf(line, "CapPrm: %llx", &held) != 1)
        ;
    fclose(f);
    return held;
}

/* What the others are left with goes when they put up their fences, which these here do not. */
static void wire_starts_with_one_capability_that_no_other_gets(void **unused)
{
    const unsigned long long raw = 1ull << 13; /* CAP_NET_RAW */
    if (!(capabilities_of(getpid()) & raw))
        skip();
    configure("engine wants wire\n");
    start_all();
    assert_int_equal(capabilities_of(await_role("wire", 1, 0).pid), raw);
    assert_int_equal(capabilities_of(await_role("engine", 1, 0).pid) & raw, 0);
    assert_int_equal(capabilities_of(await_role("web", 1, 0).pid) & raw, 0);
    assert_true(capabilities_of(parent) & raw); /* it must be able to start it again */
}

static void a_killed_role_on_demand_is_back_within_a_second(void **unused)
{
    configure("engine wants wire\n");
    start_all();
    long old = await_role("wire", 1, 0).pid;
    struct mono begin = clock_mono();
    kill((pid_t)old, SIGKILL);
    await_role("wire", 1, old);
    assert_true(mono_since(clock_mono(), begin) < SECONDS(1));
}

static void a_good_reload_is_adopted_by_everybody(void **unused)
{
    start_all();
    long engine = await_role("engine", 1, 0).pid;
    kill(parent, SIGHUP);
    assert_int_equal(await_role("engine", 2, 0).pid, engine);
    await_role("store", 2, 0);
    await_role("web", 2, 0);
}

static void await_trouble(const char *want)
{
    char text[512] = "";
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (!(read_note("trouble", text, sizeof text) && strcmp(text, want) == 0) &&
           mono_before(clock_mono(), until))
        breathe();
    assert_string_equal(text, want);
}

static void leave_word(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", state, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
}

static void the_engine_hears_of_a_role_that_crashes_again_and_again(void **unused)
{
    configure("crash web\n");
    parent = start_parent();
    await_trouble("web hayloft-web ends again and again, last with status 3");
    leave_word("well");
    await_trouble("web over");
}

static void an_engine_that_comes_up_hears_of_the_trouble_too(void **unused)
{
    char path[256];
    configure("crash web\n");
    parent = start_parent();
    await_trouble("web hayloft-web ends again and again, last with status 3");
    snprintf(path, sizeof path, "%s/trouble", state);
    assert_int_equal(unlink(path), 0);
    kill((pid_t)await_role("engine", 1, 0).pid, SIGKILL);
    await_trouble("web hayloft-web ends again and again, last with status 3");
}

static void await_reloaded(const char *want)
{
    char text[512] = "";
    struct mono until = mono_after(clock_mono(), PATIENCE_NS);
    while (!read_note("reloaded", text, sizeof text) && mono_before(clock_mono(), until))
        breathe();
    assert_string_equal(text, want);
}

static void one_refusal_keeps_the_old_generation_everywhere(void **unused)
{
    configure("engine reloads\nrefuse-second store\n");
    start_all();
    await_reloaded("7 0 store: not with me");
    assert_int_equal(await_role("engine", 1, 0).generation, 1);
    assert_int_equal(await_role("store", 1, 0).generation, 1);
    assert_int_equal(await_role("web", 1, 0).generation, 1);
}

static void the_engine_hears_that_a_reload_was_adopted(void **unused)
{
    configure("engine reloads\n");
    start_all_at(2);
    await_reloaded("7 1 the configuration is adopted (generation 2)");
}

static void a_bad_file_changes_nothing_and_the_engine_hears_its_errors(void **unused)
{
    configure("engine reloads\nerror-second line 3: no such key\n");
    start_all();
    await_reloaded("7 0 line 3: no such key");
    assert_int_equal(await_role("store", 1, 0).generation, 1);
}

static void a_hung_role_is_killed_and_replaced(void **unused)
{
    configure("hang web\n");
    parent = start_parent();
    long old = await_role("web", 1, 0).pid;
    await_role("web", 1, old);
}

static void roles_end_within_a_second_of_a_killed_parent(void **unused)
{
    static const char *const roles[] = {"engine", "store", "web"};
    long pids[3];
    configure("hang web\n");
    parent = start_parent();
    for (size_t i = 0; i < 3; i++)
        pids[i] = await_role(roles[i], 1, 0).pid;
    kill(parent, SIGKILL);
    await_exit(parent);
    parent = 0;
    struct mono begin = clock_mono();
    for (size_t i = 0; i < 3; i++)
        await_gone(pids[i]);
    assert_true(mono_since(clock_mono(), begin) <
                MILLISECONDS(1500)); /* one second and some slack */
}

static void a_daemon_starts_again_right_after_its_parent_was_killed(void **unused)
{
    start_all();
    long old = await_role("store", 1, 0).pid;
    kill(parent, SIGKILL);
    await_exit(parent);
    parent = start_parent();
    await_role("store", 1, old);
}

static void a_second_daemon_is_refused(void **unused)
{
    start_all();
    long engine = await_role("engine", 1, 0).pid;
    assert_int_equal(await_exit(start_parent()), 1);
    assert_false(gone(engine));
}

static void a_storm_of_signals_changes_nothing(void **unused)
{
    start_all();
    long engine = await_role("engine", 1, 0).pid;
    for (int i = 0; i < 2000; i++)
        kill(parent, i % 2 ? SIGHUP : SIGCHLD);
    await_role("web", 2, 0);
    assert_false(gone(engine));
    assert_int_equal(waitpid(parent, NULL, WNOHANG), 0);
}

static void write_time(void *to)
{
    struct mono now = clock_mono();
    ssize_t written = write(*(int *)to, &now, sizeof now);
    (void)written;
}

/* Roles that are asked nothing: the parent wakes for this alone. */
static void once_all_work_it_says_again_and_again_that_it_is_alive(void **unused)
{
    struct supervise_policy silent = quick;
    struct stat note;
    char path[160];
    int words[2];
    silent.ask_ns = SECONDS(3600);
    silent.hung_ns = SECONDS(7200);
    assert_int_equal(pipe2(words, O_CLOEXEC), 0);
    parent = start_parent_with((struct parent_setting){.policy = &silent,
                                                       .alive = write_time,
                                                       .ctx = &words[1],
                                                       .alive_every_ns = MILLISECONDS(100)});
    close(words[1]);
    snprintf(path, sizeof path, "%s/web", state);
    struct mono last = {0}, now;
    for (int i = 0; i < 10; i++) {
        struct pollfd heard = {.fd = words[0], .events = POLLIN};
        assert_int_equal(poll(&heard, 1, PATIENCE_NS / NS_PER_MS), 1);
        assert_int_equal(read(words[0], &now, sizeof now), sizeof now);
        assert_int_equal(stat(path, &note), 0);
        assert_true(mono_since(now, last) >= MILLISECONDS(50)); /* and pauses */
        last = now;
    }
    close(words[0]);
}

static void a_bad_file_at_the_start_ends_the_start(void **unused)
{
    configure("error line 3: no such key\n");
    assert_int_equal(await_exit(start_parent()), 1);
}

static void a_refusal_at_the_start_ends_the_start(void **unused)
{
    configure("refuse web\n");
    assert_int_equal(await_exit(start_parent()), 1);
}

int main(int argc, char **argv)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(roles_come_up_and_end_with_a_clean_stop),
        CASE(a_killed_role_is_back_within_a_second),
        CASE(a_role_on_demand_starts_when_wanted),
        CASE(wire_starts_with_one_capability_that_no_other_gets),
        CASE(a_killed_role_on_demand_is_back_within_a_second),
        CASE(a_good_reload_is_adopted_by_everybody),
        CASE(one_refusal_keeps_the_old_generation_everywhere),
        CASE(the_engine_hears_that_a_reload_was_adopted),
        CASE(a_bad_file_changes_nothing_and_the_engine_hears_its_errors),
        CASE(the_engine_hears_of_a_role_that_crashes_again_and_again),
        CASE(an_engine_that_comes_up_hears_of_the_trouble_too),
        CASE(a_hung_role_is_killed_and_replaced),
        CASE(roles_end_within_a_second_of_a_killed_parent),
        CASE(a_daemon_starts_again_right_after_its_parent_was_killed),
        CASE(a_second_daemon_is_refused),
        CASE(a_storm_of_signals_changes_nothing),
        CASE(once_all_work_it_says_again_and_again_that_it_is_alive),
        CASE(a_bad_file_at_the_start_ends_the_start),
        CASE(a_refusal_at_the_start_ends_the_start),
    };
    if (argc != 2)
        return 1; /* the path of the fake role */
    fake = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
