#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graphs/number.h"

static const char *text_of(double v)
{
    static char out[NUMBER_TEXT_MAX];
    const char *end = number_text(v, out);
    assert_ptr_equal(end, out + strlen(out));
    return out;
}

static void numbers_read_as_people_write_them(void **state)
{
    assert_string_equal(text_of(0), "0");
    assert_string_equal(text_of(-0.5), "-0.5");
    assert_string_equal(text_of(1000000000), "1000000000");
    assert_string_equal(text_of(0.0003), "0.0003");
    assert_string_equal(text_of(12.25), "12.25");
    assert_string_equal(text_of(0.9999999999), "1");
    assert_string_equal(text_of(1e21), "1e+21");
}

static void what_is_no_number_is_unknown(void **state)
{
    assert_string_equal(text_of(NAN), "U");
    assert_string_equal(text_of(INFINITY), "U");
    assert_string_equal(text_of(-INFINITY), "U");
}

static void a_million_numbers_come_back_close(void **state)
{
    srand(1);
    for (int i = 0; i < 1000000; i++) {
        double v = ldexp((double)rand() / RAND_MAX - 0.5, rand() % 80 - 30);
        double back = strtod(text_of(v), NULL);
        assert_true(fabs(back - v) <= fmax(5.1e-10, fabs(v) * 1e-14));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_as_people_write_them),
        cmocka_unit_test(what_is_no_number_is_unknown),
        cmocka_unit_test(a_million_numbers_come_back_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
