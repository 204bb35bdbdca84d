#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/readiness.h"
#include "tests/support/folder.h"

static char folder[64] = "readiness-XXXXXX", name[96];

static int listen_as(const char *path, bool abstract)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (abstract)
        a.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
    return fd;
}

static void assert_heard_as(int fd, const char *want)
{
    char text[64];
    ssize_t n = recv(fd, text, sizeof text, 0);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(text, want, strlen(want));
}

static void assert_heard(int fd)
{
    assert_heard_as(fd, "READY=1");
    close(fd);
}

static void a_manager_at_a_file_hears_it(void **ctx)
{
    folder_make(folder);
    snprintf(name, sizeof name, "/proc/self/cwd/%s/notify", folder);
    int fd = listen_as(name, false);
    assert_true(readiness_tell());
    assert_heard(fd);
    folder_remove(folder);
}

static void a_manager_without_a_file_hears_it(void **ctx)
{
    snprintf(name, sizeof name, "@hayloft-readiness-%ld", (long)getpid());
    int fd = listen_as(name, true);
    assert_true(readiness_tell());
    assert_heard(fd);
}

static void without_a_manager_there_is_nothing_to_tell(void **ctx)
{
    unsetenv("NOTIFY_SOCKET");
    assert_true(readiness_tell());
    assert_true(readiness_alive());
    setenv("WATCHDOG_USEC", "60000000", 1);
    assert_int_equal(readiness_alive_every_ns(), 0);
}

static int64_t every(const char *patience_us, const char *pid)
{
    setenv("WATCHDOG_USEC", patience_us, 1);
    if (pid)
        setenv("WATCHDOG_PID", pid, 1);
    else
        unsetenv("WATCHDOG_PID");
    return readiness_alive_every_ns();
}

static void a_manager_that_waits_for_us_hears_that_we_are_alive(void **ctx)
{
    char self[32], other[32];
    snprintf(name, sizeof name, "@hayloft-readiness-%ld", (long)getpid());
    snprintf(self, sizeof self, "%ld", (long)getpid());
    snprintf(other, sizeof other, "%ld", (long)getppid());
    int fd = listen_as(name, true);
    assert_int_equal(every("60000000", NULL), 30000000000);
    assert_int_equal(every("60000000", self), 30000000000);
    assert_int_equal(every("60000000", other), 0);
    assert_int_equal(every("60000000", "x"), 0);
    assert_true(readiness_alive());
    assert_heard_as(fd, "WATCHDOG=1");
    close(fd);
}

static void a_patience_that_is_no_time_is_none(void **ctx)
{
    const char *const wrong[] = {
        "", "0", "-5", "60s", "9223372036854775807", "99999999999999999999"};
    setenv("NOTIFY_SOCKET", "@hayloft-readiness", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(every(wrong[i], NULL), 0);
}

static void a_manager_that_is_gone_is_an_error(void **ctx)
{
    setenv("NOTIFY_SOCKET", "/proc/self/cwd/nobody-listens-here", 1);
    assert_false(readiness_tell());
    assert_int_equal(errno, ENOENT);
}

static void a_name_that_is_no_socket_of_the_kernel_is_refused(void **ctx)
{
    char long_name[200];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[0] = '/';
    long_name[sizeof long_name - 1] = '\0';
    setenv("NOTIFY_SOCKET", "relative", 1);
    assert_false(readiness_tell());
    setenv("NOTIFY_SOCKET", "", 1);
    assert_false(readiness_tell());
    setenv("NOTIFY_SOCKET", long_name, 1);
    assert_false(readiness_tell());
    assert_int_equal(errno, EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manager_at_a_file_hears_it),
        cmocka_unit_test(a_manager_without_a_file_hears_it),
        cmocka_unit_test(without_a_manager_there_is_nothing_to_tell),
        cmocka_unit_test(a_manager_that_waits_for_us_hears_that_we_are_alive),
        cmocka_unit_test(a_patience_that_is_no_time_is_none),
        cmocka_unit_test(a_manager_that_is_gone_is_an_error),
        cmocka_unit_test(a_name_that_is_no_socket_of_the_kernel_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
