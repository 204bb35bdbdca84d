#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "poller/base/cursor.h"
#include "poller/engine/sample_rows.h"

#define ROW_BYTES (14 + 2 * 8)

static void add(struct sample_rows *r, uint32_t id, int64_t at_s, double value)
{
    double values[] = {value, value + 1};
    struct object o = {.id = id, .source_count = 2, .values = values, .at = {SECONDS(at_s)}};
    sample_rows_add(r, &o);
}

struct row {
    uint32_t id;
    uint64_t stamp;
    double first;
};

static struct row next_row(struct reader *r)
{
    struct row row;
    uint16_t count;
    uint64_t bits = 0, ignored;
    assert_true(rd_u32(r, &row.id) && rd_u64(r, &row.stamp) && rd_u16(r, &count));
    assert_int_equal(count, 2);
    assert_true(rd_u64(r, &bits) && rd_u64(r, &ignored));
    memcpy(&row.first, &bits, sizeof bits);
    return row;
}

static void rows_get_their_stamp_when_they_are_taken(void **state)
{
    struct sample_rows *r = sample_rows_create(1 << 20);
    struct buf out = {0};
    struct instant now = {{SECONDS(500)}, {SECONDS(1800000000)}};
    add(r, 3, 440, 7);
    add(r, 4, 499, 8);
    assert_int_equal(sample_rows_bytes(r), 2 * ROW_BYTES);
    assert_true(sample_rows_take(r, now, &(struct sample_slice){0}, &out));
    struct reader in = reader_over(out.data, out.len);
    struct row a = next_row(&in), b = next_row(&in);
    assert_int_equal(a.id, 3);
    assert_int_equal(a.stamp, SECONDS(1800000000 - 60));
    assert_true(a.first == 7);
    assert_int_equal(b.id, 4);
    assert_int_equal(b.stamp, SECONDS(1800000000 - 1));
    assert_int_equal(rd_left(&in), 0);
    assert_false(sample_rows_take(r, now, &(struct sample_slice){0}, &out));
    assert_int_equal(sample_rows_bytes(r), 0);
    buf_fini(&out);
    sample_rows_destroy(r);
}

static void the_oldest_go_when_there_are_too_many_and_each_value_is_counted(void **state)
{
    const unsigned per_record = SAMPLE_ROWS_TAKE_BYTES / ROW_BYTES, rows = 5 * per_record;
    struct sample_rows *r = sample_rows_create(2 * SAMPLE_ROWS_TAKE_BYTES);
    struct instant now = {{SECONDS(rows)}, {SECONDS(1800000000)}};
    struct buf out = {0};
    uint64_t kept = 0, last = 0;
    for (unsigned i = 0; i < rows; i++)
        add(r, 1, i, i);
    assert_true(sample_rows_are_full(r));
    assert_true(sample_rows_bytes(r) <= 2 * SAMPLE_ROWS_TAKE_BYTES);
    for (; sample_rows_take(r, now, &(struct sample_slice){0}, &out); buf_clear(&out))
        for (struct reader in = reader_over(out.data, out.len); rd_left(&in); kept++) {
            struct row row = next_row(&in);
            assert_true(row.stamp > last); /* in order, and up to the newest */
            last = row.stamp;
        }
    assert_int_equal(last, SECONDS(1800000000 - 1));
    assert_int_equal(2 * kept + sample_rows_dropped(r), 2 * rows);
    assert_true(kept >= per_record);
    buf_fini(&out);
    sample_rows_destroy(r);
}

/* Ten hours of two objects, one of them asked twice as often. */
static void hours_of_them_go_in_slices_that_store_can_take(void **state)
{
    struct sample_rows *r = sample_rows_create(1 << 20);
    struct instant now = {{SECONDS(36000)}, {SECONDS(1800036000)}};
    struct buf out = {0};
    unsigned slices = 0, rows = 0;
    uint64_t last = 0;
    for (unsigned i = 0; i < 600; i++) {
        add(r, 1, i * 60, i);
        add(r, 2, i * 60, i);
        add(r, 2, i * 60 + 30, i);
    }
    while (sample_rows_bytes(r)) {
        struct sample_slice slice = {0};
        unsigned of_each[3] = {0};
        for (slices++; sample_rows_take(r, now, &slice, &out); buf_clear(&out))
            for (struct reader in = reader_over(out.data, out.len); rd_left(&in); rows++) {
                struct row row = next_row(&in);
                of_each[row.id]++;
                assert_true(row.stamp >= last);
                last = row.stamp;
            }
        assert_in_range(of_each[2], 1, SAMPLE_SLICE_ROWS);
        assert_int_equal(slice.full, sample_rows_bytes(r) > 0);
    }
    assert_int_equal(rows, 1800);
    assert_int_equal(slices, 1200 / SAMPLE_SLICE_ROWS);
    buf_fini(&out);
    sample_rows_destroy(r);
}

/* What a check tells that is asked every four minutes, for a file of one-minute steps. */
static void a_value_that_holds_longer_leaves_no_gap(void **state)
{
    struct sample_rows *r = sample_rows_create(1 << 20);
    struct instant now = {{SECONDS(1000)}, {SECONDS(1800001000)}};
    struct buf out = {0};
    double values[] = {7, 8};
    struct object o = {.id = 1, .source_count = 2, .values = values, .step_ns = SECONDS(60), .at = {SECONDS(990)},
                       .from = {SECONDS(745)}};
    const int64_t wanted_s[] = {865, 985, 990};
    sample_rows_add(r, &o);
    assert_true(sample_rows_take(r, now, &(struct sample_slice){0}, &out));
    struct reader in = reader_over(out.data, out.len);
    for (size_t i = 0; i < sizeof wanted_s / sizeof wanted_s[0]; i++) {
        struct row row = next_row(&in);
        assert_int_equal(row.stamp, SECONDS(1800000000 + wanted_s[i]));
        assert_true(row.first == 7);
    }
    assert_int_equal(rd_left(&in), 0);
    buf_fini(&out);
    sample_rows_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_get_their_stamp_when_they_are_taken),
        cmocka_unit_test(hours_of_them_go_in_slices_that_store_can_take),
        cmocka_unit_test(a_value_that_holds_longer_leaves_no_gap),
        cmocka_unit_test(the_oldest_go_when_there_are_too_many_and_each_value_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
