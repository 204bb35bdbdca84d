/* What each fuzz target of a message pair does: the first byte chooses the message, the rest is
 * unpacked; what was taken must pack to the very bytes it was taken from. */
#ifndef HAYLOFT_TESTS_FUZZ_ROUND_TRIP_H
#define HAYLOFT_TESTS_FUZZ_ROUND_TRIP_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/field.h"

#define ROUND_TRIP_MEMORY     (16 << 20)
#define ROUND_TRIP_RECORD_MAX 1024

static inline void round_trip(const struct record *r, const uint8_t *data, size_t size)
{
    _Alignas(max_align_t) unsigned char value[ROUND_TRIP_RECORD_MAX];
    struct arena *arena = arena_create(ROUND_TRIP_MEMORY);
    struct reader in = reader_over(data, size);
    struct buf packed = {0};
    if (r->size > sizeof value)
        abort();
    if (arena && field_unpack(r, &in, NULL, arena, value)) {
        size_t taken = size - rd_left(&in);
        field_pack(r, value, NULL, &packed);
        if (packed.failed || packed.len != taken ||
            (taken && memcmp(packed.data, data, taken) != 0))
            abort();
    }
    buf_fini(&packed);
    arena_destroy(arena);
}

static inline int round_trip_one_of(const struct record *const *records, size_t count,
                                    const uint8_t *data, size_t size)
{
    if (size > 0)
        round_trip(records[data[0] % count], data + 1, size - 1);
    return 0;
}

#define ROUND_TRIP_TARGET(...)                                                                     \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);                                  \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                   \
    {                                                                                              \
        static const struct record *const records[] = {__VA_ARGS__};                               \
        return round_trip_one_of(records, sizeof records / sizeof records[0], data, size);         \
    }

#endif
