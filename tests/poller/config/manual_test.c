/* Every key of the tables stands in the manual, as *key*. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/config/config.h"

static char manual[65536];

static void read_manual(void)
{
    FILE *f = fopen(HAYLOFT_MANUAL, "r");
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
        if ((f->flags & (FIELD_HIDDEN | FIELD_KEY)) || strcmp(f->name, "value") == 0)
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
    read_manual();
    assert_documented(&config_record);
    assert_documented(&config_check_record);
    for (int kind = 0; kind <= RECEIVER_TEMPLATE; kind++)
        assert_documented(receiver_kind_records[kind]);
}

static void every_key_has_a_word_of_help(void **state)
{
    for (size_t i = 0; i < config_record.field_count; i++)
        if (!(config_record.fields[i].flags & FIELD_HIDDEN))
            assert_non_null(config_record.fields[i].help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_stands_in_the_manual),
        cmocka_unit_test(every_key_has_a_word_of_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
