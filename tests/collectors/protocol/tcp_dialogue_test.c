#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/protocol/tcp_dialogue.h"

#define OURS 40000
#define THEIRS 80
#define FIRST 1000u  /* our first sequence number */
#define PEER 9000u   /* theirs */

static const char question[] = "GET / HTTP/1.0\r\n\r\n";
#define QUESTION_LEN (sizeof question - 1)

#define ROOM 16384

static struct tcp_dialogue d;
static uint8_t answer[ROOM];
static const struct tcp_dialogue_plan plan = {OURS, THEIRS, FIRST, question, QUESTION_LEN, answer, ROOM};
static struct tcp_segment out;
static struct mono now;

static int open_one(void **state)
{
    now = (struct mono){SECONDS(7)};
    tcp_dialogue_open(&d, &plan, now);
    return 0;
}

static void take(uint8_t flags, uint32_t sequence, uint32_t acknowledged, const char *payload)
{
    struct tcp_segment s = {.from = THEIRS, .to = OURS, .sequence = sequence, .acknowledged = acknowledged,
                            .flags = flags, .payload = (const uint8_t *)payload, .payload_len = strlen(payload)};
    tcp_dialogue_take(&d, &s, now);
}

static void expect_sent(uint8_t flags, uint32_t sequence, uint32_t acknowledged, size_t len)
{
    assert_true(tcp_dialogue_next(&d, &out));
    assert_int_equal(out.flags, flags);
    assert_int_equal(out.sequence, sequence);
    assert_int_equal(out.acknowledged, acknowledged);
    assert_int_equal(out.payload_len, len);
    assert_int_equal(out.from, OURS);
    assert_int_equal(out.to, THEIRS);
}

static void expect_nothing_sent(void)
{
    assert_false(tcp_dialogue_next(&d, &out));
}

static void greet(void)
{
    expect_sent(TCP_SYN, FIRST, 0, 0);
    assert_int_equal(out.mss, TCP_DIALOGUE_MSS);
    take(TCP_SYN | TCP_ACK, PEER, FIRST + 1, "");
    expect_sent(TCP_PSH | TCP_ACK, FIRST + 1, PEER + 1, QUESTION_LEN);
    assert_memory_equal(out.payload, question, QUESTION_LEN);
    assert_true(d.connected);
}

static uint32_t asked(void)
{
    return FIRST + 1 + (uint32_t)QUESTION_LEN;
}

static void a_whole_talk_ends_with_the_answer(void **state)
{
    greet();
    take(TCP_ACK, PEER + 1, asked(), "");
    expect_nothing_sent();
    take(TCP_ACK | TCP_PSH, PEER + 1, asked(), "hello ");
    expect_sent(TCP_ACK, asked(), PEER + 7, 0);
    take(TCP_ACK | TCP_FIN, PEER + 7, asked(), "world");
    assert_int_equal(d.state, TCP_CLOSED);
    expect_sent(TCP_FIN | TCP_ACK, asked(), PEER + 13, 0);
    assert_int_equal(d.answer_len, 11);
    assert_memory_equal(d.answer, "hello world", 11);
    expect_nothing_sent();
    assert_int_equal(d.next.ns, MONO_NEVER.ns);
}

static void what_is_lost_on_our_way_is_sent_again(void **state)
{
    static const int64_t waits_ms[] = {500, 1000, 1000, 1000};
    expect_sent(TCP_SYN, FIRST, 0, 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(mono_since(d.next, now), MILLISECONDS(waits_ms[i]));
        tcp_dialogue_due(&d, now);
        expect_nothing_sent(); /* not its time yet */
        now = d.next;
        tcp_dialogue_due(&d, now);
        expect_sent(TCP_SYN, FIRST, 0, 0);
    }
    take(TCP_SYN | TCP_ACK, PEER, FIRST + 1, "");
    expect_sent(TCP_PSH | TCP_ACK, FIRST + 1, PEER + 1, QUESTION_LEN);
    now = d.next;
    tcp_dialogue_due(&d, now);
    expect_sent(TCP_PSH | TCP_ACK, FIRST + 1, PEER + 1, QUESTION_LEN);
}

static void a_lost_answer_is_asked_for_by_what_we_have(void **state)
{
    greet();
    take(TCP_ACK, PEER + 7, asked(), "world"); /* the first part was lost */
    expect_sent(TCP_ACK, asked(), PEER + 1, 0);
    assert_int_equal(d.answer_len, 0);
    take(TCP_ACK, PEER + 1, asked(), "hello ");
    take(TCP_ACK, PEER + 7, asked(), "world");
    take(TCP_ACK, PEER + 1, asked(), "hello "); /* and once more */
    expect_sent(TCP_ACK, asked(), PEER + 12, 0);
    assert_memory_equal(d.answer, "hello world", 11);
    assert_int_equal(d.answer_len, 11);
}

