#include "tests/support/agent_answer.h"

#define PICKED_MAX    4096
#define LARGEST       (FAKE_ANSWER_MAX - 16) /* leaves room for what a fault appends */
#define BINDING_LEAST 6                      /* headers and tags around an OID and a value */
#define ENDLESS_FIRST 1000000                /* the number an endless column goes on with */
#define CYCLE_ROWS    3

const char *const fake_fault_words[] = {
    "well",       "silent",          "wrong-oid",     "missing",      "extra",
    "empty",      "wrong-community", "wrong-version", "wrong-id",     "cycle",
    "same-oid",   "endless",         "oversized",     "truncated",    "length-lie",
    "indefinite", "garbage",         "trailing",      "long-counter", "too-big",
    "gen-err",    "wrong-type",      "no-bulk",       "v1-only",      "report",
    NULL};

struct reply {
    struct agent_object picked[PICKED_MAX];
    size_t count, bytes; /* at least so many */
    int32_t error_status, error_index;
    struct snmp_oid made[PICKED_MAX]; /* OIDs that are in no store */
    size_t made_count;
};

bool fake_fault_of(const char *word, enum fake_fault *out)
{
    for (int i = 0; fake_fault_words[i]; i++)
        if (strcmp(fake_fault_words[i], word) == 0) {
            *out = (enum fake_fault)i;
            return true;
        }
    return false;
}

bool agent_fault_strikes(unsigned first, unsigned count, unsigned asked)
{
    return asked >= first && (!count || asked < first + count);
}

