/* What a device is asked next: requests are written here and go into flight. */
#include "collectors/snmp/device_internal.h"

bool device_ask_identity(struct device *d)
{
    uint8_t buffer[1024];
    struct snmp_writer w;
    struct snmp_written out;
    struct snmp_head head = snmp_agent_head(&d->agent, SNMP_GET);
    snmp_writer_begin(&w, buffer, sizeof buffer);
    for (int i = IF_SCALAR_COUNT; i-- > 0;)
        if (d->scalars & 1u << i)
            snmp_writer_name(&w, if_scalar((enum if_scalar)i));
    return device_send_alone(d, JOB_IDENTIFY, snmp_writer_end(&w, &head, &out), &out);
}

/* Several jobs never walk: only the first. *more is false when the walk is over. */
bool device_ask_walk(struct device *d, bool *more)
{
    uint8_t buffer[PART_REQUEST_MAX];
    struct snmp_written out;
    *more = snmp_walk_ask(d->walk, &d->agent, buffer, sizeof buffer, &out);
    return !*more || device_send_alone(d, JOB_WALK, true, &out);
}

/* Rows are asked so often that their requests are written when they leave, and not kept. They are no longer than the
 * answers they are made for. */
static bool write_rows(const struct snmp_request *r, void *buffer, size_t capacity, struct snmp_written *out)
{
    const struct job *j = r->ctx;
    const struct device *d = j->device;
    return d->table && j->part.first + j->part.count <= d->table->count &&
           part_write(&j->part, d->table, &d->agent, &d->means->sheet, buffer, capacity, out);
}

static bool ask_part(struct device *d, struct job *j)
{
    uint8_t buffer[PART_REQUEST_MAX];
    struct snmp_written out;
    if (j->kind == JOB_ROWS && !d->secure) {
        j->request.write = write_rows;
        j->request.near = &d->table->ports[j->part.first];
        j->request.near_bytes = j->part.count * sizeof d->table->ports[0];
        return snmp_client_ask(d->client, &j->request, NULL);
    }
    bool written = part_write(&j->part, d->table, &d->agent, &d->means->sheet, buffer, sizeof buffer, &out);
    return device_send(d, j, written, &out);
}

static unsigned ports_at_once(const struct device *d, size_t first)
{
    unsigned room = d->secure ? PART_SECURE_BYTES : PART_ANSWER_BYTES;
    bool learned = d->table->learned;
    unsigned most = d->shared && d->row_bytes && !d->spared ? part_ports_alike(d->row_bytes, room)
                                         : part_ports(d->table, first, learned, d->candidates & ~d->spared, room);
    return most < d->part_ports_most ? most : d->part_ports_most;
}

/* The next ports to ask in this round; count 0: none left. */
static struct device_range next_range(struct device *d)
{
    struct device_range range;
    if (d->leftover_count) {
        range = d->leftovers[--d->leftover_count];
    } else {
        range.first = d->regular.next_port;
        range.count = (uint16_t)(d->table->count - range.first);
        d->regular.next_port = (uint16_t)d->table->count;
    }
    if (!range.count)
        return range;
    unsigned most = ports_at_once(d, range.first);
    if (range.count > most) {
        struct device_range rest = {(uint16_t)(range.first + most), (uint16_t)(range.count - most)};
        if (range.first + range.count == d->table->count && !d->leftover_count)
            d->regular.next_port = rest.first;
        else
            d->leftovers[d->leftover_count++] = rest;
        range.count = (uint16_t)most;
    }
    return range;
}

void device_put_back(struct device *d, uint16_t first, uint16_t count)
{
    if (count && d->leftover_count < DEVICE_LEFTOVERS_MAX - 1)
        d->leftovers[d->leftover_count++] = (struct device_range){first, count};
    else
        d->missed_ports += count;
}

bool device_ask_rows(struct device *d)
{
    while (device_jobs_running(d) < d->agent.window) {
        struct device_range range = next_range(d);
        if (!range.count)
            return true;
        struct job *j = device_free_job(d);
        if (!j)
            return false;
        bool bulk = d->table->learned && d->shared && d->agent.version != SNMP_V1 &&
                    !d->agent.no_bulk;
        j->kind = JOB_ROWS;
        j->part = (struct part){.first = range.first,
                                .count = range.count,
                                .bulk = bulk,
                                .with_change = d->has_change,
                                .no_uptime = !(d->scalars & 1u << SYS_UPTIME),
                                .learned = d->table->learned,
                                .columns = (bulk ? d->shared : d->candidates) & ~d->spared};
        if (!ask_part(d, j))
            return false;
    }
    return true;
}

void device_ask_quick(struct device *d)
{
    struct device_round *r = &d->quick;
    struct job *j = d->quick_job;
    size_t left = d->table ? d->table->count - r->next_port : 0;
    j->kind = JOB_QUICK;
    j->part = (struct part){.first = r->next_port,
                            .count = (uint16_t)(left < PART_PORTS_MAX ? left : PART_PORTS_MAX),
                            .no_uptime = !(d->scalars & 1u << SYS_UPTIME),
                            .columns = IF_BIT(IF_OPER_STATUS)};
    if (!ask_part(d, j))
        device_report(d, r, OUTCOME_OWN_FAULT, "memory", NULL);
}
