#include "collectors/snmp/part.h"

#define TICK_NS (10 * NS_PER_MS)
#define BINDING_BYTES 6  /* three headers */
#define USUAL_BYTES 4
#define SCALARS_BYTES 38 /* sysUpTime and ifTableLastChange */
#define NULL_BYTES 2

static uint32_t columns_of(const struct part *p, const struct port_table *t, size_t port)
{
    if (p->bulk)
        return p->columns;
    return port_columns(&t->ports[port], port_refused(t, port), p->learned, p->columns) & p->columns;
}

static unsigned bytes_of(uint64_t number)
{
    return number ? (64 - (unsigned)__builtin_clzll(number)) / 8 + 1 : 1; /* the top bit is a sign */
}

/* As they were read last; what was never read is as large as most are. */
static unsigned value_bytes(const struct port *p, unsigned column)
{
    unsigned counter = column >= IF_NARROW_FIRST && column < IF_NARROW_END ? column - IF_NARROW_FIRST : column;
    if (counter < IF_COUNTERS) {
        unsigned most = if_polled_cells[column].bytes + 1u;
        unsigned bytes = p->counters.read & IF_BIT(counter) ? bytes_of(p->counters.last[counter]) : USUAL_BYTES;
        return bytes < most ? bytes : most;
    }
    return column == IF_OPER_STATUS ? 1 : column == IF_DISCONTINUITY ? bytes_of(p->discontinuity) : USUAL_BYTES;
}

static unsigned row_bytes(const struct port *p, uint32_t columns)
{
    unsigned bytes = 0, index_len = row_index(p->index).len;
    for (; columns; columns &= columns - 1) {
        unsigned column = (unsigned)__builtin_ctz(columns);
        bytes += BINDING_BYTES + if_polled_cells[column].name_len + index_len + value_bytes(p, column);
    }
    return bytes;
}

unsigned part_ports(const struct port_table *t, size_t first, bool learned, uint32_t candidates, unsigned room)
{
    unsigned ports = 0, bytes = SCALARS_BYTES;
    for (size_t i = first; i < t->count && ports < PART_PORTS_MAX; i++, ports++) {
        uint32_t columns = port_columns(&t->ports[i], port_refused(t, i), learned, candidates);
        bytes += row_bytes(&t->ports[i], columns & candidates);
        if (ports && bytes > room)
            break;
    }
    return ports;
}

unsigned part_largest_row(const struct port_table *t, uint32_t columns)
{
    unsigned most = 1;
    for (size_t i = 0; i < t->count; i++) {
        unsigned bytes = row_bytes(&t->ports[i], columns);
        most = bytes > most ? bytes : most;
    }
    return most;
}

unsigned part_ports_alike(unsigned row, unsigned room)
{
    unsigned ports = (room - SCALARS_BYTES) / row;
    return ports < 1 ? 1 : ports > PART_PORTS_MAX ? PART_PORTS_MAX : ports;
}

static unsigned scalars(const struct part *p)
{
    return (unsigned)!p->no_uptime + p->with_change;
}

#define NUMBER_BYTES_MAX 5

/* Bindings are written last to first. */
static void write_cells(struct snmp_writer *w, struct row_index index, uint32_t columns)
{
    uint8_t suffix[NUMBER_BYTES_MAX];
    for (unsigned i = 0; i < index.len; i++)
        suffix[i] = (uint8_t)(index.word >> (8 * (index.len - 1 - i)));
    for (unsigned c = IF_POLLED_COUNT; c-- > 0;)
        if (columns & IF_BIT(c))
            snmp_writer_cell(w, if_polled_column(c), (struct snmp_oid_view){suffix, index.len});
}

/* Where a GETBULK starts: at the port before, or at 0, which no interface has (RFC 2863) and which makes
 * all parts equally long; before an interface 0 at the column itself. */
static struct row_index before(const struct part *p, const struct port_table *t)
{
    if (p->first)
        return row_index(port_index(t, p->first - 1u));
    return port_index(t, 0) ? row_index(0) : (struct row_index){0};
}

