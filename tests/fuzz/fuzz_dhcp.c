/* Answers of DHCP servers. What was read stays within what it may be. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/dhcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dhcp_answer a;
    if (!dhcp_read(data, size, &a))
        return 0;
    if (a.gateway_count > DHCP_ADDRESSES_MAX || a.resolver_count > DHCP_ADDRESSES_MAX ||
        strlen(a.message) >= DHCP_TEXT_MAX || a.type > DHCP_RELEASE)
        abort();
    if (a.type == DHCP_NO_TYPE && !dhcp_flaw_text(a.flaws)[0])
        abort(); /* an answer of no type has a flaw */
    return 0;
}
