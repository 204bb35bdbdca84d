/* Answers to a walk of everything below a root: each piece of the input, a length byte and so many
 * bytes (times four), is the list of bindings of one answer; its first byte chooses the error, or
 * silence. OIDs only rise, all are below the root, and the walk ends. */
#include <stdlib.h>

#include "poller/command/walk/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SILENCE 255

static bool row(void *ctx, struct snmp_oid_view oid, const struct snmp_value *v)
{
    struct tree_oid *last = ctx;
    static const uint8_t root[] = {0x2b, 6, 1};
    if (!snmp_oid_valid(oid) || !snmp_oid_below(oid, (struct snmp_oid_view){root, sizeof root}) ||
        snmp_oid_compare(oid, tree_oid_view(last)) <= 0 || !tree_oid_set(last, oid))
        abort();
    (void)v;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t root_bytes[] = {0x2b, 6, 1};
    const struct snmp_oid_view root = {root_bytes, sizeof root_bytes};
    struct reader in = reader_over(data, size);
    struct tree_oid last;
    struct snmp_agent agent;
    struct tree t;
    struct addr nobody = {0};
    uint8_t request[TREE_REQUEST_BYTES_MAX], length, error;
    struct snmp_written out;
    if (!snmp_agent_init(&agent, &nobody, SNMP_PORT, SNMP_V2C, "public"))
        return 0;
    tree_oid_set(&last, root);
    tree_begin(&t, root, root, true);
    while (tree_ask(&t, &agent, request, sizeof request, &out) && rd_u8(&in, &length) &&
           rd_u8(&in, &error)) {
        const uint8_t *bytes;
        struct snmp_pdu pdu = {.kind = SNMP_RESPONSE, .error_status = error < 200 ? 0 : error & 31};
        size_t len = (size_t)length * 4 < rd_left(&in) ? (size_t)length * 4 : rd_left(&in);
        if (error == SILENCE) {
            tree_ask_less(&t);
            continue;
        }
        if (!rd_bytes(&in, &bytes, len))
            break;
        pdu.bindings = reader_over(bytes, len);
        tree_take(&t, &pdu, row, &last);
    }
    snmp_agent_fini(&agent);
    return 0;
}
