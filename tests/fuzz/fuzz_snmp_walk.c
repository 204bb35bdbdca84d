/* Answers to a walk: each piece of the input, a length byte and so many bytes (times four), is the list of
 * bindings of one answer; its first byte chooses the error. The walk must end, and only go up. */
#include <stdlib.h>

#include "collectors/protocol/snmp_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cell(void *ctx, unsigned column, struct snmp_oid_view index, const struct snmp_value *v)
{
    const struct snmp_walk *w = ctx;
    if (column >= w->column_count || !index.len || !snmp_oid_valid(index))
        abort();
    (void)v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t columns[3][9] = {{0x2b, 6, 1, 2, 1, 2, 2, 1, 2},
                                          {0x2b, 6, 1, 2, 1, 2, 2, 1, 8},
                                          {0x2b, 6, 1, 2, 1, 2, 2, 1, 10}};
    struct reader in = reader_over(data, size);
    struct snmp_oid_view roots[3];
    struct snmp_agent agent;
    struct snmp_walk w;
    struct addr nobody = {0};
    uint8_t request[2048], length, error;
    struct snmp_written out;
    for (int i = 0; i < 3; i++)
        roots[i] = (struct snmp_oid_view){columns[i], sizeof columns[i]};
    if (!snmp_agent_init(&agent, &nobody, SNMP_PORT, SNMP_V2C, "public"))
        return 0;
    snmp_walk_start(&w, roots, 3, &agent);
    while (snmp_walk_ask(&w, &agent, request, sizeof request, &out) && rd_u8(&in, &length) &&
           rd_u8(&in, &error)) {
        const uint8_t *bytes;
        struct snmp_pdu pdu = {.kind = SNMP_RESPONSE,
                               .error_status = error < 200 ? 0 : error & 7,
                               .error_index = error & 3};
        size_t len = (size_t)length * 4 < rd_left(&in) ? (size_t)length * 4 : rd_left(&in);
        if (!rd_bytes(&in, &bytes, len))
            break;
        pdu.bindings = reader_over(bytes, len);
        snmp_walk_take(&w, &agent, &pdu, cell, &w);
    }
    snmp_agent_fini(&agent);
    return 0;
}
