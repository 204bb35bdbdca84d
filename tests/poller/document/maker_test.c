#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/document/maker.h"

static const char text[] = "OUI/MA-L\t\t\tOrganization\r\n"
                           "\r\n"
                           "F0-9F-C2   (hex)\t\tUbiquiti Inc\r\n"
                           "F09FC2     (base 16)\t\tUbiquiti Inc\r\n"
                           "\t\t\t\tNew York  NY  10017\r\n"
                           "3C-84-6A   (hex)\t\tTP-LINK TECHNOLOGIES CO.,LTD.\r\n";

static const char *maker_of(struct makers *m, const char *mac)
{
    struct mac parsed;
    assert_true(mac_parse(mac, &parsed));
    return makers_find(m, &parsed);
}

static void a_line_of_the_table_gives_three_bytes_and_a_maker(void **state)
{
    uint8_t prefix[3];
    char maker[MAKER_MAX];
    assert_true(maker_line("3C-84-6A   (hex)\t\tTP-LINK TECHNOLOGIES CO.,LTD.\r\n", prefix, maker));
    assert_memory_equal(prefix, "\x3c\x84\x6a", 3);
    assert_string_equal(maker, "TP-LINK TECHNOLOGIES CO.,LTD.");
    assert_false(maker_line("3C846A     (base 16)\t\tTP-LINK\r\n", prefix, maker));
    assert_false(maker_line("\r\n", prefix, maker));
}

static void cards_are_found_in_a_table_of_any_order(void **state)
{
    struct makers *m = makers_over(fmemopen((void *)(uintptr_t)text, sizeof text - 1, "r"));
    assert_non_null(m);
    assert_string_equal(maker_of(m, "3c:84:6a:01:02:03"), "TP-LINK TECHNOLOGIES CO.,LTD.");
    assert_string_equal(maker_of(m, "f0:9f:c2:01:02:03"), "Ubiquiti Inc");
    assert_string_equal(maker_of(m, "00:00:5e:01:02:03"), "");
    makers_close(m);
}

static void an_address_a_phone_made_up_has_no_maker(void **state)
{
    static const char liar[] = "02-00-00   (hex)\t\tNobody\r\n";
    struct makers *m = makers_over(fmemopen((void *)(uintptr_t)liar, sizeof liar - 1, "r"));
    assert_string_equal(maker_of(m, "02:00:00:01:02:03"), "");
    makers_close(m);
}

static void without_a_table_nobody_is_known(void **state)
{
    assert_null(makers_over(NULL));
    assert_string_equal(maker_of(NULL, "3c:84:6a:01:02:03"), "");
    makers_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_the_table_gives_three_bytes_and_a_maker),
        cmocka_unit_test(cards_are_found_in_a_table_of_any_order),
        cmocka_unit_test(an_address_a_phone_made_up_has_no_maker),
        cmocka_unit_test(without_a_table_nobody_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
