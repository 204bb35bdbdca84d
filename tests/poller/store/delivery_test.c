#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/frame.h"
#include "poller/message/store_courier.h"
#include "poller/store/outbox.h"
#include "tests/poller/store/courier_end.h"

static bool is_told(void *ctx)
{
    return ((struct bed *)ctx)->delivery_count > 0;
}

static bool is_wanted(void *ctx)
{
    return ((struct bed *)ctx)->courier_wanted > 0;
}

static void queue(struct bed *b, uint64_t sequence, const char *incident, const char *receiver,
                  enum message_kind kind)
{
    char key[96];
    snprintf(key, sizeof key, "%s %s %s", incident ? incident : "test", receiver, message_kind_words[kind]);
    struct outbox_entry out = {key, (char *)(uintptr_t)incident, (char *)(uintptr_t)receiver, kind,
                               clock_wall(), incident ? NULL : "a \"test\"\n"};
    struct incident in = {.id = (char *)(uintptr_t)incident, .opened = clock_wall(),
                          .cause = {.kind = CAUSE_NODE_DOWN, .node = "router", .sentence = "router is down",
                                    .check_first = "its power"}};
    struct es_commit c = {.sequence = sequence, .at = clock_wall(), .outbox = &out, .outbox_count = 1,
                          .incidents = &in, .incidents_count = incident ? 1 : 0};
    bed_commit(b, &c);
    assert_true(bed_wait_durable(b, sequence));
}

static void a_message_is_handed_out_with_the_document_of_its_incident(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, "here-1", "me", MESSAGE_OPENED);
    assert_true(bed_until(&b, is_wanted, &b));
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1));
    assert_string_equal(k.got[0].receiver, "me");
    assert_int_equal(k.got[0].attempt, 1);
    assert_non_null(strstr(k.got[0].document, "\"resolved\":null"));
    assert_non_null(strstr(k.got[0].document, "\"sentence\":\"router is down\""));
    assert_non_null(strstr(k.got[0].document, "\"message\":\"opened\",\"key\":\"here-1 me opened\""));
    assert_non_null(strstr(k.got[0].document, "\"kind\":\"node-down\""));
    courier_end_answer(&k, 0, DELIVERY_SENT, 0);
    assert_true(bed_until(&b, is_told, &b));
    assert_true(b.deliveries[0].sent);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM outbox WHERE state = 'sent' AND sent > 0"), 1);
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void a_test_message_carries_its_text(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, NULL, "me", MESSAGE_TEST);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1));
    assert_string_equal(k.got[0].document,
                        "{\"message\":\"test\",\"key\":\"test me test\",\"text\":\"a \\\"test\\\"\\n\"}");
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void a_resolve_never_overtakes(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, "here-1", "me", MESSAGE_OPENED);
    queue(&b, 2, "here-1", "me", MESSAGE_RESOLVED);
    queue(&b, 3, "here-1", "you", MESSAGE_OPENED);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 2));
    bed_turn(&b);
    assert_int_equal(k.count, 2); /* one to each receiver */
    assert_int_equal(k.got[0].kind, MESSAGE_OPENED);
    assert_int_equal(k.got[1].kind, MESSAGE_OPENED);
    courier_end_answer(&k, 0, DELIVERY_REFUSED, 0);
    assert_true(courier_end_wait(&k, 3));
    assert_int_equal(k.got[2].kind, MESSAGE_RESOLVED);
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void a_failed_delivery_waits_and_says_until_when(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, "here-1", "me", MESSAGE_OPENED);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1));
    courier_end_answer(&k, 0, DELIVERY_RETRY, 0);
    assert_true(bed_until(&b, is_told, &b));
    assert_false(b.deliveries[0].sent);
    int64_t wait_ns = b.deliveries[0].retry_at.ns - clock_wall().ns;
    assert_true(wait_ns > SECONDS(5) && wait_ns <= SECONDS(10));
    assert_string_equal(b.deliveries[0].error, "no route");
    bed_turn(&b);
    assert_int_equal(k.count, 1);
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void a_courier_that_dies_gets_its_rows_again_with_the_same_key(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, "here-1", "me", MESSAGE_OPENED);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1));
    channel_destroy(k.channel);
    bed_turn(&b);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1));
    assert_string_equal(k.got[0].key, "here-1 me opened");
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void nothing_delivered_is_sent_again_after_a_restart(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, "here-1", "me", MESSAGE_OPENED);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1));
    courier_end_answer(&k, 0, DELIVERY_SENT, 0);
    assert_true(bed_until(&b, is_told, &b));
    channel_destroy(k.channel);
    bed_stop(&b);
    bed_start(&b);
    bed_hello(&b, "boot");
    courier_end_connect(&k, &b);
    queue(&b, 2, NULL, "me", MESSAGE_TEST);
    assert_true(courier_end_wait(&k, 1));
    bed_turn(&b);
    assert_int_equal(k.count, 1);
    assert_int_equal(k.got[0].kind, MESSAGE_TEST);
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void what_is_withdrawn_does_not_leave(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_make(&b);
    bed_hello(&b, "boot");
    queue(&b, 1, "here-1", "me", MESSAGE_OPENED);
    char *key = "here-1 me opened";
    struct es_commit c = {.sequence = 2, .at = clock_wall(), .withdrawn = &key, .withdrawn_count = 1};
    bed_commit(&b, &c);
    assert_true(bed_wait_durable(&b, 2));
    courier_end_connect(&k, &b);
    queue(&b, 3, NULL, "me", MESSAGE_TEST);
    assert_true(courier_end_wait(&k, 1));
    assert_int_equal(k.got[0].kind, MESSAGE_TEST);
    channel_destroy(k.channel);
    bed_remove(&b);
}

static void waiting_doubles_and_obeys_what_is_asked(void **state)
{
    assert_int_equal(outbox_wait_ns(1, 0), SECONDS(10));
    assert_int_equal(outbox_wait_ns(2, 0), SECONDS(20));
    assert_int_equal(outbox_wait_ns(5, 0), SECONDS(160));
    assert_int_equal(outbox_wait_ns(6, 0), SECONDS(300));
    assert_int_equal(outbox_wait_ns(4000000, 0), SECONDS(300));
    assert_int_equal(outbox_wait_ns(1, SECONDS(90)), SECONDS(90));
    assert_int_equal(outbox_wait_ns(1, SECONDS(86400)), SECONDS(3600));
    assert_int_equal(outbox_wait_ns(1, -5), SECONDS(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_handed_out_with_the_document_of_its_incident),
        cmocka_unit_test(a_test_message_carries_its_text),
        cmocka_unit_test(a_resolve_never_overtakes),
        cmocka_unit_test(a_failed_delivery_waits_and_says_until_when),
        cmocka_unit_test(a_courier_that_dies_gets_its_rows_again_with_the_same_key),
        cmocka_unit_test(nothing_delivered_is_sent_again_after_a_restart),
        cmocka_unit_test(what_is_withdrawn_does_not_leave),
        cmocka_unit_test(waiting_doubles_and_obeys_what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
