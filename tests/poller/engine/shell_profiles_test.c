/* The set collectors go by is replaced only by another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "poller/engine/shell.h"

static struct profile profiles[] = {{.name = "airos", .file = "a", .vendor = "Ubiquiti", .family = "airOS"},
                                    {.name = "barn", .file = "b", .vendor = "Me", .family = "Barn"}};

static bool prepare(struct shell *s, size_t count, size_t missing)
{
    struct profile_set set = {.profiles = profiles, .profiles_count = count};
    struct buf packed = {0};
    field_pack(&profile_set_record, &set, NULL, &packed);
    struct reader in = reader_over(packed.data, packed.len - missing);
    bool ok = shell_profiles_prepare(s, &in);
    buf_fini(&packed);
    return ok;
}

static void the_first_set_stands_in_the_env(void **state)
{
    (void)state;
    struct shell s = {0};
    assert_true(prepare(&s, 1, 0));
    assert_null(s.env.profiles);
    assert_null(shell_profiles_adopt(&s));
    assert_string_equal(s.env.profiles->profiles[0].family, "airOS");
    shell_profiles_drop(s.profiles);
}

static void the_same_set_again_stays_where_it_is(void **state)
{
    (void)state;
    struct shell s = {0};
    assert_true(prepare(&s, 1, 0));
    shell_profiles_adopt(&s);
    const struct profile_set *before = s.env.profiles;
    assert_true(prepare(&s, 1, 0));
    assert_null(shell_profiles_adopt(&s));
    assert_ptr_equal(s.env.profiles, before);
    shell_profiles_drop(s.profiles);
}

static void another_set_hands_out_the_old_one(void **state)
{
    (void)state;
    struct shell s = {0};
    assert_true(prepare(&s, 1, 0));
    shell_profiles_adopt(&s);
    struct held_profiles *first = s.profiles;
    assert_true(prepare(&s, 2, 0));
    assert_int_equal(s.env.profiles->profiles_count, 1);
    struct held_profiles *old = shell_profiles_adopt(&s);
    assert_ptr_equal(old, first);
    assert_int_equal(s.env.profiles->profiles_count, 2);
    shell_profiles_drop(old);
    shell_profiles_drop(s.profiles);
}

/* A set that was put to the vote and refused leaves no trace, nor does one that is not whole. */
static void what_is_not_adopted_changes_nothing(void **state)
{
    (void)state;
    struct shell s = {0};
    assert_true(prepare(&s, 1, 0));
    shell_profiles_adopt(&s);
    assert_true(prepare(&s, 2, 0));
    assert_true(prepare(&s, 1, 0)); /* the one that runs, after all */
    assert_null(s.prepared_profiles);
    assert_false(prepare(&s, 2, 1));
    assert_null(s.prepared_profiles);
    assert_int_equal(s.env.profiles->profiles_count, 1);
    shell_profiles_drop(s.profiles);
    shell_profiles_drop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_set_stands_in_the_env),
        cmocka_unit_test(the_same_set_again_stays_where_it_is),
        cmocka_unit_test(another_set_hands_out_the_old_one),
        cmocka_unit_test(what_is_not_adopted_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
