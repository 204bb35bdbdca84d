/* What hayloft-config would print, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "poller/command/profiles_load.h"
#include "poller/command/spawn.h"

static struct buf said;
static int status;
static char *asked[8];

/* In place of the program. */
int spawn_own(char *const argv[], struct buf *output)
{
    for (size_t i = 0; i < 8 && argv[i]; i++)
        asked[i] = argv[i];
    buf_put(output, said.data, said.len);
    return status;
}

static void say(size_t count)
{
    static struct profile profiles[] = {{.name = "airos", .file = "a", .vendor = "Ubiquiti", .family = "airOS"}};
    static struct meaning meanings[] = {{.name = "signal", .class_ = "rssi", .unit = "dBm", .help = "heard"}};
    const struct profile_set set = {
        .profiles = profiles, .profiles_count = count, .meanings = meanings, .meanings_count = 1};
    buf_clear(&said);
    field_pack(&profile_set_record, &set, NULL, &said);
    status = 0;
}

static void what_the_reader_prints_is_the_set(void **state)
{
    (void)state;
    struct arena *arena = arena_create(0);
    say(1);
    const struct profile_set *set = profiles_load("/etc/hayloft/hayloft.yaml", arena);
    assert_non_null(set);
    assert_string_equal(set->profiles[0].vendor, "Ubiquiti");
    assert_string_equal(profile_meaning(set, "signal")->unit, "dBm");
    assert_string_equal(asked[2], "/etc/hayloft/hayloft.yaml");
    arena_destroy(arena);
}

static void a_reader_that_fails_gives_none(void **state)
{
    (void)state;
    struct arena *arena = arena_create(0);
    say(1);
    status = 1;
    assert_null(profiles_load("x.yaml", arena));
    arena_destroy(arena);
}

static void what_is_not_whole_gives_none(void **state)
{
    (void)state;
    struct arena *arena = arena_create(0);
    say(1);
    said.len--;
    assert_null(profiles_load("x.yaml", arena));
    said.len++;
    buf_char(&said, 'x');
    assert_null(profiles_load("x.yaml", arena));
    buf_clear(&said);
    assert_null(profiles_load("x.yaml", arena));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_reader_prints_is_the_set),
        cmocka_unit_test(a_reader_that_fails_gives_none),
        cmocka_unit_test(what_is_not_whole_gives_none),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_fini(&said);
    return failed;
}
