#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/message/engine_store.h"

#define AT(s) ((struct wall){SECONDS(INT64_C(1785000000) + (s))})

static char *sources[] = {"rtt", "loss"};
static const struct vantage_head head = {"barn", {SECONDS(1785000000)}, true, true, {0}, SECONDS(60)};
static const struct vantage_object ping = {7, "barn-cam", "ping", "ping", SECONDS(60), sources, 2};

static void put_row(struct buf *rows, uint32_t object, int64_t at_ns, double a, double b)
{
    uint8_t bytes[SAMPLE_ROW_BYTES(2)], values[16];
    struct writer w = writer_over(values, sizeof values), out = writer_over(bytes, sizeof bytes);
    double both[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        uint64_t bits;
        memcpy(&bits, &both[i], sizeof bits);
        wr_u64(&w, bits);
    }
    struct sample_row row = {object, at_ns, values, 2};
    assert_true(sample_row_write(&out, &row));
    buf_put(rows, bytes, sizeof bytes);
}

static void put_rows(struct buf *out, uint32_t object, int64_t at_ns, double a, double b)
{
    struct buf rows = {0};
    put_row(&rows, object, at_ns, a, b);
    vantage_put_packed(out, VANTAGE_ROWS, rows.data, rows.len);
    buf_fini(&rows);
}

/* Reads out; the report's texts live until the next call. */
static bool reads(const struct buf *out, struct vantage_report *r)
{
    static struct arena *arena;
    arena_destroy(arena);
    arena = arena_create(VANTAGE_MEMORY_MAX);
    return vantage_read(out->data, out->len, arena, r);
}

/* "HLV1"
 * 0001 00000022  head
 *   00000004 "barn"  18c5.. sent, 2026-07-25T17:20:00Z in ns  01 clock set  01 whole  0.. behind  60 s in ns
 * 0006 0000003b  object
 *   00000007  00000008 "barn-cam"  00000004 "ping"  00000004 "ping"  60 s in ns  00000002 sources "rtt" "loss" */
static void the_bytes_stay_as_they_are(void **state)
{
    static const uint8_t golden[] = {
        'H', 'L', 'V', '1',
        0, 1, 0, 0, 0, 34, 0, 0, 0, 4, 'b', 'a', 'r', 'n', 0x18, 0xc5, 0x98, 0x0a, 0xec, 0x12, 0x80, 0x00,
        1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0d, 0xf8, 0x47, 0x58, 0x00,
        0, 6, 0, 0, 0, 59, 0, 0, 0, 7, 0, 0, 0, 8, 'b', 'a', 'r', 'n', '-', 'c', 'a', 'm', 0, 0, 0, 4,
        'p', 'i', 'n', 'g', 0, 0, 0, 4, 'p', 'i', 'n', 'g', 0, 0, 0, 0x0d, 0xf8, 0x47, 0x58, 0x00,
        0, 0, 0, 2, 0, 0, 0, 3, 'r', 't', 't', 0, 0, 0, 4, 'l', 'o', 's', 's'};
    struct buf out = {0};
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    assert_int_equal(out.len, sizeof golden);
    assert_memory_equal(out.data, golden, sizeof golden);
    buf_fini(&out);
}

static void a_report_comes_back_as_it_was_written(void **state)
{
    struct vantage_node node = {"barn-cam", "up", AT(-100), ""};
    struct vantage_view view = {AT(0), AT(-500), AT(-900), &node, 1};
    struct vantage_run run = {"boot-a", AT(-600), AT(-500), AT(-900)};
    struct vantage_change change = {"barn-cam", "down", "up", AT(-100), "", NULL};
    struct vantage_event event = {"node-rebooted", "barn-cam", "restarted 20 s ago", AT(-90)};
    struct vantage_incident incident = {"barn-1", 3, AT(-200), AT(-50), "day", "node-down", "barn-cam is silent",
                                        "barn-cam", "barn"};
    struct vantage_decided decided = {.boot = "boot-a", .sequence = 12, .changes = &change, .changes_count = 1,
                                      .events = &event, .events_count = 1, .incidents = &incident,
                                      .incidents_count = 1};
    struct vantage_lost lost = {AT(-4000), AT(-3000)};
    struct vantage_report r;
    struct buf out = {0};
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_VIEW, &view);
    vantage_put(&out, VANTAGE_RUN, &run);
    vantage_put(&out, VANTAGE_DECIDED, &decided);
    vantage_put(&out, VANTAGE_LOST, &lost);
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    put_rows(&out, 7, AT(-60).ns, 0.002, 0);
    assert_true(reads(&out, &r));
    assert_string_equal(r.head.vantage, "barn");
    assert_int_equal(r.head.every_ns, SECONDS(60));
    assert_int_equal(r.view->nodes_count, 1);
    assert_string_equal(r.view->nodes[0].state, "up");
    assert_int_equal(r.runs[0].silent.ns, AT(-600).ns);
    assert_int_equal(r.decided[0].sequence, 12);
    assert_string_equal(r.decided[0].changes[0].to, "up");
    assert_string_equal(r.decided[0].incidents[0].sentence, "barn-cam is silent");
    assert_int_equal(r.lost[0].until.ns, AT(-3000).ns);
    assert_int_equal(r.sample_count, 1);
    struct reader in = reader_over(r.rows[0].data, r.rows[0].len);
    struct sample_row row;
    assert_true(sample_row_read(&in, &row));
    assert_true(sample_row_value(&row, 0) == 0.002);
    buf_fini(&out);
}

