#include "poller/command/discover/ask_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint16_t id;
    char name[FOUND_TEXT_MAX];
    ask_names_read(data, size, &id, name);
    return 0;
}
