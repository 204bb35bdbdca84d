#include "collectors/snmp/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"

#define ANSWER_BYTES 1300     /* what the answer to one request should stay below */
#define VALUE_BYTES 12        /* of a number and what stands around it */
#define TEXT_BYTES 32         /* of a text nobody knows the length of */
#define OPAQUE_FLOAT_BYTES 7  /* 9f 78 04 and four of IEEE 754 (net-snmp, ucd-snmp) */

struct cell_table *cell_table_create(void)
{
    struct cell_table *t = calloc(1, sizeof *t);
    if (t && !(t->arena = arena_create(0))) {
        free(t);
        return NULL;
    }
    return t;
}

void cell_table_destroy(struct cell_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i].text);
    free(t->cells);
    free(t->columns);
    arena_destroy(t->arena);
    free(t);
}

int cell_table_column(struct cell_table *t, struct snmp_oid_view oid, bool scalar, bool fixed, bool rate)
{
    for (size_t i = 0; i < t->column_count; i++) {
        struct cell_column *c = &t->columns[i];
        if (c->scalar == scalar && c->rate == rate && snmp_oid_equal(snmp_oid_view(&c->root), oid)) {
            c->fixed &= fixed;
            return (int)i;
        }
    }
    if (t->column_count >= CELL_COLUMNS_MAX)
        return -1;
    struct cell_column *columns = realloc(t->columns, (t->column_count + 1) * sizeof *columns);
    if (!columns)
        return -1;
    t->columns = columns;
    columns[t->column_count] = (struct cell_column){.scalar = scalar, .fixed = fixed, .rate = rate};
    if (!snmp_oid_copy(oid, &columns[t->column_count].root))
        return -1;
    return (int)t->column_count++;
}

/* --- values --- */

static bool opaque_float(const struct snmp_value *v, double *out)
{
    static const uint8_t head[] = {0x9f, 0x78, 0x04};
    float f;
    if (v->type != SNMP_OPAQUE || v->len != OPAQUE_FLOAT_BYTES || memcmp(v->octets, head, sizeof head) != 0)
        return false;
    uint32_t bits = (uint32_t)v->octets[3] << 24 | (uint32_t)v->octets[4] << 16 |
                    (uint32_t)v->octets[5] << 8 | v->octets[6];
    memcpy(&f, &bits, sizeof f);
    *out = (double)f;
    return true;
}

static bool number_of(const struct snmp_value *v, double *out)
{
    uint64_t number;
    if (v->type == SNMP_INTEGER)
        *out = (double)v->integer;
    else if (snmp_value_number(v, &number))
        *out = (double)number;
    else
        return opaque_float(v, out);
    return true;
}

static void set_text(struct cell *c, const void *bytes, size_t len)
{
    if (len > CELL_TEXT_MAX)
        len = CELL_TEXT_MAX;
    char *text = len ? realloc(c->text, len) : c->text;
    if (len && !text) {
        c->kind = CELL_ABSENT;
        return;
    }
    c->text = text;
    if (len)
        memcpy(text, bytes, len);
    c->text_len = (uint8_t)len;
    c->kind = CELL_TEXT;
}

static void set_words(struct cell *c, const struct snmp_value *v)
{
    char text[SNMP_OID_TEXT_MAX];
    if (v->type == SNMP_IDENTIFIER)
        snmp_oid_text((struct snmp_oid_view){v->octets, v->len}, text);
    else
        snprintf(text, sizeof text, "%u.%u.%u.%u", v->octets[0], v->octets[1], v->octets[2], v->octets[3]);
    set_text(c, text, strlen(text));
}

/* Counters of any kind as bytes, packets, ticks of work per second; what line they run on is not known. */
static void take_rate(struct cell *c, const struct snmp_value *v, struct mono at)
{
    double seconds = c->at.ns ? (double)mono_since(at, c->at) / (double)NS_PER_S : 0;
    uint64_t number;
    c->number = NAN;
    c->kind = CELL_NUMBER;
    if (snmp_value_number(v, &number)) {
        c->narrow = v->type != SNMP_COUNTER64;
        struct counter_reading r = {.value = number,
                                    .width = c->narrow ? COUNTER_32 : COUNTER_64,
                                    .reset = !c->at.ns,
                                    .seconds = seconds};
        c->number = counter_step(&c->counter, &r);
    } else if (c->at.ns) {
        counter_skip(&c->counter, seconds);
    }
    c->at = at;
}

