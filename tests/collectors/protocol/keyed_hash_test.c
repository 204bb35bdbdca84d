#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/protocol/keyed_hash.h"

/* The published vector for the eight bytes 00..07 under the key 00..0f. */
static void the_published_vector_comes_out(void **state)
{
    struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    assert_true(keyed_hash(&key, 0x0706050403020100) == 0x93f5f5799a932462);
}

static void another_key_gives_another_value(void **state)
{
    struct hash_key one = {1, 2}, two = {1, 3};
    assert_true(keyed_hash(&one, 7) != keyed_hash(&two, 7));
    assert_true(keyed_hash(&one, 7) != keyed_hash(&one, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector_comes_out),
        cmocka_unit_test(another_key_gives_another_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
