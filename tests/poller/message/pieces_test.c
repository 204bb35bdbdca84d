#include "poller/message/pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS 4096

static struct buf whole;

static int pack(void **state)
{
    static struct wall at[WIRING_LISTS];
    struct wiring_address *rows = calloc(ROWS, sizeof *rows);
    for (uint32_t i = 0; i < ROWS; i++)
        rows[i].bridge_port = i;
    struct ew_tables t = {.found = true, .at = at, .at_count = WIRING_LISTS,
                          .wiring = {.addresses = rows, .address_count = ROWS}};
    whole = (struct buf){0};
    field_pack(&ew_tables_record, &t, NULL, &whole);
    free(rows);
    return whole.failed;
}

static int drop(void **state)
{
    buf_fini(&whole);
    return 0;
}

static void what_is_cut_is_put_together_again(void **state)
{
    struct pieces p = {0};
    struct ew_piece piece;
    struct arena *a = arena_create(0);
    struct ew_tables got;
    enum pieces_state s = PIECES_MORE;
    unsigned count = 0;
    for (uint32_t at = 0; pieces_cut(&whole, 5, at, &piece); at += PIECE_BYTES, count++) {
        assert_int_equal(s, PIECES_MORE);
        assert_int_equal(piece.request, 5);
        s = pieces_take(&p, &piece);
    }
    assert_int_equal(s, PIECES_WHOLE);
    assert_int_equal(count, 2);
    assert_true(pieces_unpack(&p, &ew_tables_record, a, &got));
    assert_true(got.found);
    assert_int_equal(got.wiring.address_count, ROWS);
    assert_int_equal(got.wiring.addresses[ROWS - 1].bridge_port, ROWS - 1);
    pieces_fini(&p);
    arena_destroy(a);
}

static void a_piece_fits_a_message(void **state)
{
    struct ew_piece piece;
    struct buf message = {0};
    assert_true(pieces_cut(&whole, 1, 0, &piece));
    field_pack(&ew_piece_record, &piece, NULL, &message);
    assert_true(message.len < 65536);
    buf_fini(&message);
}

static void nothing_is_taken_out_of_order_or_beyond_its_end(void **state)
{
    static uint8_t bytes[4] = {1, 2, 3, 4};
    static const struct {
        uint32_t total, offset;
        size_t len;
    } wrong[] = {{8, 4, 4}, {3, 0, 4}, {4, 0, 0}, {0, 0, 4}, {PIECES_MAX_BYTES + 1, 0, 4}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct pieces p = {0};
        struct ew_piece piece = {.total = wrong[i].total, .offset = wrong[i].offset, .bytes = {bytes, wrong[i].len}};
        assert_int_equal(pieces_take(&p, &piece), PIECES_WRONG);
        pieces_fini(&p);
    }
}

static void a_whole_that_shrinks_on_the_way_is_wrong(void **state)
{
    static uint8_t bytes[4] = {1, 2, 3, 4};
    struct pieces p = {0};
    struct ew_piece first = {.total = 8, .bytes = {bytes, 4}}, second = {.total = 2, .offset = 4, .bytes = {bytes, 4}};
    assert_int_equal(pieces_take(&p, &first), PIECES_MORE);
    assert_int_equal(pieces_take(&p, &second), PIECES_WRONG);
    pieces_fini(&p);
}

static void bytes_left_over_are_refused(void **state)
{
    struct pieces p = {0};
    struct arena *a = arena_create(0);
    struct ew_tables got;
    buf_put(&p.whole, whole.data, whole.len);
    buf_char(&p.whole, 0);
    assert_false(pieces_unpack(&p, &ew_tables_record, a, &got));
    pieces_fini(&p);
    arena_destroy(a);
}

#define test_of(f) cmocka_unit_test_setup_teardown(f, pack, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(what_is_cut_is_put_together_again),
        test_of(a_piece_fits_a_message),
        test_of(nothing_is_taken_out_of_order_or_beyond_its_end),
        test_of(a_whole_that_shrinks_on_the_way_is_wrong),
        test_of(bytes_left_over_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