static void a_second_greeting_is_acknowledged_and_no_data(void **state)
{
    greet();
    take(TCP_SYN | TCP_ACK, PEER, FIRST + 1, "");
    expect_sent(TCP_ACK, FIRST + 1, PEER + 1, 0);
    assert_int_equal(d.state, TCP_ASKING);
    assert_int_equal(d.expected, PEER + 1);
}

static void a_closed_port_refuses(void **state)
{
    expect_sent(TCP_SYN, FIRST, 0, 0);
    take(TCP_RST | TCP_ACK, 0, FIRST + 1, "");
    assert_int_equal(d.state, TCP_REFUSED);
    assert_false(d.connected);
    expect_nothing_sent();
}

static void strangers_neither_open_nor_break_a_talk(void **state)
{
    expect_sent(TCP_SYN, FIRST, 0, 0);
    take(TCP_RST | TCP_ACK, 0, FIRST, "");             /* not what we sent */
    take(TCP_SYN | TCP_ACK, PEER, FIRST + 2, "");
    take(TCP_RST, 0, 0, "");
    assert_int_equal(d.state, TCP_CONNECTING);
    struct tcp_segment other = {.from = 81, .to = OURS, .flags = TCP_SYN | TCP_ACK, .acknowledged = FIRST + 1};
    tcp_dialogue_take(&d, &other, now);
    other = (struct tcp_segment){.from = THEIRS, .to = OURS + 1, .flags = TCP_SYN | TCP_ACK, .acknowledged = FIRST + 1};
    tcp_dialogue_take(&d, &other, now);
    assert_int_equal(d.state, TCP_CONNECTING);
    take(TCP_SYN | TCP_ACK, PEER, FIRST + 1, "");
    take(TCP_RST, PEER + 500, 0, ""); /* a guess */
    assert_int_equal(d.state, TCP_ASKING);
    take(TCP_RST, PEER + 1, 0, "");
    assert_int_equal(d.state, TCP_BROKEN);
}

static void an_endless_answer_is_cut_and_the_talk_broken_off(void **state)
{
    char part[536 + 1];
    memset(part, 'x', sizeof part);
    part[sizeof part - 1] = '\0';
    greet();
    uint32_t at = PEER + 1;
    while (!tcp_dialogue_is_over(&d)) {
        take(TCP_ACK, at, asked(), part);
        at += 536;
        assert_true(at < PEER + 20000);
    }
    assert_int_equal(d.state, TCP_FULL);
    assert_int_equal(d.answer_len, ROOM);
    expect_sent(TCP_RST | TCP_ACK, asked(), at, 0);
}

static void only_knocking_leaves_at_once(void **state)
{
    tcp_dialogue_open(&d, &(struct tcp_dialogue_plan){.from = OURS, .to = THEIRS, .sequence = FIRST}, now);
    expect_sent(TCP_SYN, FIRST, 0, 0);
    take(TCP_SYN | TCP_ACK, PEER, FIRST + 1, "");
    assert_true(tcp_dialogue_is_over(&d) && d.connected);
    expect_sent(TCP_RST | TCP_ACK, FIRST + 1, PEER + 1, 0);
}

static void who_waits_no_longer_tells_the_other_side(void **state)
{
    greet();
    tcp_dialogue_stop(&d);
    assert_int_equal(d.state, TCP_STOPPED);
    expect_sent(TCP_RST | TCP_ACK, FIRST + 1, PEER + 1, 0);
    take(TCP_ACK, PEER + 1, asked(), "late");
    assert_int_equal(d.answer_len, 0);
    expect_nothing_sent();
}

static void sequence_numbers_run_over(void **state)
{
    struct tcp_dialogue_plan last = plan;
    last.sequence = UINT32_MAX;
    tcp_dialogue_open(&d, &last, now);
    expect_sent(TCP_SYN, UINT32_MAX, 0, 0);
    take(TCP_SYN | TCP_ACK, UINT32_MAX, 0, "");
    expect_sent(TCP_PSH | TCP_ACK, 0, 0, QUESTION_LEN);
    take(TCP_ACK | TCP_FIN, 0, (uint32_t)QUESTION_LEN, "end");
    assert_int_equal(d.state, TCP_CLOSED);
    assert_int_equal(d.answer_len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_talk_ends_with_the_answer, open_one),
        cmocka_unit_test_setup(what_is_lost_on_our_way_is_sent_again, open_one),
        cmocka_unit_test_setup(a_lost_answer_is_asked_for_by_what_we_have, open_one),
        cmocka_unit_test_setup(a_second_greeting_is_acknowledged_and_no_data, open_one),
        cmocka_unit_test_setup(a_closed_port_refuses, open_one),
        cmocka_unit_test_setup(strangers_neither_open_nor_break_a_talk, open_one),
        cmocka_unit_test_setup(an_endless_answer_is_cut_and_the_talk_broken_off, open_one),
        cmocka_unit_test_setup(only_knocking_leaves_at_once, open_one),
        cmocka_unit_test_setup(who_waits_no_longer_tells_the_other_side, open_one),
        cmocka_unit_test_setup(sequence_numbers_run_over, open_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
