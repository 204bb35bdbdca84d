#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/store/at_work.h"
#include "tests/support/folder.h"

/* A process that writes the files in turn and ends in the middle of the last. */
static void crash_in(const char *page, const char *const *files, int count)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct at_work *w = at_work_open(page);
        for (int i = 0; i < count; i++) {
            at_work_begin(w, files[i]);
            if (i < count - 1)
                at_work_end(w);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
}

static const char *culprit(const char *page, char out[64])
{
    struct at_work *w = at_work_open(page);
    const char *name = at_work_culprit(w);
    snprintf(out, 64, "%s", name ? name : "");
    at_work_close(w);
    return out;
}

static void three_crashes_in_one_file_name_it(void **state)
{
    static const char *const files[] = {"a.rrd", "b.rrd", "c.rrd"};
    char folder[] = "/tmp/hayloft-work-XXXXXX", page[64], name[64];
    folder_make(folder);
    snprintf(page, sizeof page, "%s/at-work", folder);
    assert_string_equal(culprit(page, name), "");
    crash_in(page, files, 3);
    crash_in(page, files, 3);
    assert_string_equal(culprit(page, name), "");
    crash_in(page, files, 3); /* the files before it go well each time */
    assert_string_equal(culprit(page, name), "c.rrd");
    assert_string_equal(culprit(page, name), "");
    folder_remove(folder);
}

static void kills_that_hit_different_files_name_none(void **state)
{
    static const char *const files[] = {"a.rrd", "b.rrd", "c.rrd"};
    char folder[] = "/tmp/hayloft-work-XXXXXX", page[64], name[64];
    folder_make(folder);
    snprintf(page, sizeof page, "%s/at-work", folder);
    for (int i = 0; i < 12; i++) {
        crash_in(page, files, 1 + i % 3);
        assert_string_equal(culprit(page, name), "");
    }
    folder_remove(folder);
}

static void without_a_page_nobody_watches(void **state)
{
    assert_null(at_work_open("no/such/folder/at-work"));
    at_work_begin(NULL, "a");
    at_work_end(NULL);
    assert_null(at_work_culprit(NULL));
    at_work_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_crashes_in_one_file_name_it),
        cmocka_unit_test(kills_that_hit_different_files_name_none),
        cmocka_unit_test(without_a_page_nobody_watches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
