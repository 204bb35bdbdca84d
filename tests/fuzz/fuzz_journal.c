/* A journal segment of any bytes: the walk ends, stays inside, and takes only what sums up. */
#include <stddef.h>
#include <stdint.h>

#include "poller/store/journal_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static volatile uint64_t taken;
    uint64_t number;
    uint32_t salt;
    struct journal_record r;
    if (!journal_head_unpack(data, size, &number, &salt))
        return 0;
    struct journal_walk w = {data, size, JOURNAL_HEAD_BYTES, salt, false};
    while (journal_walk_next(&w, &r)) {
        if (r.payload < data || r.payload + r.len > data + size)
            __builtin_trap();
        for (size_t i = 0; i < r.len; i++)
            taken += r.payload[i]; /* an over-read is seen */
    }
    return 0;
}
