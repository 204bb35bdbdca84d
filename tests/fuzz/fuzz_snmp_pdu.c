/* A datagram from anybody: message, PDU, bindings, values, OIDs. */
#include <stdlib.h>

#include "collectors/protocol/snmp_pdu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snmp_message m;
    struct snmp_binding b;
    struct snmp_oid copy;
    char text[SNMP_OID_TEXT_MAX];
    uint64_t number = 0;
    if (!snmp_message_read(data, size, &m))
        return 0;
    while (snmp_binding_take(&m.pdu.bindings, &b) == SNMP_TAKEN) {
        if (snmp_oid_valid(b.oid) && snmp_oid_compare(b.oid, b.oid) != 0)
            abort();
        snmp_oid_text(b.oid, text);
        if (snmp_oid_copy(b.oid, &copy) && !snmp_oid_equal(b.oid, snmp_oid_view(&copy)))
            abort();
        number += snmp_value_number(&b.value, &number);
        if (b.value.type >= SNMP_OCTETS && b.value.type <= SNMP_IDENTIFIER)
            for (size_t i = 0; i < b.value.len; i++)
                number += b.value.octets[i];
        snmp_type_word(b.value.type);
    }
    return number == UINT64_MAX; /* keeps the reads alive */
}