void cell_take(struct cell_table *t, struct cell *c, const struct snmp_value *v, struct mono at)
{
    double number;
    c->stale = false;
    if (t->columns[c->column].rate) {
        take_rate(c, v, at);
    } else if (number_of(v, &number)) {
        c->kind = CELL_NUMBER;
        c->number = number;
    } else if (v->type == SNMP_OCTETS) {
        set_text(c, v->octets, v->len);
    } else if (v->type == SNMP_IDENTIFIER || (v->type == SNMP_IPADDRESS && v->len == 4)) {
        set_words(c, v);
    } else {
        c->kind = CELL_ABSENT;
    }
}

void cell_table_begin_round(struct cell_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->cells[i].stale = !t->columns[t->cells[i].column].fixed;
}

struct expression_value cell_value(const struct cell *c)
{
    if (!c || c->stale || c->kind == CELL_ABSENT || (c->kind == CELL_NUMBER && isnan(c->number)))
        return (struct expression_value){0};
    if (c->kind == CELL_NUMBER)
        return expression_of_number(c->number);
    return expression_of_text(c->text, c->text_len);
}

/* --- the table --- */

static struct snmp_oid_view suffix_of(const struct cell *c)
{
    return (struct snmp_oid_view){c->suffix, c->suffix_len};
}

static bool grow(struct cell_table *t)
{
    size_t capacity = t->capacity ? t->capacity * 2 : 32;
    if (t->count < t->capacity)
        return true;
    struct cell *cells = realloc(t->cells, capacity * sizeof *cells);
    if (!cells)
        return false;
    t->cells = cells;
    t->capacity = capacity;
    return true;
}

static bool add_cell(struct cell_table *t, unsigned column, struct snmp_oid_view index)
{
    struct cell c = {.column = (uint16_t)column, .suffix_len = (uint8_t)index.len, .number = NAN};
    if (!grow(t) || (index.len && !(c.suffix = arena_copy(t->arena, index.bytes, index.len))))
        return false;
    t->cells[t->count++] = c;
    return true;
}

bool cell_table_add(struct cell_table *t, unsigned column, struct snmp_oid_view index,
                    const struct snmp_value *v, struct mono at)
{
    if (v->type == SNMP_ABSENT || v->type == SNMP_END || v->type == SNMP_NONE)
        return true;
    if (t->count >= CELLS_MAX) {
        t->left_out++;
        return true;
    }
    if (!add_cell(t, column, index))
        return false;
    cell_take(t, &t->cells[t->count - 1], v, at);
    return true;
}

static bool add_scalars(struct cell_table *t)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].scalar && !add_cell(t, (unsigned)i, (struct snmp_oid_view){0}))
            return false;
    return true;
}


static int in_order(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return snmp_oid_compare(suffix_of(x), suffix_of(y));
}

static void inherit(struct cell_table *t, struct cell *c, const struct cell_table *before)
{
    const struct cell_column *column = &t->columns[c->column];
    for (size_t i = 0; i < before->column_count; i++) {
        const struct cell_column *old = &before->columns[i];
        if (!old->rate || !snmp_oid_equal(snmp_oid_view(&old->root), snmp_oid_view(&column->root)))
            continue;
        const struct cell *was = cell_table_find(before, (unsigned)i, suffix_of(c));
        if (!was || !was->at.ns || !c->at.ns)
            return;
        uint64_t value = c->counter.last;
        double seconds = (double)mono_since(c->at, was->at) / (double)NS_PER_S;
        c->counter = was->counter;
        c->number = counter_step(&c->counter, &(struct counter_reading){
                                     .value = value,
                                     .width = c->narrow ? COUNTER_32 : COUNTER_64,
                                     .seconds = seconds});
        return;
    }
}

bool cell_table_settle(struct cell_table *t, const struct cell_table *before)
{
    if (!add_scalars(t))
        return false;
    if (t->count)
        qsort(t->cells, t->count, sizeof *t->cells, in_order);
    for (size_t i = 0; i < t->column_count; i++)
        t->columns[i].first = t->columns[i].count = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct cell_column *column = &t->columns[t->cells[i].column];
        if (!column->count++)
            column->first = (uint32_t)i;
        if (column->rate && before)
            inherit(t, &t->cells[i], before);
    }
    t->settled = true;
    return true;
}

