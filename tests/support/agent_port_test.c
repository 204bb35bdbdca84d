/* A port with an agent behind it that sends back what it is sent, in a process of its own. */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/agent_port.h"

struct bed {
    struct agent_line line;
    pid_t child;
    uint16_t port;
    int fd;
};

static size_t echo(void *ctx, struct in_addr asked, struct mono now, const uint8_t *request,
                   size_t len, uint8_t *out, struct agent_line **line)
{
    *line = ctx;
    memcpy(out, request, len);
    return len;
}

static void open_at(struct bed *bed, const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(bed->port)};
    inet_pton(AF_INET, address, &to.sin_addr);
    bed->fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(connect(bed->fd, (struct sockaddr *)&to, sizeof to), 0);
}

static void begin(struct bed *bed, const char *listen_at, const char *asked)
{
    struct agent_port *p = agent_port_open(listen_at, 0, echo, &bed->line);
    assert_non_null(p);
    bed->port = agent_port_number(p);
    bed->child = agent_port_fork(p, SECONDS(60));
    open_at(bed, asked);
}

static int up(void **state)
{
    *state = calloc(1, sizeof(struct bed));
    return *state ? 0 : -1;
}

static int down(void **state)
{
    struct bed *bed = *state;
    if (bed->child > 0) {
        kill(bed->child, SIGKILL);
        waitpid(bed->child, NULL, 0);
        close(bed->fd);
    }
    free(bed);
    return 0;
}

static void say(const struct bed *bed, const char *letter)
{
    assert_int_equal(send(bed->fd, letter, 1, 0), 1);
}

/* The next letter, or '-' when none comes in that time. */
static char hear(const struct bed *bed, int most_ms)
{
    struct pollfd p = {bed->fd, POLLIN, 0};
    char letter = '-';
    if (poll(&p, 1, most_ms) == 1)
        assert_int_equal(recv(bed->fd, &letter, 1, 0), 1);
    return letter;
}

static void an_answer_comes_from_the_address_that_was_asked(void **state)
{
    struct bed *bed = *state;
    begin(bed, "0.0.0.0", "127.66.9.9"); /* a connected socket hears nobody else */
    say(bed, "a");
    assert_int_equal(hear(bed, 10000), 'a');
    assert_int_equal(hear(bed, 50), '-');
}

static void an_answer_may_come_twice(void **state)
{
    struct bed *bed = *state;
    bed->line.twice = true;
    begin(bed, "127.0.0.1", "127.0.0.1");
    say(bed, "a");
    assert_int_equal(hear(bed, 10000), 'a');
    assert_int_equal(hear(bed, 10000), 'a');
}

static void a_late_answer_is_overtaken(void **state)
{
    struct bed *bed = *state;
    bed->line.late_ns = MILLISECONDS(300);
    bed->line.late_every = 2;
    begin(bed, "127.0.0.1", "127.0.0.1");
    say(bed, "a");
    assert_int_equal(hear(bed, 10000), 'a');
    say(bed, "b");
    say(bed, "c");
    assert_int_equal(hear(bed, 10000), 'c');
    assert_int_equal(hear(bed, 10000), 'b');
}

static int64_t three_answers_ns(struct bed *bed)
{
    bed->line.delay_ns = MILLISECONDS(400);
    begin(bed, "127.0.0.1", "127.0.0.1");
    struct mono began = clock_mono();
    say(bed, "a");
    say(bed, "b");
    say(bed, "c");
    assert_int_equal(hear(bed, 10000), 'a');
    assert_int_equal(hear(bed, 10000), 'b');
    assert_int_equal(hear(bed, 10000), 'c');
    return mono_since(clock_mono(), began);
}

static void delayed_answers_wait_side_by_side(void **state)
{
    int64_t took_ns = three_answers_ns(*state);
    assert_true(took_ns >= MILLISECONDS(400) && took_ns < MILLISECONDS(1200));
}

static void an_agent_that_does_one_thing_at_a_time_needs_the_sum(void **state)
{
    struct bed *bed = *state;
    bed->line.one_at_a_time = true;
    assert_true(three_answers_ns(bed) >= MILLISECONDS(1200));
}

static void lost_answers_do_not_come(void **state)
{
    struct bed *bed = *state;
    bed->line.loss = 1;
    begin(bed, "127.0.0.1", "127.0.0.1");
    say(bed, "a");
    assert_int_equal(hear(bed, 200), '-');
}

static void an_address_that_is_none_of_ours_is_told(void **state)
{
    struct bed *bed = *state;
    assert_null(agent_port_open("nonsense", 0, echo, bed));
    assert_null(agent_port_open("192.0.2.1", 0, echo, bed));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_comes_from_the_address_that_was_asked),
        TEST(an_answer_may_come_twice),
        TEST(a_late_answer_is_overtaken),
        TEST(delayed_answers_wait_side_by_side),
        TEST(an_agent_that_does_one_thing_at_a_time_needs_the_sum),
        TEST(lost_answers_do_not_come),
        TEST(an_address_that_is_none_of_ours_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
