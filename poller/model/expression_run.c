#include "poller/model/expression_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct machine {
    const struct expression *e;
    const struct expression_value *values;
    size_t count;
    uint8_t *scratch;
    size_t scratch_used, depth;
    struct expression_value stack[EXPRESSION_STACK_MAX];
};

static const struct expression_value none;

static bool is_none(const struct expression_value *v)
{
    return !v->has_number && !v->has_text;
}

static struct expression_value pure_text(const uint8_t *text, size_t len)
{
    return (struct expression_value){.has_text = true, .text = text, .len = len};
}

static struct expression_value digits_of(struct machine *m, double number)
{
    char *out = (char *)m->scratch + m->scratch_used;
    size_t room = EXPRESSION_TEXT_MAX - m->scratch_used;
    int n = snprintf(out, room, "%.15g", number);
    if (n < 0 || (size_t)n >= room)
        return none;
    m->scratch_used += (size_t)n;
    return pure_text((const uint8_t *)out, (size_t)n);
}

static struct expression_value value_of(struct machine *m, size_t i, bool text)
{
    const struct expression_value *v = i < m->count ? &m->values[i] : &none;
    if (!text)
        return v->has_number ? expression_of_number(v->number) : none;
    if (v->has_text)
        return pure_text(v->text, v->len);
    return v->has_number ? digits_of(m, v->number) : none;
}

static struct expression_value arithmetic(enum expression_code code, double a, double b)
{
    switch (code) {
    case CODE_ADD: return expression_of_number(a + b);
    case CODE_SUBTRACT: return expression_of_number(a - b);
    case CODE_MULTIPLY: return expression_of_number(a * b);
    case CODE_DIVIDE: return expression_of_number(a / b); /* by zero: not finite */
    default: return expression_of_number(fmod(a, b));
    }
}

/* Agents end texts with NUL octets at times; they count for nothing. */
static size_t shown_len(const struct expression_value *v)
{
    size_t len = v->len;
    while (len > 0 && v->text[len - 1] == 0)
        len--;
    return len;
}

static int order_of(const struct expression_value *a, const struct expression_value *b)
{
    if (a->has_number)
        return (a->number > b->number) - (a->number < b->number);
    size_t la = shown_len(a), lb = shown_len(b), least = la < lb ? la : lb;
    int order = least ? memcmp(a->text, b->text, least) : 0;
    return order ? order : (la > lb) - (la < lb);
}

static bool holds(enum expression_code code, int order)
{
    switch (code) {
    case CODE_EQUAL: return order == 0;
    case CODE_UNEQUAL: return order != 0;
    case CODE_LESS: return order < 0;
    case CODE_NOT_MORE: return order <= 0;
    case CODE_MORE: return order > 0;
    default: return order >= 0;
    }
}

/* and: 0 decides, or: anything else decides; else a none on either side is the answer. */
static struct expression_value both(bool is_and, const struct expression_value *a,
                                    const struct expression_value *b)
{
    bool a_true = a->has_number && a->number != 0, b_true = b->has_number && b->number != 0;
    bool a_false = a->has_number && !a_true, b_false = b->has_number && !b_true;
    if (is_and ? a_false || b_false : a_true || b_true)
        return expression_of_number(!is_and);
    return is_none(a) || is_none(b) ? none : expression_of_number(is_and);
}

static struct expression_value two(enum expression_code code, const struct expression_value *a,
                                   const struct expression_value *b)
{
    if (code == CODE_AND || code == CODE_OR)
        return both(code == CODE_AND, a, b);
    if (is_none(a) || is_none(b))
        return none;
    if (code >= CODE_EQUAL && code <= CODE_NOT_LESS)
        return expression_of_number(holds(code, order_of(a, b)));
    return arithmetic(code, a->number, b->number);
}

static struct expression_value one(enum expression_code code, const struct expression_value *v)
{
    if (code == CODE_IS_NONE)
        return expression_of_number(is_none(v));
    if (is_none(v))
        return none;
    return expression_of_number(code == CODE_NOT ? v->number == 0 : -v->number);
}

static struct expression_value find(const struct machine *m, const struct expression_op *op,
                                    const struct expression_value *v)
{
    struct pattern_span spans[2];
    if (is_none(v))
        return none;
    bool found = pattern_match(m->e->patterns[op->arg], v->text, v->len, spans, op->code == CODE_PART ? 2 : 0);
    if (op->code == CODE_MATCH)
        return expression_of_number(found);
    return found && spans[1].found ? pure_text(v->text + spans[1].from, spans[1].to - spans[1].from) : none;
}

static struct expression_value call(const struct expression_op *op, const struct expression_value *args)
{
    for (size_t i = 0; i < op->argc; i++)
        if (is_none(&args[i]))
            return none;
    return expression_functions[op->arg].run(args, op->argc);
}

static struct expression_value choose(const struct expression_value *args)
{
    if (is_none(&args[0]))
        return none;
    return args[0].number != 0 ? args[1] : args[2];
}

static struct expression_value pushed(struct machine *m, const struct expression_op *op)
{
    const struct expression *e = m->e;
    switch (op->code) {
    case CODE_NUMBER:
        return expression_of_number(e->numbers[op->arg]);
    case CODE_TEXT:
        return pure_text((const uint8_t *)e->source + e->texts[op->arg].from, e->texts[op->arg].len);
    case CODE_VALUE:
    case CODE_VALUE_TEXT:
        return value_of(m, op->arg, op->code == CODE_VALUE_TEXT);
    default:
        return none;
    }
}

/* argc is what the instruction takes from the stack; it puts one back. */
static void step(struct machine *m, const struct expression_op *op)
{
    m->depth -= op->argc;
    struct expression_value *args = &m->stack[m->depth++], result;
    switch (op->code) {
    case CODE_NEGATE: case CODE_NOT: case CODE_IS_NONE:
        result = one(op->code, args);
        break;
    case CODE_MATCH: case CODE_PART:
        result = find(m, op, args);
        break;
    case CODE_CALL:
        result = call(op, args);
        break;
    case CODE_SELECT:
        result = choose(args);
        break;
    default:
        result = op->argc ? two(op->code, &args[0], &args[1]) : pushed(m, op);
    }
    *args = result;
}

struct expression_value expression_run(const struct expression *e, const struct expression_value *values,
                                       size_t count, uint8_t scratch[static EXPRESSION_TEXT_MAX])
{
    struct machine m = {.e = e, .values = values, .count = count, .scratch = scratch};
    for (size_t i = 0; i < e->ops_count; i++)
        step(&m, &e->ops[i]);
    struct expression_value v = m.stack[0];
    return v.has_text ? expression_of_text(v.text, v.len) : v;
}
