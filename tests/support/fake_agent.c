#include "tests/support/fake_agent.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

const char *const fake_fault_words[] = {
    "well",      "silent",     "wrong-oid",  "missing",  "extra",    "empty",        "wrong-community",
    "wrong-version", "wrong-id", "cycle",    "same-oid", "endless",  "oversized",    "truncated",
    "length-lie", "indefinite", "garbage",   "trailing", "long-counter", "too-big",  "gen-err",
    "wrong-type", "no-bulk",   "v1-only",    "report",   NULL};

#define OBJECTS_MAX 4096
#define NAMES_MAX 512
#define PICKED_MAX 4096

struct object {
    struct snmp_oid oid;
    uint8_t tag;
    uint64_t number;
    const void *bytes;
    size_t len;
};

struct table {
    struct object objects[OBJECTS_MAX];
    size_t count;
};

struct request {
    struct snmp_message m;
    struct snmp_oid names[NAMES_MAX];
    size_t count;
};

struct reply {
    struct object picked[PICKED_MAX];
    size_t count;
    int32_t error_status, error_index;
};

static char names[FAKE_PORTS_MAX][16];

void fake_agent_init(struct fake_agent *a, unsigned port_count)
{
    *a = (struct fake_agent){.community = "public",
                             .name = "fake",
                             .descr = "an agent that misbehaves on command",
                             .booted_s = -100000,
                             .port_count = port_count};
    assert(port_count <= FAKE_PORTS_MAX);
    for (unsigned i = 0; i < port_count; i++) {
        snprintf(names[i], sizeof names[i], "eth%u", i);
        a->ports[i] = (struct fake_port){.index = i + 1,
                                         .name = names[i],
                                         .descr = names[i],
                                         .alias = "",
                                         .mac = {2, 0, 0, 0, 0, (uint8_t)(i + 1)},
                                         .type = 6,
                                         .oper = 1,
                                         .admin = 1,
                                         .speed_bps = 1e9,
                                         .in_rate = 1000 * (i + 1),
                                         .out_rate = 2000 * (i + 1),
                                         .in_base = 5000000000u,
                                         .out_base = 7000000000u};
    }
}

void fake_agent_reboot(struct fake_agent *a, double now_s)
{
    a->booted_s = now_s;
    a->ticks_base = 0;
    for (unsigned i = 0; i < a->port_count; i++)
        a->ports[i].in_base = a->ports[i].out_base = 0;
}

static struct object *add(struct table *t, const char *oid, uint32_t index, uint8_t tag)
{
    struct object *o = &t->objects[t->count++];
    assert(t->count <= OBJECTS_MAX);
    *o = (struct object){.tag = tag};
    snmp_oid_parse(oid, &o->oid);
    snmp_oid_append(&o->oid, index);
    return o;
}

static void add_number(struct table *t, const char *oid, uint32_t index, uint8_t tag, uint64_t v)
{
    add(t, oid, index, tag)->number = v;
}

static void add_text(struct table *t, const char *oid, uint32_t index, const void *bytes, size_t len)
{
    struct object *o = add(t, oid, index, BER_OCTETS);
    o->bytes = bytes;
    o->len = len;
}

#define IF(n) "1.3.6.1.2.1.2.2.1." #n
#define IFX(n) "1.3.6.1.2.1.31.1.1.1." #n

static void add_counters(struct table *t, const struct fake_port *p, double up_s)
{
    double ran = p->stuck ? 0 : up_s;
    uint64_t in = p->zero ? 0 : p->in_base + (uint64_t)(p->in_rate * ran);
    uint64_t out = p->zero ? 0 : p->out_base + (uint64_t)(p->out_rate * ran);
    uint64_t values[] = {in, in / 100, 0, 0, out, out / 100, 0, 0};
    static const char *const wide[] = {IFX(6),  IFX(7),  IFX(8),  IFX(9),
                                       IFX(10), IFX(11), IFX(12), IFX(13)};
    static const char *const errors[] = {IF(13), IF(14), IF(19), IF(20)};
    for (int i = 0; i < 8 && !p->narrow; i++)
        add_number(t, wide[i], p->index, BER_COUNTER64, values[i]);
    add_number(t, IF(10), p->index, BER_COUNTER32, (uint32_t)in);
    add_number(t, IF(11), p->index, BER_COUNTER32, (uint32_t)(in / 100));
    add_number(t, IF(16), p->index, BER_COUNTER32, (uint32_t)out);
    add_number(t, IF(17), p->index, BER_COUNTER32, (uint32_t)(out / 100));
    for (int i = 0; i < 4; i++)
        add_number(t, errors[i], p->index, BER_COUNTER32, 0);
}