static void what_a_younger_vantage_adds_is_passed_over(void **state)
{
    static const uint8_t more[] = {0, 0, 0, 9, 'n', 'e', 'w'};
    struct vantage_lost lost = {AT(-4000), AT(-3000)};
    struct vantage_report r;
    struct buf out = {0}, packed = {0};
    vantage_begin(&out, &head);
    vantage_put_packed(&out, (enum vantage_piece)4711, more, sizeof more);
    field_pack(&vantage_lost_record, &lost, NULL, &packed);
    buf_put(&packed, more, sizeof more);
    vantage_put_packed(&out, VANTAGE_LOST, packed.data, packed.len);
    assert_true(reads(&out, &r));
    assert_int_equal(r.lost_count, 1);
    assert_int_equal(r.lost[0].from.ns, AT(-4000).ns);
    buf_fini(&packed);
    buf_fini(&out);
}

static void no_report_is_taken_that_is_cut_anywhere_within_a_piece(void **state)
{
    struct vantage_report r;
    struct buf out = {0};
    size_t whole[4], count = 0;
    vantage_begin(&out, &head);
    whole[count++] = out.len;
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    whole[count++] = out.len;
    put_rows(&out, 7, AT(-60).ns, 1, 2);
    whole[count++] = out.len;
    for (size_t len = 0; len <= out.len; len++) {
        struct buf cut = {.data = out.data, .len = len};
        bool ends_whole = len == whole[0] || len == whole[1] || len == whole[2];
        assert_int_equal(reads(&cut, &r), ends_whole);
    }
    buf_fini(&out);
}

static void refuse_object(const struct vantage_object *o)
{
    struct vantage_report r;
    struct buf out = {0};
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_OBJECT, o);
    assert_false(reads(&out, &r));
    buf_fini(&out);
}

static void an_object_without_a_name_or_a_source_is_refused(void **state)
{
    char long_name[VANTAGE_NAME_MAX + 2];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    struct vantage_object o = ping;
    o.node = "";
    refuse_object(&o);
    o = ping, o.node = NULL;
    refuse_object(&o);
    o = ping, o.name = long_name;
    refuse_object(&o);
    o = ping, o.sources_count = 0;
    refuse_object(&o);
}

static void rows_of_no_object_or_of_another_width_are_refused(void **state)
{
    struct vantage_report r;
    struct buf out = {0};
    vantage_begin(&out, &head);
    put_rows(&out, 7, AT(-60).ns, 1, 2); /* before its object */
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    assert_false(reads(&out, &r));
    buf_clear(&out);
    vantage_begin(&out, &head);
    struct vantage_object wide = ping;
    wide.sources_count = 1;
    vantage_put(&out, VANTAGE_OBJECT, &wide);
    put_rows(&out, 7, AT(-60).ns, 1, 2);
    assert_false(reads(&out, &r));
    buf_clear(&out);
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    vantage_put(&out, VANTAGE_OBJECT, &ping); /* twice the same number */
    assert_false(reads(&out, &r));
    buf_fini(&out);
}

static void the_head_stands_first_and_once(void **state)
{
    struct vantage_report r;
    struct buf out = {0};
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_HEAD, &head);
    assert_false(reads(&out, &r));
    buf_clear(&out);
    buf_text(&out, "HLV1");
    assert_false(reads(&out, &r));
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    vantage_put(&out, VANTAGE_HEAD, &head);
    assert_false(reads(&out, &r));
    buf_clear(&out);
    buf_text(&out, "HLV2");
    vantage_put(&out, VANTAGE_HEAD, &head);
    assert_false(reads(&out, &r));
    buf_fini(&out);
}

static void a_piece_takes_what_is_said_beforehand(void **state)
{
    struct buf out = {0};
    vantage_put(&out, VANTAGE_OBJECT, &ping);
    assert_int_equal(out.len, vantage_size(VANTAGE_OBJECT, &ping));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_stay_as_they_are),
        cmocka_unit_test(a_report_comes_back_as_it_was_written),
        cmocka_unit_test(what_a_younger_vantage_adds_is_passed_over),
        cmocka_unit_test(no_report_is_taken_that_is_cut_anywhere_within_a_piece),
        cmocka_unit_test(an_object_without_a_name_or_a_source_is_refused),
        cmocka_unit_test(rows_of_no_object_or_of_another_width_are_refused),
        cmocka_unit_test(the_head_stands_first_and_once),
        cmocka_unit_test(a_piece_takes_what_is_said_beforehand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
