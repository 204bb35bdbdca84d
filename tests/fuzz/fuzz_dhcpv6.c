/* Answers of DHCPv6 servers. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "collectors/protocol/dhcpv6.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dhcpv6_answer a;
    if (dhcpv6_read(data, size, &a) && a.resolver_count > DHCPV6_RESOLVERS_MAX)
        abort();
    return 0;
}