static void add_port(struct table *t, const struct fake_port *p, double up_s)
{
    uint64_t speed = p->speed_bps > 4294967295.0 ? 4294967295u : (uint64_t)p->speed_bps;
    add_number(t, IF(1), p->index, BER_INTEGER, p->index);
    add_text(t, IF(2), p->index, p->descr, strlen(p->descr));
    add_number(t, IF(3), p->index, BER_INTEGER, p->type);
    add_number(t, IF(5), p->index, BER_GAUGE32, speed);
    add_text(t, IF(6), p->index, p->mac, sizeof p->mac);
    add_number(t, IF(7), p->index, BER_INTEGER, p->admin);
    add_number(t, IF(8), p->index, BER_INTEGER, p->oper);
    if (p->name)
        add_text(t, IFX(1), p->index, p->name, p->name_len ? p->name_len : strlen(p->name));
    add_number(t, IFX(15), p->index, BER_GAUGE32, (uint64_t)(p->speed_bps / 1e6));
    add_text(t, IFX(18), p->index, p->alias, strlen(p->alias));
    add_number(t, IFX(19), p->index, BER_TIMETICKS, p->discontinuity);
    add_counters(t, p, up_s);
}

static int by_oid(const void *a, const void *b)
{
    const struct object *x = a, *y = b;
    return snmp_oid_compare(snmp_oid_view(&x->oid), snmp_oid_view(&y->oid));
}

static void build(const struct fake_agent *a, double now_s, struct table *t)
{
    static const uint8_t object_id[] = {0x2b, 6, 1, 4, 1, 0xbf, 8, 3, 2, 10};
    double up_s = now_s - a->booted_s;
    uint64_t ticks = a->ticks_base + (uint64_t)(up_s * 100 * (a->clock_pace > 0 ? a->clock_pace : 1));
    t->count = 0;
    add_text(t, "1.3.6.1.2.1.1.1", 0, a->descr, strlen(a->descr));
    struct object *id = add(t, "1.3.6.1.2.1.1.2", 0, BER_OID);
    id->bytes = object_id;
    id->len = sizeof object_id;
    if (!a->no_uptime)
        add_number(t, "1.3.6.1.2.1.1.3", 0, BER_TIMETICKS, (uint32_t)ticks);
    add_text(t, "1.3.6.1.2.1.1.5", 0, a->name, strlen(a->name));
    add_text(t, "1.3.6.1.2.1.1.6", 0, "shed", 4);
    for (unsigned i = 0; i < a->port_count; i++)
        add_port(t, &a->ports[i], up_s);
    if (!a->no_table_change)
        add_number(t, "1.3.6.1.2.1.31.1.5", 0, BER_TIMETICKS, a->table_change);
    qsort(t->objects, t->count, sizeof t->objects[0], by_oid);
}

static bool read_request(const uint8_t *bytes, size_t len, struct request *r)
{
    struct snmp_binding b;
    r->count = 0;
    if (!snmp_message_read(bytes, len, &r->m))
        return false;
    struct reader bindings = r->m.pdu.bindings;
    while (r->count < NAMES_MAX && snmp_binding_take(&bindings, &b) == SNMP_TAKEN)
        if (!snmp_oid_copy(b.oid, &r->names[r->count++]))
            return false;
    return true;
}

static const struct object *find(const struct table *t, const struct snmp_oid *oid, bool next)
{
    for (size_t i = 0; i < t->count; i++) {
        int order = snmp_oid_compare(snmp_oid_view(&t->objects[i].oid), snmp_oid_view(oid));
        if ((!next && order == 0) || (next && order > 0))
            return &t->objects[i];
    }
    return NULL;
}

static void pick(struct reply *out, const struct object *o, const struct snmp_oid *asked, uint8_t tag)
{
    if (out->count >= PICKED_MAX)
        return;
    out->picked[out->count++] = o ? *o : (struct object){.oid = *asked, .tag = tag};
}

static const struct object *next_of(const struct fake_agent *a, bool faulty, const struct table *t,
                                    const struct snmp_oid *from)
{
    static struct object made;
    const struct object *o = find(t, from, true);
    if (!faulty || (a->fault != FAKE_CYCLE && a->fault != FAKE_SAME_OID && a->fault != FAKE_ENDLESS))
        return o;
    if (a->fault == FAKE_SAME_OID)
        return find(t, from, false) ? find(t, from, false) : o;
    made = o ? *o : t->objects[t->count - 1];
    made.oid = *from;
    if (a->fault == FAKE_ENDLESS) { /* the last number plus one, below a column at first */
        if (from->len <= 10)
            snmp_oid_append(&made.oid, 1000000);
        else if ((made.oid.bytes[made.oid.len - 1] & 0x7f) < 0x7f)
            made.oid.bytes[made.oid.len - 1]++;
        else
            snmp_oid_append(&made.oid, 1);
        return &made;
    }
    /* rows 1, 2, 3, 1, 2, 3 */
    if (from->len > 9 && from->bytes[from->len - 1] == 3) {
        made.oid.bytes[made.oid.len - 1] = 1;
        return &made;
    }
    return o;
}

