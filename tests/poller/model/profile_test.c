#include "poller/model/profile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct profile_probe probes[] = {{"1.3.6.1.4.1.41112.1.4", "Nano"}};
static struct profile_match matches[] = {{"1.3.6.1.4.1.10002.1", "^Linux", probes, 1}};
static struct profile_word words[] = {{"1", "good normal"}, {"2", "bad: on battery"}, {"*", "warn"}};
static struct profile_text models[] = {{"1.2.840.10036.3.1.2.1.3", PROFILE_OF_OID, "(.*)", "{}", words, 3}};
static struct profile_column columns[] = {{"noise", "1.3.6.1.4.1.41112.1.4.5.1.8", PROFILE_ROW_LAST, true, false}};
static double sentinels[] = {0, -1, 65535};
static struct profile_reading readings[] = {
    {.oid = "1.3.6.1.4.1.41112.1.4.5.1.5", .meaning = "signal", .class_ = "rssi", .unit = "dBm",
     .label = "signal", .value = "x - 1", .when = "x < 0", .absent = sentinels, .absent_count = 3,
     .index = PROFILE_INDEX_MAC, .rows = "^1$", .with = columns, .with_count = 1, .states = words,
     .states_count = 3, .sum = PROFILE_MAX, .rate = true, .fixed = true,
     .limits = {-75, -85, NAN, NAN, 2}, .object = "radio-{index}", .source = "signal"},
};
static char *others[] = {"host-resources"};
static struct profile profiles[] = {
    {.name = "airos", .file = "airos.yaml", .summary = "s", .vendor = "Ubiquiti", .family = "airOS",
     .kind = "radio", .menu = "Services", .standard = false, .without = others, .without_count = 1, .rank = 5,
     .match = matches, .match_count = 1, .model = models, .model_count = 1, .version = models,
     .version_count = 1, .serial = models, .serial_count = 1, .readings = readings, .readings_count = 1,
     .unseen = true, .repetitions = 10},
    {.name = "ups-mib", .file = "ups-mib.yaml", .vendor = "any", .family = "UPS", .standard = true},
};
static struct meaning meanings[] = {
    {"signal", "rssi", "dBm", "what it hears", MEANING_WORSE_LOW, {-75, -85, NAN, NAN, 2}}};
static const struct profile_set set = {.profiles = profiles, .profiles_count = COUNT(profiles), .meanings = meanings,
                                       .meanings_count = COUNT(meanings)};

static void a_set_comes_whole_through_a_message(void **state)
{
    (void)state;
    struct arena *arena = arena_create(0);
    struct profile_set copy;
    assert_true(field_copy(&profile_set_record, &set, NULL, arena, &copy));
    assert_true(field_equal(&profile_set_record, &set, &copy, NULL));
    const struct profile_reading *r = &copy.profiles[0].readings[0];
    assert_string_equal(r->with[0].name, "noise");
    assert_int_equal(r->with[0].row, PROFILE_ROW_LAST);
    assert_true(r->limits.bad_low == -85 && isnan(r->limits.warn_high));
    assert_true(r->absent[2] == 65535);
    assert_int_equal(r->sum, PROFILE_MAX);
    assert_string_equal(r->source, "signal");
    assert_string_equal(copy.profiles[0].without[0], "host-resources");
    assert_true(copy.profiles[1].standard && copy.profiles[0].unseen);
    arena_destroy(arena);
}

/* Whatever a table does not cover must be padding: less than a word, up to the next one. */
static void no_member_is_forgotten(const struct record *r)
{
    unsigned char covered[512] = {0};
    assert_true(r->size < sizeof covered);
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        bool list = f->flags & FIELD_LIST;
        memset(covered + f->offset, 1, list ? sizeof(void *) : field_size(f));
        if (list)
            memset(covered + f->count_offset, 1, sizeof(size_t));
        if (f->record)
            no_member_is_forgotten(f->record);
    }
    for (size_t i = 0, gap = 0; i <= r->size; i++) {
        if (i < r->size && !covered[i])
            gap++;
        else if (gap && (gap >= sizeof(void *) || i % sizeof(int)))
            fail_msg("%s: %zu bytes before %zu belong to no field", r->name, gap, i);
        else
            gap = 0;
    }
}

static void every_member_is_in_its_table(void **state)
{
    (void)state;
    no_member_is_forgotten(&profile_set_record);
}

static void what_is_cut_short_is_refused(void **state)
{
    (void)state;
    struct buf packed = {0};
    field_pack(&profile_set_record, &set, NULL, &packed);
    for (size_t len = 0; len < packed.len; len++) {
        struct arena *arena = arena_create(1 << 20);
        struct reader in = reader_over(packed.data, len);
        struct profile_set copy;
        assert_false(field_unpack(&profile_set_record, &in, NULL, arena, &copy));
        arena_destroy(arena);
    }
    buf_fini(&packed);
}

static void things_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(profile_find(&set, "ups-mib"), &profiles[1]);
    assert_null(profile_find(&set, "ups"));
    assert_ptr_equal(profile_meaning(&set, "signal"), &meanings[0]);
    assert_null(profile_meaning(&set, "noise"));
}

static void words_are_found_exactly_or_by_the_star(void **state)
{
    (void)state;
    assert_ptr_equal(profile_word_find(words, 3, "2", 1), &words[1]);
    assert_ptr_equal(profile_word_find(words, 3, "2\0", 2), &words[1]);
    assert_ptr_equal(profile_word_find(words, 3, "22", 2), &words[2]);
    assert_null(profile_word_find(words, 2, "22", 2));
    assert_null(profile_word_find(words, 2, "", 0));
}

static void a_state_is_a_level_and_a_word(void **state)
{
    (void)state;
    enum reading_level level;
    const char *word;
    assert_true(profile_state("good normal", &level, &word));
    assert_int_equal(level, READING_GOOD);
    assert_string_equal(word, "normal");
    assert_true(profile_state("bad: on battery", &level, &word));
    assert_int_equal(level, READING_BAD);
    assert_string_equal(word, "on battery");
    assert_true(profile_state("warn", &level, &word));
    assert_string_equal(word, "warn");
    assert_true(profile_state("unjudged unknown", &level, &word));
    assert_int_equal(level, READING_UNJUDGED);
    assert_false(profile_state("goodness", &level, &word));
    assert_false(profile_state("normal", &level, &word));
    assert_false(profile_state("", &level, &word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_comes_whole_through_a_message),
        cmocka_unit_test(every_member_is_in_its_table),
        cmocka_unit_test(what_is_cut_short_is_refused),
        cmocka_unit_test(things_are_found_by_name),
        cmocka_unit_test(words_are_found_exactly_or_by_the_star),
        cmocka_unit_test(a_state_is_a_level_and_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