static bool write_anew(const struct part *p, const struct port_table *t, const struct snmp_agent *a, void *buffer,
                       size_t capacity, struct snmp_written *out)
{
    struct snmp_head head = snmp_agent_head(a, p->bulk ? SNMP_GETBULK : SNMP_GET);
    struct snmp_writer w;
    snmp_writer_begin(&w, buffer, capacity);
    if (p->bulk) {
        write_cells(&w, before(p, t), p->columns);
    } else {
        for (size_t i = p->count; i-- > 0;) {
            size_t port = p->first + i;
            write_cells(&w, row_index(t->ports[port].index), columns_of(p, t, port));
        }
    }
    struct snmp_oid_view uptime = if_scalar(SYS_UPTIME), change = if_scalar(IF_TABLE_LAST_CHANGE);
    head.non_repeaters = scalars(p);
    head.max_repetitions = p->count;
    if (p->bulk) { /* GETBULK answers what follows: ask from just before the scalar's instance */
        uptime.len--;
        change.len--;
    }
    if (p->with_change)
        snmp_writer_name(&w, change);
    if (!p->no_uptime)
        snmp_writer_name(&w, uptime);
    return snmp_writer_end(&w, &head, out);
}

/* --- the sheet: the last GETBULKs --- */

void part_sheet_forget(struct part_sheet *s)
{
    explicit_bzero(s, sizeof *s);
}

/* But for its request id, and perhaps where it begins. */
static bool is_like(const struct part_request *r, const struct part *p, const struct snmp_agent *a, unsigned index_len)
{
    return r->len && r->part.columns == p->columns && r->part.count == p->count && r->begin.len == index_len &&
           r->part.with_change == p->with_change && r->part.no_uptime == p->no_uptime && r->version == a->version &&
           r->community_len == a->community_len && memcmp(r->community, snmp_agent_community(a), a->community_len) == 0;
}

static void keep(struct part_request *r, const struct part *p, const struct snmp_agent *a, struct row_index begin,
                 const struct snmp_written *w)
{
    r->len = w->len <= sizeof r->bytes ? w->len : 0;
    if (!r->len)
        return;
    r->part = *p;
    r->version = a->version;
    r->begin = begin;
    r->id_offset = w->id_offset;
    r->community_len = a->community_len;
    memcpy(r->community, snmp_agent_community(a), a->community_len);
    memcpy(r->bytes, w->bytes, w->len);
}

/* Its cells stand at its end, each with the index before its NULL. */
static void begin_at(struct part_request *r, struct row_index index, struct known_row *row)
{
    uint8_t *end = r->bytes + r->len;
    known_row_of(row, r->part.columns, index.len);
    for (unsigned i = row->count; i-- > 0;) {
        uint8_t *name_end = end - NULL_BYTES;
        for (unsigned k = 0; k < index.len; k++)
            name_end[-1 - (int)k] = (uint8_t)(index.word >> (8 * k));
        end = name_end - row->cells[i].until_value;
    }
    r->begin = index;
}

bool part_write(const struct part *p, const struct port_table *t, const struct snmp_agent *a, struct part_sheet *s,
                void *buffer, size_t capacity, struct snmp_written *out)
{
    struct row_index begin = p->bulk ? before(p, t) : (struct row_index){0};
    struct part_request *kept = p->bulk ? &s->requests[p->first / p->count % PART_SHEET_REQUESTS] : NULL;
    if (kept && is_like(kept, p, a, begin.len)) {
        if (kept->begin.word != begin.word)
            begin_at(kept, begin, &s->row);
        *out = (struct snmp_written){kept->bytes, kept->len, kept->id_offset};
        return true;
    }
    if (!write_anew(p, t, a, buffer, capacity, out))
        return false;
    if (kept)
        keep(kept, p, a, begin, out);
    return true;
}

static bool read_scalar(struct reader *bindings, enum if_scalar which, bool *has, uint32_t *out)
{
    struct snmp_binding b;
    *has = which == SYS_UPTIME && known_uptime_take(bindings, out);
    if (*has)
        return true;
    if (snmp_binding_take(bindings, &b) != SNMP_TAKEN || !snmp_oid_equal(b.oid, if_scalar(which)))
        return false;
    *has = b.value.type == SNMP_TICKS;
    if (*has)
        *out = (uint32_t)b.value.number;
    return true;
}

static bool is_cell(struct snmp_oid_view oid, struct snmp_oid_view column, uint32_t index)
{
    uint32_t number;
    return snmp_oid_below(oid, column) &&
           snmp_oid_single((struct snmp_oid_view){oid.bytes + column.len, oid.len - column.len}, &number) &&
           number == index;
}

