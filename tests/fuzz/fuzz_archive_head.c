/* The image of a file's head: any bytes, for a file that is not there. */
#include <stddef.h>
#include <stdint.h>

#include "graphs/archive_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (archive_head_put("/nonexistent/port.rrd", data, size) == ARCHIVE_HEAD_PUT && size != 1)
        __builtin_trap();
    return 0;
}
