/* DNS answers. What was read must be within its own limits, and a name that was read can be asked. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/dns_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_answer a;
    if (!dns_answer_read(data, size, &a))
        return 0;
    if (a.address_count > DNS_ADDRESSES_MAX || a.address_count > a.record_count ||
        !memchr(a.name, '\0', sizeof a.name) || !dns_name_equal(a.name, a.name))
        abort();
    return 0;
}
