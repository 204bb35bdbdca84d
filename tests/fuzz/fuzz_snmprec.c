/* Any bytes as a recorded agent: what is read stands by strictly rising, well-formed OIDs, and its octets
 * are there to be read. */
#include <stdlib.h>

#include "tests/support/snmprec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum_octets(const struct snmprec_row *row)
{
    unsigned sum = 0;
    for (size_t i = 0; i < row->len; i++)
        sum += row->bytes[i];
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snmprec *s = snmprec_read(data, size);
    volatile unsigned sum = 0;
    if (!s)
        return 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct snmprec_row *row = &s->rows[i];
        if (!snmp_oid_valid(row->oid) || (i && snmp_oid_compare(row[-1].oid, row->oid) >= 0))
            abort();
        sum += sum_octets(row);
    }
    snmprec_destroy(s);
    return 0;
}
