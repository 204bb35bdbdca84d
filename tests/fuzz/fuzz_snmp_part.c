/* The answer to a request for counters of three ports, by GET and by GETBULK, then taken by the ports: the
 * input is the datagram. A second byte string after it (its length stands in the last two bytes) is the
 * next round's. No rate may be negative or infinite. */
#include <math.h>
#include <stdlib.h>

#include "collectors/snmp/part.h"

#define PORTS 3
#define COLUMNS (IF_BIT(IF_HC_IN_OCTETS) | IF_BIT(IF_IN_ERRORS) | IF_BIT(IF_OPER_STATUS))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(struct port_table *t, const uint8_t *data, size_t len, bool bulk, int64_t at_s)
{
    struct part p = {.count = PORTS, .learned = true, .columns = COLUMNS, .bulk = bulk};
    struct snmp_message m;
    struct part_answer a;
    struct mono at = {SECONDS(at_s)};
    struct part_sheet sheet = {0};
    if (!snmp_message_read(data, len, &m) || part_read(&p, t, &m.pdu, at, &sheet, &a) != PART_TAKEN)
        return;
    struct port_interval interval = {0};
    for (unsigned i = 0; i < a.ports; i++) {
        struct port_rates rates;
        port_take(&t->ports[i], &a.readings[i], &interval, &rates);
        for (int k = 0; k < PORT_RATES; k++)
            if (rates.of[k] < 0 || isinf(rates.of[k]))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct port ports[PORTS];
    struct port_table t = {.ports = ports, .count = PORTS, .learned = true};
    size_t second = size >= 2 ? (size_t)(data[size - 2] << 8 | data[size - 1]) : 0;
    if (second + 2 > size)
        second = 0;
    for (int bulk = 0; bulk < 2; bulk++) {
        for (uint32_t i = 0; i < PORTS; i++)
            ports[i] = (struct port){.index = i + 1, .type = 6, .present = COLUMNS, .restart = true};
        size_t first = second ? size - 2 - second : size;
        take(&t, data, first, bulk, 100);
        take(&t, data + first, second, bulk, 160);
        for (uint32_t i = 0; i < PORTS; i++)
            counter_row_fini(&ports[i].counters);
    }
    return 0;
}
