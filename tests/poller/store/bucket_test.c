#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/store/bucket.h"

static struct mono at(int64_t s)
{
    return (struct mono){s * NS_PER_S};
}

static void five_tries_are_free_then_each_waits(void **state)
{
    static struct buckets b;
    memset(&b, 0, sizeof b);
    for (int i = 0; i < BUCKET_TRIES; i++) {
        assert_int_equal(bucket_wait_ns(&b, "user anna", at(100)), 0);
        bucket_take(&b, "user anna", at(100));
    }
    assert_int_equal(bucket_wait_ns(&b, "user anna", at(100)), BUCKET_REFILL_NS);
    assert_int_equal(bucket_wait_ns(&b, "user otto", at(100)), 0);
    assert_int_equal(bucket_wait_ns(&b, "user anna", at(100 + 20)), 0);
    bucket_take(&b, "user anna", at(120));
    assert_true(bucket_wait_ns(&b, "user anna", at(120)) > 0);
    bucket_forget(&b, "user anna");
    assert_int_equal(bucket_wait_ns(&b, "user anna", at(120)), 0);
}

static void a_swarm_of_names_does_not_free_the_worst(void **state)
{
    static struct buckets b;
    memset(&b, 0, sizeof b);
    for (int i = 0; i < 3 * BUCKET_TRIES; i++)
        bucket_take(&b, "at 10.0.0.9", at(100));
    for (int i = 0; i < 10 * BUCKETS_MAX; i++) {
        char key[32];
        snprintf(key, sizeof key, "user %d", i);
        bucket_take(&b, key, at(101));
    }
    assert_true(bucket_wait_ns(&b, "at 10.0.0.9", at(101)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_tries_are_free_then_each_waits),
        cmocka_unit_test(a_swarm_of_names_does_not_free_the_worst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