size_t agent_store_search(const struct agent_store *s, struct snmp_oid_view oid, bool *exact)
{
    size_t low = 0, high = s->count;
    *exact = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = snmp_oid_compare(s->oid(s->ctx, middle), oid);
        *exact |= order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool agent_request_names(struct agent_request *r)
{
    struct reader bindings = r->message.pdu.bindings;
    struct snmp_binding b;
    enum snmp_take taken;
    r->count = 0;
    while ((taken = snmp_binding_take(&bindings, &b)) == SNMP_TAKEN) {
        if (r->count == AGENT_NAMES_MAX || !snmp_oid_valid(b.oid))
            return false;
        r->names[r->count++] = b.oid;
    }
    return taken == SNMP_NO_MORE;
}

bool agent_request_read(const uint8_t *bytes, size_t len, struct agent_request *out)
{
    return snmp_message_read(bytes, len, &out->message) && agent_request_names(out);
}

static void pick(struct reply *out, const struct agent_object *o)
{
    if (out->count == PICKED_MAX)
        return;
    out->picked[out->count++] = *o;
    out->bytes += o->oid.len + o->len + BINDING_LEAST;
}

static void pick_none(struct reply *out, struct snmp_oid_view asked, uint8_t tag)
{
    pick(out, &(struct agent_object){.oid = asked, .tag = tag});
}

/* What an answer of this version may hold beside a name that follows another. */
static bool served(uint8_t tag, int32_t version)
{
    return tag < BER_NO_SUCH_OBJECT && (version != SNMP_V1 || tag != BER_COUNTER64);
}

/* The object that follows `from`; false at the end. */
static bool find_next(const struct agent_store *s, struct snmp_oid_view from, int32_t version,
                      struct agent_object *out)
{
    bool exact;
    for (size_t i = agent_store_search(s, from, &exact) + exact; i < s->count; i++) {
        s->at(s->ctx, i, out);
        if (served(out->tag, version))
            return true;
    }
    return false;
}

/* Where the last number of an encoded OID begins. */
static size_t last_number(struct snmp_oid_view oid, uint32_t *number)
{
    size_t at = oid.len - 1;
    while (at && oid.bytes[at - 1] & 0x80)
        at--;
    *number = 0;
    snmp_oid_single((struct snmp_oid_view){oid.bytes + at, oid.len - at}, number);
    return at;
}

/* An OID like `from` with another last number, or with one number more. */
static bool make_oid(struct reply *out, struct snmp_oid_view from, size_t keep, uint32_t number,
                     struct snmp_oid_view *made)
{
    struct snmp_oid *o = &out->made[out->made_count];
    if (out->made_count == PICKED_MAX ||
        !snmp_oid_copy((struct snmp_oid_view){from.bytes, keep}, o) || !snmp_oid_append(o, number))
        return false;
    out->made_count++;
    *made = snmp_oid_view(o);
    return true;
}

static bool make_endless(struct reply *out, struct snmp_oid_view from, struct snmp_oid_view *made)
{
    uint32_t number;
    size_t keep = last_number(from, &number);
    bool begun = number >= ENDLESS_FIRST && number < UINT32_MAX;
    return make_oid(out, from, begun ? keep : from.len, begun ? number + 1 : ENDLESS_FIRST, made);
}

static bool next_of(const struct agent_store *s, enum fake_fault fault, struct snmp_oid_view from,
                    int32_t version, struct reply *scratch, struct agent_object *out)
{
    bool found = find_next(s, from, version, out), exact;
    uint32_t number;
    size_t i;
    switch (fault) {
    case FAKE_SAME_OID:
        i = agent_store_search(s, from, &exact);
        if (exact)
            s->at(s->ctx, i, out);
        return found || exact;
    case FAKE_CYCLE:
        agent_store_search(s, from, &exact);
        i = last_number(from, &number);
        if (exact && number >= CYCLE_ROWS && number % CYCLE_ROWS == 0)
            make_oid(scratch, from, i, number - CYCLE_ROWS + 1, &out->oid);
        return found;
    case FAKE_ENDLESS:
        if (!found && s->count)
            s->at(s->ctx, s->count - 1, out);
        return s->count && make_endless(scratch, from, &out->oid);
    default:
        return found;
    }
}

static void refuse(struct reply *out, int32_t status, size_t index) /* from 1 */
{
    out->error_status = status;
    out->error_index = (int32_t)index;
}

/* One row of GETBULK, or all of GETNEXT. False when nothing more comes of going on. */
static bool answer_row(const struct agent_store *s, const struct agent_request *r,
                       enum fake_fault fault, size_t first, size_t end, struct snmp_oid_view *last,
                       struct reply *out)
{
    bool more = false;
    for (size_t i = first; i < end; i++) {
        struct agent_object o;
        if (next_of(s, fault, last[i], r->message.version, out, &o)) {
            pick(out, &o);
            last[i] = o.oid;
            more = true;
        } else if (r->message.version == SNMP_V1) {
            refuse(out, SNMP_NO_SUCH_NAME, i + 1);
            return false;
        } else {
            pick_none(out, last[i], BER_END_OF_MIB_VIEW);
        }
    }
    return more;
}

static size_t not_negative(int32_t n)
{
    return n > 0 ? (size_t)n : 0;
}

static void answer_rows(const struct agent_store *s, const struct agent_request *r,
                        enum fake_fault fault, size_t room, struct reply *out)
{
    static struct snmp_oid_view last[AGENT_NAMES_MAX];
    const struct snmp_pdu *pdu = &r->message.pdu;
    bool bulk = pdu->kind == SNMP_GETBULK, more = true;
    size_t alone = bulk ? not_negative(pdu->error_status) : 0;
    size_t rows = bulk ? not_negative(pdu->error_index) : 1;
    memcpy(last, r->names, r->count * sizeof last[0]);
    if (alone > r->count)
        alone = r->count;
    if (fault == FAKE_OVERSIZED)
        rows *= 100;
    answer_row(s, r, FAKE_WELL, 0, alone, last, out);
    for (size_t row = 0; row < rows && alone < r->count && more; row++)
        more = answer_row(s, r, fault, alone, r->count, last, out) && out->bytes <= room &&
               out->count < PICKED_MAX;
}

static void answer_get(const struct agent_store *s, const struct agent_request *r,
                       struct reply *out)
{
    bool v1 = r->message.version == SNMP_V1, exact;
    for (size_t i = 0; i < r->count; i++) {
        struct agent_object o;
        size_t at = agent_store_search(s, r->names[i], &exact);
        if (exact)
            s->at(s->ctx, at, &o);
        if (v1 && (!exact || !served(o.tag, SNMP_V1))) {
            refuse(out, SNMP_NO_SUCH_NAME, i + 1);
            return;
        }
        if (exact)
            pick(out, &o);
        else
            pick_none(out, r->names[i], BER_NO_SUCH_INSTANCE);
    }
}

static bool asks_column(const struct agent_request *r, const struct snmp_oid *column, size_t *index)
{
    static const uint8_t in_errors[] = {0x2b, 6, 1, 2, 1, 2, 2, 1, 14};
    struct snmp_oid_view root =
        column ? snmp_oid_view(column) : (struct snmp_oid_view){in_errors, sizeof in_errors};
    for (*index = 0; *index < r->count; ++*index)
        if (snmp_oid_equal(r->names[*index], root) || snmp_oid_below(r->names[*index], root))
            return true;
    return false;
}

static void spoil_oids(struct reply *out)
{
    for (size_t i = 0; i < out->count; i++) {
        uint32_t number;
        size_t keep = last_number(out->picked[i].oid, &number);
        make_oid(out, out->picked[i].oid, keep, number ^ 0x15, &out->picked[i].oid);
    }
}

static void spoil_types(struct reply *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->picked[i].tag == BER_COUNTER64) {
            out->picked[i].tag = BER_OCTETS;
            out->picked[i].bytes = "nonsense";
            out->picked[i].len = 8;
        }
}

