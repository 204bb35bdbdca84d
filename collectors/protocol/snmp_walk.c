#include "collectors/protocol/snmp_walk.h"

#include <assert.h>

void snmp_walk_start(struct snmp_walk *w, const struct snmp_oid_view *roots, unsigned count,
                     const struct snmp_agent *a)
{
    assert(count <= SNMP_WALK_COLUMNS_MAX);
    *w = (struct snmp_walk){.column_count = count,
                            .at_once = count,
                            .repetitions = a->repetitions,
                            .rows_max = SNMP_WALK_ROWS_MAX,
                            .bulk = a->version != SNMP_V1 && !a->no_bulk};
    for (unsigned i = 0; i < count; i++) {
        snmp_oid_copy(roots[i], &w->columns[i].root);
        w->columns[i].last = w->columns[i].root;
    }
}

static bool over_ceiling(const struct snmp_walk *w)
{
    if (w->requests >= SNMP_WALK_REQUESTS_MAX || w->bytes >= SNMP_WALK_BYTES_MAX)
        return true;
    for (unsigned i = 0; i < w->column_count; i++)
        if (w->columns[i].cells >= w->rows_max)
            return true;
    return false;
}

/* The columns of the next request: those that lag most, so that rows stay together. */
static void choose_columns(struct snmp_walk *w)
{
    unsigned fewest = UINT32_MAX;
    for (unsigned i = 0; i < w->column_count; i++)
        if (w->columns[i].state == SNMP_COLUMN_GOING && w->columns[i].cells < fewest)
            fewest = w->columns[i].cells;
    w->asked_count = 0;
    for (int lagging = 1; lagging >= 0; lagging--)
        for (unsigned i = 0; i < w->column_count && w->asked_count < w->at_once; i++)
            if (w->columns[i].state == SNMP_COLUMN_GOING &&
                (w->columns[i].cells == fewest) == (lagging == 1))
                w->asked[w->asked_count++] = i;
}

bool snmp_walk_ask(struct snmp_walk *w, const struct snmp_agent *a, void *buffer, size_t capacity,
                   struct snmp_written *out)
{
    struct snmp_writer writer;
    struct snmp_head head = snmp_agent_head(a, w->bulk ? SNMP_GETBULK : SNMP_GETNEXT);
    if (w->end == SNMP_WALK_CEILING)
        return false;
    choose_columns(w);
    if (!w->asked_count) {
        if (w->end == SNMP_WALK_GOING)
            w->end = SNMP_WALK_DONE;
        return false;
    }
    if (over_ceiling(w)) {
        w->end = SNMP_WALK_CEILING;
        return false;
    }
    head.max_repetitions = w->repetitions;
    snmp_writer_begin(&writer, buffer, capacity);
    for (unsigned i = w->asked_count; i-- > 0;)
        snmp_writer_name(&writer, snmp_oid_view(&w->columns[w->asked[i]].last));
    w->requests++;
    return snmp_writer_end(&writer, &head, out);
}

static void break_column(struct snmp_walk *w, struct snmp_walk_column *c, struct snmp_oid_view to)
{
    bool first = w->end != SNMP_WALK_NOT_RISING;
    c->state = SNMP_COLUMN_BROKEN;
    w->end = SNMP_WALK_NOT_RISING;
    if (!first)
        return;
    w->from = c->last;
    if (!snmp_oid_copy(to, &w->to))
        w->to.len = 0;
}

static void take_cell(struct snmp_walk *w, unsigned column, const struct snmp_binding *b,
                      snmp_cell_fn cell, void *ctx)
{
    struct snmp_walk_column *c = &w->columns[column];
    struct snmp_oid_view root = snmp_oid_view(&c->root);
    if (c->state != SNMP_COLUMN_GOING)
        return; /* GETBULK goes on past the end of a column */
    if (b->value.type == SNMP_END || b->value.type == SNMP_ABSENT) {
        c->state = SNMP_COLUMN_ENDED;
        return;
    }
    if (snmp_oid_compare(b->oid, snmp_oid_view(&c->last)) <= 0) {
        break_column(w, c, b->oid);
        return;
    }
    if (!snmp_oid_below(b->oid, root) || !snmp_oid_copy(b->oid, &c->last)) {
        c->state = SNMP_COLUMN_ENDED;
        return;
    }
    c->cells++;
    cell(ctx, column, (struct snmp_oid_view){b->oid.bytes + root.len, b->oid.len - root.len},
         &b->value);
}

static bool take_trouble(struct snmp_walk *w, struct snmp_agent *a, const struct snmp_pdu *pdu)
{
    unsigned index = pdu->error_index > 0 ? (unsigned)pdu->error_index : 0;
    if (pdu->error_status == SNMP_TOO_BIG && w->bulk && w->repetitions > 1) {
        w->repetitions /= 2;
        if (a->repetitions > w->repetitions)
            a->repetitions = w->repetitions;
    } else if (index >= 1 && index <= w->asked_count && pdu->error_status != SNMP_TOO_BIG) {
        w->columns[w->asked[index - 1]].state =
            pdu->error_status == SNMP_NO_SUCH_NAME ? SNMP_COLUMN_ENDED : SNMP_COLUMN_BROKEN;
    } else if (w->asked_count > 1) {
        w->at_once = (w->asked_count + 1) / 2; /* find the culprit, or make it small enough */
    } else {
        w->columns[w->asked[0]].state = SNMP_COLUMN_BROKEN;
    }
    return true;
}

/* Every binding must be well formed before any is used. */
static bool bindings_sound(struct reader bindings, unsigned *count)
{
    struct snmp_binding b;
    enum snmp_take taken;
    *count = 0;
    while ((taken = snmp_binding_take(&bindings, &b)) == SNMP_TAKEN) {
        if (!snmp_oid_valid(b.oid))
            return false;
        ++*count;
    }
    return taken == SNMP_NO_MORE;
}

bool snmp_walk_take(struct snmp_walk *w, struct snmp_agent *a, const struct snmp_pdu *pdu,
                    snmp_cell_fn cell, void *ctx)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    unsigned count, most = w->asked_count * (w->bulk ? w->repetitions : 1);
    if (!bindings_sound(bindings, &count))
        return false;
    w->bytes += rd_left(&bindings);
    if (pdu->error_status != SNMP_NO_ERROR)
        return take_trouble(w, a, pdu);
    if (!count)
        return false;
    for (unsigned i = 0; i < most && snmp_binding_take(&bindings, &b) == SNMP_TAKEN; i++)
        take_cell(w, w->asked[i % w->asked_count], &b, cell, ctx);
    return true;
}