static void answer_rows(const struct fake_agent *a, bool faulty, const struct table *t,
                        const struct request *r, struct reply *out)
{
    bool bulk = r->m.pdu.kind == SNMP_GETBULK;
    size_t alone = bulk ? (size_t)r->m.pdu.error_status : 0, repeats = bulk ? (size_t)r->m.pdu.error_index : 1;
    static struct snmp_oid last[NAMES_MAX];
    if (alone > r->count)
        alone = r->count;
    if (faulty && a->fault == FAKE_OVERSIZED)
        repeats *= 100;
    for (size_t i = 0; i < r->count; i++)
        last[i] = r->names[i];
    for (size_t i = 0; i < alone; i++)
        pick(out, find(t, &r->names[i], true), &r->names[i], BER_END_OF_MIB_VIEW);
    for (size_t k = 0; k < repeats; k++)
        for (size_t i = alone; i < r->count; i++) {
            const struct object *o = next_of(a, faulty, t, &last[i]);
            if (!o && r->m.version == SNMP_V1) {
                out->error_status = SNMP_NO_SUCH_NAME;
                out->error_index = (int32_t)i + 1;
                return;
            }
            pick(out, o, &last[i], BER_END_OF_MIB_VIEW);
            if (o)
                last[i] = o->oid;
        }
}

static void answer_get(const struct table *t, const struct request *r, struct reply *out)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct object *o = find(t, &r->names[i], false);
        if (r->m.version == SNMP_V1 && (!o || o->tag == BER_COUNTER64)) {
            out->error_status = SNMP_NO_SUCH_NAME;
            out->error_index = (int32_t)i + 1;
            return;
        }
        pick(out, o, &r->names[i], BER_NO_SUCH_INSTANCE);
    }
}

static bool asks_errors(const struct request *r, int32_t *index)
{
    struct snmp_oid errors;
    snmp_oid_parse(IF(14), &errors);
    for (size_t i = 0; i < r->count; i++)
        if (r->names[i].len >= errors.len && memcmp(r->names[i].bytes, errors.bytes, errors.len) == 0) {
            *index = (int32_t)i + 1;
            return true;
        }
    return false;
}

/* Faults of what is answered; those of the bytes come later. */
static void spoil(const struct fake_agent *a, const struct request *r, struct reply *out)
{
    int32_t index;
    switch (a->fault) {
    case FAKE_WRONG_OID:
        for (size_t i = 0; i < out->count; i++)
            out->picked[i].oid.bytes[out->picked[i].oid.len - 1] ^= 0x15;
        break;
    case FAKE_MISSING:
        out->count -= out->count > 0;
        break;
    case FAKE_EXTRA:
        out->picked[out->count] = out->picked[0];
        out->count++;
        break;
    case FAKE_EMPTY:
        out->count = 0;
        break;
    case FAKE_TOO_BIG:
        if (out->count > 20) {
            out->count = 0;
            out->error_status = SNMP_TOO_BIG;
        }
        break;
    case FAKE_GEN_ERR:
        if (asks_errors(r, &index)) {
            out->count = 0;
            out->error_status = SNMP_GEN_ERR;
            out->error_index = index;
        }
        break;
    case FAKE_WRONG_TYPE:
        for (size_t i = 0; i < out->count; i++)
            if (out->picked[i].tag == BER_COUNTER64) {
                out->picked[i].tag = BER_OCTETS;
                out->picked[i].bytes = "nonsense";
                out->picked[i].len = 8;
            }
        break;
    default:
        break;
    }
}

static void write_value(struct ber_builder *b, const struct object *o, bool long_counter)
{
    static const uint8_t six[] = {1, 2, 3, 4, 5, 6};
    switch (o->tag) {
    case BER_COUNTER32:
        if (long_counter) {
            ber_put_tlv(b, o->tag, six, sizeof six);
            break;
        } /* fall through */
    case BER_GAUGE32:
    case BER_TIMETICKS:
    case BER_COUNTER64:
        ber_put_unsigned(b, o->tag, o->number);
        break;
    case BER_INTEGER:
        ber_put_integer(b, (int64_t)o->number);
        break;
    default:
        ber_put_tlv(b, o->tag, o->bytes, o->len);
    }
}