/* Faults of what is answered; those of the bytes come later. */
static void spoil(const struct agent_manner *m, const struct agent_request *r, struct reply *out)
{
    size_t index;
    switch (m->fault) {
    case FAKE_WRONG_OID:
        spoil_oids(out);
        break;
    case FAKE_MISSING:
        out->count -= out->count > 0;
        break;
    case FAKE_EXTRA:
        if (out->count)
            pick(out, &out->picked[0]);
        break;
    case FAKE_EMPTY:
        out->count = 0;
        break;
    case FAKE_TOO_BIG:
        if (out->count > 20)
            refuse(out, SNMP_TOO_BIG, 0);
        break;
    case FAKE_GEN_ERR:
        if (asks_column(r, m->column, &index))
            refuse(out, SNMP_GEN_ERR, index + 1);
        break;
    case FAKE_WRONG_TYPE:
        spoil_types(out);
        break;
    default:
        break;
    }
}

static void write_value(struct ber_builder *b, const struct agent_object *o, enum fake_fault fault)
{
    switch (o->tag) {
    case BER_COUNTER32:
        if (fault == FAKE_LONG_COUNTER) {
            ber_put_tlv(b, o->tag, "\1\2\3\4\5\6", 6);
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

/* The PDU with the first `count` of the bindings. */
static void write_pdu(const struct reply *reply, size_t count, int32_t request_id,
                      enum fake_fault fault, struct ber_builder *b)
{
    const uint8_t *end = b->at;
    for (size_t i = count; i-- > 0;) {
        const uint8_t *binding = b->at;
        write_value(b, &reply->picked[i], fault);
        ber_put_tlv(b, BER_OID, reply->picked[i].oid.bytes, reply->picked[i].oid.len);
        ber_put_header(b, BER_SEQUENCE, binding);
    }
    ber_put_header(b, BER_SEQUENCE, end);
    ber_put_integer(b, reply->error_index);
    ber_put_integer(b, reply->error_status);
    ber_put_integer(b, request_id ^ (fault == FAKE_WRONG_ID));
    ber_put_header(b, fault == FAKE_REPORT ? SNMP_REPORT : SNMP_RESPONSE, end);
}

static bool fits(const struct reply *reply, size_t count, size_t room, const struct ber_builder *b)
{
    struct ber_builder trial = *b;
    write_pdu(reply, count, INT32_MAX, FAKE_WELL, &trial);
    return !trial.failed && (size_t)(b->at - trial.at) <= room;
}

/* How many bindings fit: of GETBULK as many as do, of the others all or none. */
static size_t fit(const struct reply *reply, bool bulk, size_t room, const struct ber_builder *b)
{
    size_t low = 0, high = reply->count;
    if (fits(reply, high, room, b))
        return high;
    while (bulk && low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (fits(reply, middle, room, b))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool answers_kind(const struct agent_request *r, enum fake_fault fault)
{
    uint8_t kind = r->message.pdu.kind;
    bool v1 = r->message.version == SNMP_V1;
    if (kind == SNMP_GETBULK && (v1 || fault == FAKE_NO_BULK))
        return false;
    return (kind == SNMP_GET || kind == SNMP_GETNEXT || kind == SNMP_GETBULK) &&
           (v1 || fault != FAKE_V1_ONLY) && fault != FAKE_SILENT;
}

bool agent_answer_pdu(const struct agent_store *s, const struct agent_request *r,
                      const struct agent_manner *m, size_t wrapping, struct ber_builder *b)
{
    static struct reply reply;
    size_t largest = m->largest && m->largest < LARGEST ? m->largest : LARGEST;
    size_t room = largest > wrapping ? largest - wrapping : 0;
    if (!answers_kind(r, m->fault))
        return false;
    reply.count = reply.bytes = reply.made_count = 0;
    reply.error_status = reply.error_index = 0;
    if (r->message.pdu.kind == SNMP_GET)
        answer_get(s, r, &reply);
    else
        answer_rows(s, r, m->fault, room, &reply);
    spoil(m, r, &reply);
    if (reply.error_status) { /* the request comes back */
        reply.count = 0;
        for (size_t i = 0; i < r->count; i++)
            pick_none(&reply, r->names[i], BER_NULL);
    }
    size_t count = fit(&reply, r->message.pdu.kind == SNMP_GETBULK, room, b);
    if (count == 0 && reply.count)
        refuse(&reply, SNMP_TOO_BIG, 0);
    write_pdu(&reply, count, r->message.pdu.request_id, m->fault, b);
    return !b->failed;
}

/* Faults of the bytes. */
static size_t mangle(enum fake_fault fault, uint8_t *out, size_t len)
{
    switch (fault) {
    case FAKE_TRUNCATED:
        return len * 2 / 3;
    case FAKE_LENGTH_LIE:
        out[len - 5] =
            0x7f; /* near the end a header becomes longer than what is left, or text changes */
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

size_t agent_answer(const struct agent_store *s, const struct agent_request *r,
                    const struct agent_manner *m, uint8_t out[static FAKE_ANSWER_MAX])
{
    struct ber_builder b = ber_builder_over(out, LARGEST);
    const uint8_t *end = b.at;
    struct snmp_oid_view community = r->message.community;
    size_t wrapping = 4 + 3 + 4 + community.len; /* headers with long lengths, and the version */
    if (m->fault == FAKE_WRONG_COMMUNITY)
        community = (struct snmp_oid_view){(const uint8_t *)"private", 7};
    if (!agent_answer_pdu(s, r, m, wrapping, &b))
        return 0;
    ber_put_tlv(&b, BER_OCTETS, community.bytes, community.len);
    ber_put_integer(&b, m->fault == FAKE_WRONG_VERSION ? !r->message.version : r->message.version);
    ber_put_header(&b, BER_SEQUENCE, end);
    if (b.failed)
        return 0;
    size_t len = ber_builder_len(&b);
    memmove(out, b.at, len);
    return mangle(m->fault, out, len);
}
