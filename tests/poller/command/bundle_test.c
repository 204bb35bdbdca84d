#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/json.h"
#include "poller/command/bundle.h"

static void a_manifest_comes_back_as_it_was_written(void **state)
{
    struct bundle_manifest m = {.format = 1, .schema = 1, .made_ns = INT64_C(1764000000) * NS_PER_S,
                                .database_bytes = 90000, .series_files = 12, .series_bytes = 3000000,
                                .journal_bytes = 4096, .config_bytes = 700, .version = "0.1.0"}, back;
    struct buf text = {0};
    cJSON *d = bundle_document(&m);
    json_print(d, true, &text);
    assert_true(bundle_read(text.data, text.len, &back));
    assert_int_equal(back.made_ns, m.made_ns);
    assert_int_equal(back.series_files, 12);
    assert_int_equal(back.config_bytes, 700);
    assert_int_equal(back.secrets_bytes, 0);
    assert_string_equal(back.version, "0.1.0");
    cJSON_Delete(d);
    buf_fini(&text);
}

static void what_is_no_manifest_is_refused(void **state)
{
    static const char *const wrong[] = {"", "{}", "[1]", "{\"format\": 1}", "{\"format\": -1, \"made\": \"x\"}",
                                        "{\"made\": \"2025-11-24T16:00:00Z\"}"};
    struct bundle_manifest m;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(bundle_read(wrong[i], strlen(wrong[i]), &m));
}

static void a_newer_manifest_is_read_far_enough_to_refuse_it(void **state)
{
    static const char newer[] = "{\"format\": 7, \"made\": \"2030-01-01T00:00:00Z\", \"parts\": []}";
    struct bundle_manifest m;
    assert_true(bundle_read(newer, strlen(newer), &m));
    assert_true(m.format > BUNDLE_FORMAT);
}

static void the_newest_schema_is_the_store_s(void **state)
{
    int64_t newest = 0;
    DIR *dir = opendir(STORE_FOLDER);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        if (strncmp(e->d_name, "schema_", 7) == 0 && strtol(e->d_name + 7, NULL, 10) > newest)
            newest = strtol(e->d_name + 7, NULL, 10);
    closedir(dir);
    assert_int_equal(newest, BUNDLE_SCHEMA_NEWEST);
}

static void a_folder_somebody_works_in_is_not_locked_again(void **state)
{
    char folder[] = "/tmp/hayloft-bundle-XXXXXX", path[64];
    long holder;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lock", folder);
    int first = bundle_lock(folder, &holder);
    assert_true(first >= 0);
    assert_int_equal(write(first, "4711\n", 5), 5);
    assert_int_equal(bundle_lock(folder, &holder), -1);
    assert_int_equal(holder, 4711);
    close(first);
    int again = bundle_lock(folder, &holder);
    assert_true(again >= 0);
    close(again);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_comes_back_as_it_was_written),
        cmocka_unit_test(what_is_no_manifest_is_refused),
        cmocka_unit_test(a_newer_manifest_is_read_far_enough_to_refuse_it),
        cmocka_unit_test(the_newest_schema_is_the_store_s),
        cmocka_unit_test(a_folder_somebody_works_in_is_not_locked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
