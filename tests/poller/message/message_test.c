#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/frame.h"
#include "tests/poller/message/records.h"
#include "tests/poller/message/specimen.h"

#define RECORDS (sizeof all_records / sizeof all_records[0])

/* Unpacks from memory of exactly len bytes, so that a checker of memory sees an over-read. */
static bool unpacks(const struct record *r, const void *bytes, size_t len, struct arena *arena,
                    void *out)
{
    void *exact = malloc(len ? len : 1);
    memcpy(exact, bytes, len);
    struct reader in = reader_over(exact, len);
    bool ok = field_unpack(r, &in, NULL, arena, out) && rd_left(&in) == 0;
    free(exact);
    return ok;
}

static void every_message_comes_back_as_it_was_sent(void **state)
{
    for (size_t i = 0; i < RECORDS; i++) {
        for (size_t items = 0; items < 3; items++) {
            struct arena *arena = arena_create(0);
            struct buf packed = {0};
            void *sent = specimen(all_records[i], items, arena);
            void *got = arena_take(arena, all_records[i]->size);
            field_pack(all_records[i], sent, NULL, &packed);
            if (!unpacks(all_records[i], packed.data, packed.len, arena, got) ||
                !field_equal(all_records[i], sent, got, NULL))
                fail_msg("%s with lists of %zu", all_records[i]->name, items);
            assert_true(packed.len < FRAME_PAYLOAD_MAX);
            buf_fini(&packed);
            arena_destroy(arena);
        }
    }
}

static void no_message_is_taken_short(void **state)
{
    for (size_t i = 0; i < RECORDS; i++) {
        struct arena *arena = arena_create(0);
        struct buf packed = {0};
        void *got = arena_take(arena, all_records[i]->size);
        field_pack(all_records[i], specimen(all_records[i], 2, arena), NULL, &packed);
        for (size_t len = 0; len < packed.len; len++)
            if (unpacks(all_records[i], packed.data, len, arena, got))
                fail_msg("%s was taken with %zu of %zu bytes", all_records[i]->name, len,
                         packed.len);
        buf_fini(&packed);
        arena_destroy(arena);
    }
}

static void a_message_that_asks_for_too_much_memory_is_refused(void **state)
{
    for (size_t i = 0; i < RECORDS; i++) {
        struct arena *arena = arena_create(0), *small = arena_create(1);
        struct buf packed = {0};
        void *got = arena_take(arena, all_records[i]->size);
        field_pack(all_records[i], specimen(all_records[i], 2, arena), NULL, &packed);
        unpacks(all_records[i], packed.data, packed.len, small, got); /* must return, either way */
        buf_fini(&packed);
        arena_destroy(small);
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_comes_back_as_it_was_sent),
        cmocka_unit_test(no_message_is_taken_short),
        cmocka_unit_test(a_message_that_asks_for_too_much_memory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