void cell_table_refuse_absent(struct cell_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->cells[i].refused |= t->columns[t->cells[i].column].scalar && t->cells[i].kind == CELL_ABSENT;
}

const struct cell *cell_table_find(const struct cell_table *t, unsigned column, struct snmp_oid_view index)
{
    const struct cell_column *c = &t->columns[column];
    size_t low = c->first, high = c->first + c->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = snmp_oid_compare(suffix_of(&t->cells[middle]), index);
        if (order == 0)
            return &t->cells[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- requests --- */

static bool is_chosen(const struct cell_table *t, const struct cell *c, enum cell_choice choice)
{
    const struct cell_column *column = &t->columns[c->column];
    return !c->refused && (choice == CELLS_SCALAR ? column->scalar : !column->fixed);
}

static size_t answer_bytes(const struct cell_table *t, const struct cell *c)
{
    return t->columns[c->column].root.len + c->suffix_len + VALUE_BYTES +
           (c->kind == CELL_NUMBER ? 0u : TEXT_BYTES);
}

void cell_part_choose(const struct cell_table *t, enum cell_choice choice, uint32_t from, unsigned most,
                      struct cell_part *out)
{
    size_t bytes = 0;
    out->count = 0;
    if (most > CELL_PART_MAX)
        most = CELL_PART_MAX;
    for (out->end = from; out->end < t->count && out->count < most; out->end++) {
        const struct cell *c = &t->cells[out->end];
        if (!is_chosen(t, c, choice))
            continue;
        bytes += answer_bytes(t, c);
        if (out->count && bytes > ANSWER_BYTES)
            return;
        out->cells[out->count++] = (uint16_t)out->end;
    }
}

static struct snmp_oid_view root_of(const struct cell_table *t, const struct cell *c)
{
    return snmp_oid_view(&t->columns[c->column].root);
}

bool cell_part_write(const struct cell_part *p, const struct cell_table *t, const struct snmp_agent *a,
                     void *buffer, size_t capacity, struct snmp_written *out)
{
    struct snmp_head head = snmp_agent_head(a, SNMP_GET);
    struct snmp_writer w;
    snmp_writer_begin(&w, buffer, capacity);
    for (unsigned i = p->count; i-- > 0;) {
        const struct cell *c = &t->cells[p->cells[i]];
        snmp_writer_cell(&w, root_of(t, c), suffix_of(c));
    }
    return snmp_writer_end(&w, &head, out);
}

static bool is_cell(const struct cell_table *t, const struct cell *c, struct snmp_oid_view oid)
{
    struct snmp_oid_view root = root_of(t, c);
    return oid.len == root.len + c->suffix_len && memcmp(oid.bytes, root.bytes, root.len) == 0 &&
           (c->suffix_len == 0 || memcmp(oid.bytes + root.len, c->suffix, c->suffix_len) == 0);
}

static bool fits(const struct cell_part *p, const struct cell_table *t, struct reader bindings)
{
    struct snmp_binding b;
    for (unsigned i = 0; i < p->count; i++)
        if (snmp_binding_take(&bindings, &b) != SNMP_TAKEN || !is_cell(t, &t->cells[p->cells[i]], b.oid))
            return false;
    return rd_left(&bindings) == 0;
}

static enum cell_fate read_trouble(const struct cell_part *p, struct cell_table *t, const struct snmp_pdu *pdu)
{
    int32_t index = pdu->error_index;
    if (pdu->error_status == SNMP_TOO_BIG && p->count > 1)
        return CELLS_SMALLER;
    if (index < 1 || index > (int32_t)p->count)
        index = 1; /* it does not say which: so they go one after another */
    struct cell *c = &t->cells[p->cells[index - 1]];
    c->refused = true;
    c->kind = CELL_ABSENT;
    return CELLS_LESS;
}

enum cell_fate cell_part_read(const struct cell_part *p, struct cell_table *t, const struct snmp_pdu *pdu,
                              struct mono at)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    if (pdu->error_status != SNMP_NO_ERROR)
        return read_trouble(p, t, pdu);
    if (!fits(p, t, bindings))
        return CELLS_WRONG;
    for (unsigned i = 0; i < p->count && snmp_binding_take(&bindings, &b) == SNMP_TAKEN; i++)
        cell_take(t, &t->cells[p->cells[i]], &b.value, at);
    return CELLS_TAKEN;
}
