/* Every key of the tables stands in the manual, as *key*. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/config/config.h"
#include "poller/config/profiles_internal.h"
#include "poller/model/expression.h"

static char manual[65536];

static void read_manual(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    manual[fread(manual, 1, sizeof manual - 1, f)] = '\0';
    fclose(f);
}

static void assert_documented(const struct record *r)
{
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        char key[64];
        if (f->record && !(f->flags & FIELD_HIDDEN))
            assert_documented(f->record);
        /* a map's own name and its bare value are no keys to write */
        if ((f->flags & (FIELD_HIDDEN | FIELD_KEY)) || strcmp(f->name, "value") == 0 ||
            strcmp(f->name, "word") == 0)
            continue;
        snprintf(key, sizeof key, "*%s*", f->name);
        if (!strstr(manual, key)) {
            print_message("'%s' of %s is not in the manual\n", f->name, r->name);
            fail();
        }
    }
}

static void every_key_stands_in_the_manual(void **state)
{
    read_manual(MANUALS "/hayloft.yaml.5.scd");
    assert_documented(&config_record);
    assert_documented(&config_check_record);
    for (int kind = 0; kind <= RECEIVER_TEMPLATE; kind++)
        assert_documented(receiver_kind_records[kind]);
}

static void assert_listed(const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (!strstr(manual, words[i]))
            fail_msg("'%s' is not in the manual", words[i]);
}

static void every_key_of_a_profile_stands_in_its_manual(void **state)
{
    read_manual(MANUALS "/hayloft-profile.5.scd");
    assert_documented(&profile_record);
    assert_documented(&profile_shared_record);
    assert_documented(&http_profile_record);
    assert_documented(&meaning_record);
    assert_listed(reading_class_words);
    assert_listed(reading_unit_words);
    assert_listed(profile_kind_words);
    assert_listed(expression_words);
}

static void assert_helpful(const struct record *r)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (!(r->fields[i].flags & (FIELD_HIDDEN | FIELD_KEY)))
            assert_non_null(r->fields[i].help);
}

static void every_key_has_a_word_of_help(void **state)
{
    assert_helpful(&config_record);
    assert_helpful(&profile_record);
    assert_helpful(&profile_shared_record);
    assert_helpful(&profile_column_record);
    assert_helpful(&http_profile_record);
    assert_helpful(&meaning_record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_stands_in_the_manual),
        cmocka_unit_test(every_key_of_a_profile_stands_in_its_manual),
        cmocka_unit_test(every_key_has_a_word_of_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