static void read_cell(enum if_polled column, const struct snmp_value *v, struct port_reading *r,
                      struct part_answer *out)
{
    if (v->type == SNMP_ABSENT || v->type == SNMP_NONE)
        return;
    if (!if_polled_number(column, v, &r->value[column])) {
        out->wrong_types++;
        out->wrong_type = snmp_type_word(v->type);
        out->wanted_type = if_polled_kind(column);
        return;
    }
    r->have |= IF_BIT(column);
    if (v->type == SNMP_COUNTER32)
        r->narrow |= IF_BIT(column);
}

/* A cell that does not look as nearly all do. */
static enum snmp_take read_odd_cell(struct reader *bindings, const struct port *port, enum if_polled column,
                                    struct port_reading *r, struct part_answer *out, bool *elsewhere)
{
    struct snmp_binding b;
    enum snmp_take taken = snmp_binding_take(bindings, &b);
    if (taken != SNMP_TAKEN)
        return taken;
    if (!is_cell(b.oid, if_polled_column(column), port->index) || b.value.type == SNMP_END) {
        *elsewhere = true;
        return SNMP_NO_MORE;
    }
    read_cell(column, &b.value, r, out);
    return SNMP_TAKEN;
}

/* TAKEN: the port's cells are all there. NO_MORE: the answer ended, or went on *elsewhere. */
static enum snmp_take read_port(struct reader *bindings, const struct port *port, uint32_t columns,
                                struct known_row *row, struct port_reading *r, struct part_answer *out,
                                bool *elsewhere)
{
    struct row_index index = row_index(port->index);
    unsigned at = 0;
    known_row_of(row, columns, index.len);
    while ((at = known_row_take(row, at, index, bindings, r)) < row->count) {
        enum if_polled column = (enum if_polled)row->cells[at++].column;
        enum snmp_take taken = read_odd_cell(bindings, port, column, r, out, elsewhere);
        if (taken != SNMP_TAKEN)
            return taken;
    }
    return SNMP_TAKEN;
}

static void clear_missing(struct port_reading *r)
{
    for (uint32_t missing = ~r->have & (IF_BIT(IF_COUNTERS) - 1); missing; missing &= missing - 1)
        r->value[__builtin_ctz(missing)] = 0;
}

enum part_fate part_read(const struct part *p, const struct port_table *t, const struct snmp_pdu *pdu,
                         struct mono at, struct part_sheet *s, struct part_answer *out)
{
    struct reader bindings = pdu->bindings;
    bool elsewhere = false;
    if (pdu->error_status != SNMP_NO_ERROR)
        return PART_TROUBLE;
    out->has_change = out->has_ticks = false;
    out->ports = out->wrong_types = 0;
    if (!p->no_uptime && !read_scalar(&bindings, SYS_UPTIME, &out->has_ticks, &out->ticks))
        return PART_WRONG;
    if (!out->has_ticks)
        out->ticks = (uint32_t)(at.ns / TICK_NS);
    if (p->with_change &&
        !read_scalar(&bindings, IF_TABLE_LAST_CHANGE, &out->has_change, &out->change))
        return PART_WRONG;
    while (out->ports < p->count) {
        const struct port *port = &t->ports[p->first + out->ports];
        struct port_reading *r = &out->readings[out->ports];
        r->have = r->narrow = 0;
        r->ticks = out->ticks;
        r->at = at;
        uint32_t columns = columns_of(p, t, p->first + out->ports);
        enum snmp_take taken = read_port(&bindings, port, columns, &s->row, r, out, &elsewhere);
        if (taken == SNMP_MALFORMED)
            return PART_WRONG;
        if (taken == SNMP_NO_MORE)
            break;
        clear_missing(r);
        out->ports++;
    }
    if (elsewhere)
        return p->bulk ? PART_MOVED : PART_WRONG;
    /* A GETBULK may be answered short or long, a GET must be answered exactly. */
    return p->bulk || (out->ports == p->count && rd_left(&bindings) == 0) ? PART_TAKEN : PART_WRONG;
}

bool part_blame(const struct part *p, const struct port_table *t, int32_t error_index, size_t *port,
                enum if_polled *column)
{
    int32_t at = (int32_t)scalars(p);
    if (p->bulk)
        return false;
    for (size_t i = 0; i < p->count; i++) {
        uint32_t columns = columns_of(p, t, p->first + i);
        for (unsigned c = 0; c < IF_POLLED_COUNT; c++) {
            if (!(columns & IF_BIT(c)) || ++at != error_index)
                continue;
            *port = p->first + i;
            *column = c;
            return true;
        }
    }
    return false;
}
