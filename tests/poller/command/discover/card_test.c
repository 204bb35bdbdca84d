#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <cmocka.h>

#include "poller/command/discover/card.h"

static void cards_are_known_by_the_kernels_names(void **state)
{
    assert_true(card_is_named("../../devices/platform/soc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0/mmcblk0p2"));
    assert_false(card_is_named("../../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1"));
    assert_false(card_is_named("../../devices/virtual/block/dm-0"));
}

/* A sysfs of our own, in which the disk of /tmp is what we say. */
static void of_a_folder_that_is_still_to_be_made_the_one_above_counts(void **state)
{
    char sys[] = "/tmp/hayloft-card-XXXXXX", path[128], link[160];
    struct stat st;
    assert_non_null(mkdtemp(sys));
    assert_int_equal(stat(sys, &st), 0);
    snprintf(path, sizeof path, "%s/dev", sys);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/dev/block", sys);
    mkdir(path, 0755);
    snprintf(link, sizeof link, "%s/%u:%u", path, major(st.st_dev), minor(st.st_dev));
    snprintf(path, sizeof path, "%s/lib/hayloft", sys);
    assert_false(card_holds(sys, path)); /* no disk of that number */
    assert_int_equal(symlink("../../devices/mmc0/block/mmcblk0/mmcblk0p2", link), 0);
    assert_true(card_holds(sys, path));
    unlink(link);
    assert_int_equal(symlink("../../devices/nvme0/block/nvme0n1", link), 0);
    assert_false(card_holds(sys, path));
    unlink(link);
    snprintf(path, sizeof path, "%s/dev/block", sys);
    rmdir(path);
    snprintf(path, sizeof path, "%s/dev", sys);
    rmdir(path);
    rmdir(sys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_are_known_by_the_kernels_names),
        cmocka_unit_test(of_a_folder_that_is_still_to_be_made_the_one_above_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
