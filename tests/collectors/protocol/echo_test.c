#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/echo.h"

static const struct hash_key key = {0x1122334455667788, 0x99aabbccddeeff00};
static const size_t len = ICMP_HEADER_BYTES + 56;

static void make_reply(uint8_t *message)
{
    message[0] = 0;
    message[4] = 0xbe; /* what a kernel does to identifiers */
}

static void an_answer_is_matched_once(void **state)
{
    struct echoes *e = echoes_create(&key);
    uint8_t message[ECHO_MESSAGE_MAX];
    struct echo_flight *f = echoes_launch(e, AF_INET, message, 56), *found = NULL;
    uint32_t token = f->token;
    make_reply(message);
    assert_int_equal(echoes_match(e, AF_INET, message, len, &found), ECHO_MATCH);
    assert_int_equal(found->token, token);
    found->state = ECHO_ANSWERED;
    assert_int_equal(echoes_match(e, AF_INET, message, len, &found), ECHO_DUPLICATE);
    found->state = ECHO_LOST;
    assert_int_equal(echoes_match(e, AF_INET, message, len, &found), ECHO_LATE);
    echoes_destroy(e);
}

static void a_guessed_reply_is_forged(void **state)
{
    struct echoes *e = echoes_create(&key);
    uint8_t message[ECHO_MESSAGE_MAX];
    struct echo_flight *found = NULL;
    echoes_launch(e, AF_INET, message, 56);
    make_reply(message);
    for (size_t at = ICMP_HEADER_BYTES; at < ICMP_HEADER_BYTES + 12; at++) {
        message[at] ^= 1;
        assert_int_equal(echoes_match(e, AF_INET, message, len, &found), ECHO_FORGED);
        message[at] ^= 1;
    }
    message[7] ^= 1; /* another sequence with our cookie */
    assert_int_equal(echoes_match(e, AF_INET, message, len, &found), ECHO_FORGED);
    echoes_destroy(e);
}

static void another_programs_reply_is_foreign(void **state)
{
    struct echoes *e = echoes_create(&key);
    uint8_t message[ECHO_MESSAGE_MAX] = {0};
    struct echo_flight *found = NULL;
    assert_int_equal(echoes_match(e, AF_INET, message, 10, &found), ECHO_FOREIGN);
    message[0] = 8;
    assert_int_equal(echoes_match(e, AF_INET, message, len, &found), ECHO_FOREIGN);
    echoes_destroy(e);
}

static void the_ring_grows_while_all_wait_and_forgets_the_old_after(void **state)
{
    struct echoes *e = echoes_create(&key);
    uint8_t message[ECHO_MESSAGE_MAX], first[ECHO_MESSAGE_MAX];
    struct echo_flight *found = NULL;
    uint32_t token = echoes_launch(e, AF_INET, first, 56)->token;
    make_reply(first);
    for (int i = 0; i < 5000; i++)
        assert_non_null(echoes_launch(e, AF_INET, message, 56));
    assert_int_equal(echoes_match(e, AF_INET, first, len, &found), ECHO_MATCH);
    assert_int_equal(found->token, token);
    assert_ptr_equal(echoes_oldest_waiting(e), found);
    found->state = ECHO_ANSWERED;
    assert_int_equal(echoes_oldest_waiting(e)->token, token + 1);
    for (struct echo_flight *f; (f = echoes_oldest_waiting(e));)
        f->state = ECHO_LOST;
    for (int i = 0; i < 8192; i++)
        echoes_launch(e, AF_INET, message, 56)->state = ECHO_LOST;
    assert_int_equal(echoes_match(e, AF_INET, first, len, &found), ECHO_FORGED);
    echoes_destroy(e);
}

static void a_short_quote_finds_the_newest_with_its_sequence(void **state)
{
    struct echoes *e = echoes_create(&key);
    uint8_t message[ECHO_MESSAGE_MAX], other[ECHO_MESSAGE_MAX];
    uint32_t token = echoes_launch(e, AF_INET, message, 56)->token;
    echoes_launch(e, AF_INET, other, 56);
    struct echo_flight *f = echoes_match_quote(e, AF_INET, message, ICMP_HEADER_BYTES);
    assert_non_null(f);
    assert_int_equal(f->token, token);
    assert_non_null(echoes_match_quote(e, AF_INET, message, len));
    message[12] ^= 1; /* a long quote has to carry the cookie */
    assert_null(echoes_match_quote(e, AF_INET, message, len));
    f->state = ECHO_ANSWERED;
    assert_null(echoes_match_quote(e, AF_INET, message, ICMP_HEADER_BYTES));
    echoes_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_matched_once),
        cmocka_unit_test(a_guessed_reply_is_forged),
        cmocka_unit_test(another_programs_reply_is_foreign),
        cmocka_unit_test(the_ring_grows_while_all_wait_and_forgets_the_old_after),
        cmocka_unit_test(a_short_quote_finds_the_newest_with_its_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
