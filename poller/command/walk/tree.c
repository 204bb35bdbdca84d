#include "poller/command/walk/tree.h"

bool tree_oid_set(struct tree_oid *o, struct snmp_oid_view from)
{
    if (from.len > sizeof o->bytes)
        return false;
    memmove(o->bytes, from.bytes, from.len);
    o->len = from.len;
    return true;
}

void tree_begin(struct tree *t, struct snmp_oid_view root, struct snmp_oid_view after, bool bulk)
{
    *t = (struct tree){.bulk_allowed = bulk,
                       .bulk = bulk,
                       .repetitions = SNMP_REPETITIONS_FIRST,
                       .repetitions_most = TREE_REPETITIONS_MAX};
    if (!tree_oid_set(&t->root, root) || !tree_oid_set(&t->last, after))
        t->end = TREE_TOO_LONG;
}

bool tree_ask(struct tree *t, const struct snmp_agent *a, void *buffer, size_t capacity,
              struct snmp_written *out)
{
    struct snmp_writer w;
    struct snmp_head head = snmp_agent_head(a, t->itself ? SNMP_GET
                                               : t->bulk ? SNMP_GETBULK
                                                         : SNMP_GETNEXT);
    if (t->end != TREE_GOING)
        return false;
    head.max_repetitions = t->repetitions;
    snmp_writer_begin(&w, buffer, capacity);
    snmp_writer_name(&w, tree_oid_view(t->itself ? &t->root : &t->last));
    return snmp_writer_end(&w, &head, out);
}

/* Below the root came nothing: perhaps it is an object itself. */
static void finish(struct tree *t)
{
    bool untouched =
        !t->objects && snmp_oid_equal(tree_oid_view(&t->last), tree_oid_view(&t->root));
    if (untouched && !t->itself)
        t->itself = true;
    else
        t->end = TREE_DONE;
}

/* What follows the last object cannot be told: goes to the next column; when that cannot be told
 * either to some more, then past what holds them all. */
static bool step_over(struct tree *t, struct tree_oid *next)
{
    struct walk_numbers n;
    if (!walk_numbers_read(tree_oid_view(&t->last), &n))
        return false;
    bool up = t->stuck % TREE_SIBLINGS == 0;
    n.count -= up;
    while (n.count > 2 && n.at[n.count - 1] == UINT32_MAX)
        n.count--;
    n.at[n.count - 1]++;
    next->len = walk_numbers_write(&n, next->bytes);
    return n.count > 2 && snmp_oid_below(tree_oid_view(next), tree_oid_view(&t->root));
}

static void pass_over(struct tree *t)
{
    struct tree_oid next;
    if (t->passed >= TREE_PASSED_MAX || !step_over(t, &next)) {
        t->end = TREE_REFUSED;
        return;
    }
    if (!t->passed++)
        t->passed_after = t->last;
    t->stuck++;
    t->last = next;
}

bool tree_ask_less(struct tree *t)
{
    if (!t->bulk)
        return false;
    t->full = 0;
    if (t->repetitions > 1) {
        t->repetitions = t->repetitions > SNMP_REPETITIONS_FIRST ? SNMP_REPETITIONS_FIRST : 1;
        t->repetitions_most = t->repetitions;
    } else {
        t->bulk = t->bulk_allowed = false;
    }
    return true;
}

static void take_trouble(struct tree *t, int32_t status)
{
    t->full = 0;
    t->error_status = status;
    if (status == SNMP_NO_SUCH_NAME || t->itself)
        finish(t);
    else if (status == SNMP_TOO_BIG && t->bulk && t->repetitions > 1)
        t->repetitions_most = t->repetitions = (t->repetitions + 1) / 2;
    else if (t->bulk)
        t->bulk = false; /* until the next object is told */
    else if (status == SNMP_AUTHORIZATION_ERROR)
        t->end = TREE_REFUSED;
    else
        pass_over(t);
}

static void take_binding(struct tree *t, const struct snmp_binding *b, tree_row_fn row, void *ctx)
{
    if (b->value.type == SNMP_END || b->value.type == SNMP_ABSENT) {
        finish(t);
    } else if (!t->itself && snmp_oid_compare(b->oid, tree_oid_view(&t->last)) <= 0) {
        t->end = tree_oid_set(&t->to, b->oid) ? TREE_NOT_RISING : TREE_TOO_LONG;
    } else if (!t->itself && !snmp_oid_below(b->oid, tree_oid_view(&t->root))) {
        finish(t);
    } else if (!tree_oid_set(&t->last, b->oid)) {
        t->end = TREE_TOO_LONG;
    } else {
        t->objects++;
        t->stuck = 0;
        t->bulk = t->bulk_allowed && !t->itself;
        t->end = !row(ctx, b->oid, &b->value) ? TREE_STOPPED : t->itself ? TREE_DONE : TREE_GOING;
    }
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

static void ask_more(struct tree *t, unsigned count)
{
    if (!t->bulk || count < t->repetitions)
        t->full = 0;
    else if (++t->full >= TREE_FULL_BEFORE_MORE && t->repetitions < t->repetitions_most) {
        unsigned more = t->repetitions * 2;
        t->repetitions = more < t->repetitions_most ? more : t->repetitions_most;
        t->full = 0;
    }
}

static bool answers_get(const struct tree *t, struct reader bindings)
{
    struct snmp_binding b;
    return snmp_binding_take(&bindings, &b) == SNMP_TAKEN &&
           snmp_oid_equal(b.oid, tree_oid_view(&t->root));
}

bool tree_take(struct tree *t, const struct snmp_pdu *pdu, tree_row_fn row, void *ctx)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    unsigned count, most = t->bulk && !t->itself ? t->repetitions : 1;
    bool bulk = t->bulk, get = t->itself;
    if (!bindings_sound(bindings, &count))
        return false;
    if (pdu->error_status != SNMP_NO_ERROR) {
        take_trouble(t, pdu->error_status);
        return true;
    }
    if (!count || (t->itself && !answers_get(t, bindings)))
        return false;
    for (unsigned i = 0; i < most && t->end == TREE_GOING && t->itself == get; i++)
        if (snmp_binding_take(&bindings, &b) == SNMP_TAKEN)
            take_binding(t, &b, row, ctx);
    if (bulk)
        ask_more(t, count);
    return true;
}