static size_t write_reply(const struct fake_agent *a, bool faulty, const struct request *r,
                          const struct reply *reply, size_t count, uint8_t *out, size_t capacity)
{
    struct ber_builder b = ber_builder_over(out, capacity);
    const uint8_t *end = b.at;
    enum fake_fault fault = faulty ? a->fault : FAKE_WELL;
    for (size_t i = count; i-- > 0;) {
        const uint8_t *binding = b.at;
        write_value(&b, &reply->picked[i], fault == FAKE_LONG_COUNTER);
        ber_put_tlv(&b, BER_OID, reply->picked[i].oid.bytes, reply->picked[i].oid.len);
        ber_put_header(&b, BER_SEQUENCE, binding);
    }
    ber_put_header(&b, BER_SEQUENCE, end);
    ber_put_integer(&b, reply->error_index);
    ber_put_integer(&b, reply->error_status);
    ber_put_integer(&b, r->m.pdu.request_id ^ (fault == FAKE_WRONG_ID));
    ber_put_header(&b, fault == FAKE_REPORT ? SNMP_REPORT : SNMP_RESPONSE, end);
    if (fault == FAKE_WRONG_COMMUNITY)
        ber_put_tlv(&b, BER_OCTETS, "private", 7);
    else
        ber_put_tlv(&b, BER_OCTETS, r->m.community.bytes, r->m.community.len);
    ber_put_integer(&b, fault == FAKE_WRONG_VERSION ? !r->m.version : r->m.version);
    ber_put_header(&b, BER_SEQUENCE, end);
    size_t len = ber_builder_len(&b);
    if (b.failed)
        return 0;
    memmove(out, b.at, len);
    return len;
}

/* Faults of the bytes. */
static size_t mangle(const struct fake_agent *a, uint8_t *out, size_t len)
{
    switch (a->fault) {
    case FAKE_TRUNCATED:
        return len * 2 / 3;
    case FAKE_LENGTH_LIE:
        out[len - 5] = 0x7f; /* near the end some header becomes longer than what is left, or text changes */
        out[len / 2] = 0x84;
        return len;
    case FAKE_INDEFINITE:
        out[1] = 0x80;
        return len;
    case FAKE_GARBAGE:
        for (size_t i = 0; i < len; i++)
            out[i] = (uint8_t)(i * 37 + 11);
        return len;
    case FAKE_TRAILING:
        memcpy(out + len, "tail", 4);
        return len + 4;
    default:
        return len;
    }
}

static bool turn_comes(const struct fake_agent *a)
{
    return a->fault != FAKE_WELL && a->asked >= a->fault_first &&
           (!a->fault_count || a->asked < a->fault_first + a->fault_count);
}

size_t fake_agent_answer(struct fake_agent *a, double now_s, const uint8_t *request, size_t len,
                         uint8_t out[static FAKE_ANSWER_MAX])
{
    static struct table table;
    static struct request r;
    static struct reply reply;
    size_t largest = a->largest ? a->largest : FAKE_ANSWER_MAX - 16;
    a->asked++;
    bool faulty = turn_comes(a);
    if (!read_request(request, len, &r) || (faulty && a->fault == FAKE_SILENT))
        return 0;
    a->asked_bulk += r.m.pdu.kind == SNMP_GETBULK;
    if (r.m.community.len != strlen(a->community) ||
        memcmp(r.m.community.bytes, a->community, r.m.community.len) != 0)
        return 0;
    if (faulty && ((a->fault == FAKE_NO_BULK && r.m.pdu.kind == SNMP_GETBULK) ||
                   (a->fault == FAKE_V1_ONLY && r.m.version != SNMP_V1)))
        return 0;
    build(a, now_s, &table);
    reply.count = 0;
    reply.error_status = reply.error_index = 0;
    if (r.m.pdu.kind == SNMP_GET)
        answer_get(&table, &r, &reply);
    else
        answer_rows(a, faulty, &table, &r, &reply);
    if (faulty)
        spoil(a, &r, &reply);
    if (reply.error_status) { /* the request comes back */
        reply.count = 0;
        for (size_t i = 0; i < r.count; i++)
            pick(&reply, NULL, &r.names[i], BER_NULL);
    }
    size_t count = reply.count, made;
    while ((made = write_reply(a, faulty, &r, &reply, count, out, FAKE_ANSWER_MAX)) == 0 || made > largest) {
        if (r.m.pdu.kind != SNMP_GETBULK || count == 0) {
            reply.error_status = SNMP_TOO_BIG;
            count = 0;
            made = write_reply(a, faulty, &r, &reply, 0, out, FAKE_ANSWER_MAX);
            break;
        }
        count--;
    }
    a->answered++;
    return faulty ? mangle(a, out, made) : made;
}
