/* The look at an RRD file's head: any bytes, any claimed size. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "graphs/rrd_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    uint64_t claimed = size;
    if (size >= 8 && size % 2)
        memcpy(&claimed, data + size - 8, 8);
    if (rrd_header_parse(data, size, claimed, INT64_C(4000000000), &h, why) &&
        (h.source_count > RRD_HEADER_SOURCES_MAX || h.archive_count > RRD_HEADER_ARCHIVES_MAX ||
         memchr(h.sources[0], '\0', sizeof h.sources[0]) == NULL))
        __builtin_trap();
    return 0;
}
