/* What stands inside a message once it is deciphered: a scoped PDU, perhaps with the padding of a block cipher,
 * or a PDU alone; the first byte says which. All of it is read, whatever kind of value it is. */
#include <stdlib.h>

#include "collectors/protocol/snmp_usm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SCOPED, PADDED, PDU_ALONE, KINDS };

static uint64_t sum_of(struct snmp_oid_view v)
{
    uint64_t sum = v.len;
    for (size_t i = 0; i < v.len; i++)
        sum += v.bytes[i];
    return sum;
}

static uint64_t read_bindings(struct reader bindings)
{
    struct snmp_binding b;
    uint64_t sum = 0, number;
    for (; snmp_binding_take(&bindings, &b) == SNMP_TAKEN; sum += sum_of(b.oid)) {
        if (snmp_value_number(&b.value, &number))
            sum += number;
        if (b.value.type >= SNMP_OCTETS && b.value.type <= SNMP_IDENTIFIER)
            sum += sum_of((struct snmp_oid_view){b.value.octets, b.value.len});
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snmp_scoped s = {.context = {NULL, 0}};
    struct reader r = reader_over(data + (size > 0), size ? size - 1 : 0);
    uint64_t sum = 0;
    unsigned kind = size ? data[0] % KINDS : SCOPED;
    bool good = kind == PDU_ALONE ? snmp_pdu_read(&r, &s.pdu) : snmp_scoped_read(r, kind == PADDED, &s);
    if (good)
        sum = sum_of(s.engine_id) + sum_of(s.context) + read_bindings(s.pdu.bindings) +
              (uint64_t)s.pdu.error_status + (uint64_t)s.pdu.error_index;
    return sum == UINT64_MAX; /* keeps the reads alive */
}
