#include "poller/model/expression_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 40 /* of parentheses and signs */

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define OPERAND_EXPECTED "expected a number, a text, a name or '('"

const char *const expression_words[] = {
    "x", "text", "none", "and", "or", "not", "match", "part", "number", "bit", "channel_mhz", "signed8",
    "signed16", "signed32", "min", "max", "abs", "round", "floor", "pow", "log10", NULL};

struct compiler {
    const char *text, *at;
    const char *const *names;
    int nesting;
    size_t depth; /* of the stack */
    size_t ops_count, numbers_count, texts_count, patterns_count;
    struct expression_op ops[EXPRESSION_OPS_MAX];
    double numbers[EXPRESSION_OPS_MAX];
    struct expression_text texts[EXPRESSION_TEXTS_MAX];
    struct pattern *patterns[EXPRESSION_PATTERNS_MAX];
    const char *wrong_at; /* NULL: all is well so far */
    char *error;
};

static bool fail(struct compiler *c, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first mistake is the one that is told. */
static bool fail(struct compiler *c, const char *at, const char *format, ...)
{
    va_list args;
    if (c->wrong_at)
        return false;
    c->wrong_at = at;
    va_start(args, format);
    vsnprintf(c->error, EXPRESSION_ERROR_MAX, format, args);
    va_end(args);
    return false;
}

static void skip_blanks(struct compiler *c)
{
    c->at += strspn(c->at, " \t\r\n");
}

static size_t word_len(const char *p)
{
    return *p >= 'a' && *p <= 'z' ? strspn(p, LOWER DIGITS "_") : 0;
}

static bool take_word(struct compiler *c, const char *word)
{
    skip_blanks(c);
    size_t len = word_len(c->at);
    if (len != strlen(word) || memcmp(c->at, word, len) != 0)
        return false;
    c->at += len;
    return true;
}

static bool take_char(struct compiler *c, char wanted)
{
    skip_blanks(c);
    if (*c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool want_char(struct compiler *c, char wanted)
{
    return take_char(c, wanted) || fail(c, c->at, "expected '%c'", wanted);
}

/* argc values are taken from the stack, one is put there. */
static bool emit(struct compiler *c, enum expression_code code, size_t argc, size_t arg)
{
    if (c->ops_count == EXPRESSION_OPS_MAX || c->depth - argc >= EXPRESSION_STACK_MAX)
        return fail(c, c->at, "the expression is too long");
    c->depth = c->depth - argc + 1;
    c->ops[c->ops_count++] = (struct expression_op){(uint8_t)code, (uint8_t)argc, (uint16_t)arg};
    return true;
}

static bool read_any(struct compiler *c, enum expression_type *type);

static bool want_type(struct compiler *c, enum expression_type type, enum expression_type wanted,
                      const char *at)
{
    static const char *const stands[] = {"a number", "a text", "none"};
    if (type == wanted)
        return true;
    return fail(c, at, "expected %s, not %s%s", stands[wanted], stands[type],
                type == TYPE_TEXT ? "; number(...) finds the one in it" : "");
}

static bool read_number(struct compiler *c)
{
    char *end;
    size_t len = strspn(c->at, DIGITS), fraction = c->at[len] == '.' ? strspn(c->at + len + 1, DIGITS) : 0;
    const char *from = c->at;
    len += fraction ? 1 + fraction : 0;
    c->at += len;
    double number = strtod(from, &end);
    if (end != c->at || word_len(c->at))
        return fail(c, from, "a number is written as 12 or 1.5");
    if (c->numbers_count == EXPRESSION_OPS_MAX)
        return fail(c, from, "the expression is too long");
    c->numbers[c->numbers_count] = number;
    return emit(c, CODE_NUMBER, 0, c->numbers_count++);
}

/* Between quotes of either kind; the other kind may stand inside. */
static bool read_quoted(struct compiler *c, const char **from, size_t *len)
{
    char quote = *c->at;
    const char *end = quote == '"' || quote == '\'' ? strchr(c->at + 1, quote) : NULL;
    if (!end)
        return fail(c, c->at, quote == '"' || quote == '\'' ? "the text has no closing quote"
                                                            : "expected a text in quotes");
    *from = c->at + 1;
    *len = (size_t)(end - *from);
    c->at = end + 1;
    return true;
}

static bool read_text(struct compiler *c)
{
    const char *from;
    size_t len;
    if (!read_quoted(c, &from, &len))
        return false;
    if (c->texts_count == EXPRESSION_TEXTS_MAX)
        return fail(c, from, "the expression is too long");
    c->texts[c->texts_count] = (struct expression_text){(uint16_t)(from - c->text), (uint16_t)len};
    return emit(c, CODE_TEXT, 0, c->texts_count++);
}

static bool read_pattern(struct compiler *c, bool wants_group)
{
    char text[PATTERN_MAX_BYTES + 2], why[PATTERN_ERROR_MAX]; /* one more than fits: refused there */
    const char *from;
    size_t len;
    skip_blanks(c);
    if (!read_quoted(c, &from, &len))
        return false;
    if (c->patterns_count == EXPRESSION_PATTERNS_MAX)
        return fail(c, from, "the expression is too long");
    len = len < sizeof text - 1 ? len : sizeof text - 1;
    memcpy(text, from, len);
    text[len] = '\0';
    struct pattern *p = pattern_compile(text, why);
    if (!p)
        return fail(c, from, "not a regular expression: %s", why);
    c->patterns[c->patterns_count++] = p;
    return !wants_group || pattern_groups(p) > 0 ||
           fail(c, from, "part takes the first group: put (...) around it");
}

/* match(t, "regex") and part(t, "regex"), behind the name. */
static bool read_search(struct compiler *c, bool part, enum expression_type *type)
{
    enum expression_type first;
    if (!want_char(c, '('))
        return false;
    skip_blanks(c);
    const char *from = c->at;
    *type = part ? TYPE_TEXT : TYPE_NUMBER;
    return read_any(c, &first) && want_type(c, first, TYPE_TEXT, from) && want_char(c, ',') &&
           read_pattern(c, part) && emit(c, part ? CODE_PART : CODE_MATCH, 1, c->patterns_count - 1) &&
           want_char(c, ')');
}

static bool read_arguments(struct compiler *c, const struct expression_function *f, size_t *count)
{
    *count = 0;
    do {
        enum expression_type type;
        skip_blanks(c);
        const char *from = c->at;
        if (*count == f->most)
            return fail(c, from, "%s takes %zu argument%s", f->name, f->most, f->most == 1 ? "" : "s");
        if (!read_any(c, &type) || !want_type(c, type, *count ? TYPE_NUMBER : f->first, from))
            return false;
        ++*count;
    } while (take_char(c, ','));
    if (*count < f->least)
        return fail(c, c->at, "%s takes %zu arguments", f->name, f->least);
    return want_char(c, ')');
}

static bool read_call(struct compiler *c, size_t function, enum expression_type *type)
{
    size_t count;
    *type = TYPE_NUMBER;
    return want_char(c, '(') && read_arguments(c, &expression_functions[function], &count) &&
           emit(c, CODE_CALL, count, function);
}

static bool read_value(struct compiler *c, size_t i, enum expression_type *type)
{
    bool text = false;
    if (*c->at == '.') {
        if (word_len(c->at + 1) != 4 || memcmp(c->at + 1, "text", 4) != 0)
            return fail(c, c->at, "behind a name only .text may stand");
        text = true;
        c->at += 5;
    }
    *type = text ? TYPE_TEXT : TYPE_NUMBER;
    return emit(c, text ? CODE_VALUE_TEXT : CODE_VALUE, 0, i);
}

static bool is_word(const char *word, const char *from, size_t len)
{
    return strlen(word) == len && memcmp(word, from, len) == 0;
}

static bool read_named(struct compiler *c, enum expression_type *type)
{
    const char *from = c->at;
    size_t len = word_len(from);
    c->at += len;
    if (is_word("x", from, len))
        return read_value(c, 0, type);
    if (is_word("text", from, len)) {
        *type = TYPE_TEXT;
        return emit(c, CODE_VALUE_TEXT, 0, 0);
    }
    if (is_word("none", from, len)) {
        *type = TYPE_NONE;
        return emit(c, CODE_NONE, 0, 0);
    }
    if (is_word("match", from, len) || is_word("part", from, len))
        return read_search(c, *from == 'p', type);
    for (size_t i = 0; expression_functions[i].name; i++)
        if (is_word(expression_functions[i].name, from, len))
            return read_call(c, i, type);
    for (size_t i = 0; c->names && c->names[i]; i++)
        if (is_word(c->names[i], from, len))
            return read_value(c, i + 1, type);
    if (is_word("and", from, len) || is_word("or", from, len) || is_word("not", from, len))
        return fail(c, from, OPERAND_EXPECTED);
    return fail(c, from, "unknown name '%.*s'", (int)(len < EXPRESSION_NAME_MAX ? len : EXPRESSION_NAME_MAX), from);
}

static bool read_operand(struct compiler *c, enum expression_type *type)
{
    skip_blanks(c);
    *type = TYPE_NUMBER;
    if (*c->at >= '0' && *c->at <= '9')
        return read_number(c);
    if (*c->at == '"' || *c->at == '\'') {
        *type = TYPE_TEXT;
        return read_text(c);
    }
    if (take_char(c, '('))
        return read_any(c, type) && want_char(c, ')');
    if (word_len(c->at))
        return read_named(c, type);
    return fail(c, c->at, OPERAND_EXPECTED);
}

static bool read_signed(struct compiler *c, enum expression_type *type)
{
    if (!take_char(c, '-'))
        return read_operand(c, type);
    skip_blanks(c);
    const char *from = c->at;
    if (++c->nesting > DEPTH_MAX)
        return fail(c, from, "too deep");
    bool ok = read_signed(c, type) && want_type(c, *type, TYPE_NUMBER, from) && emit(c, CODE_NEGATE, 1, 0);
    c->nesting--;
    return ok;
}

typedef bool (*level_fn)(struct compiler *c, enum expression_type *type);

/* below, then any of the operators with another below behind it: from left to right, of numbers. */
static bool read_chain(struct compiler *c, level_fn below, const char *operators,
                       const enum expression_code *codes, enum expression_type *type)
{
    skip_blanks(c);
    const char *from = c->at;
    if (!below(c, type))
        return false;
    for (;;) {
        enum expression_type right;
        skip_blanks(c);
        const char *found = *c->at ? strchr(operators, *c->at) : NULL;
        if (!found)
            return true;
        c->at++;
        skip_blanks(c);
        const char *second = c->at;
        if (!want_type(c, *type, TYPE_NUMBER, from) || !below(c, &right) ||
            !want_type(c, right, TYPE_NUMBER, second) || !emit(c, codes[found - operators], 2, 0))
            return false;
    }
}

static bool read_product(struct compiler *c, enum expression_type *type)
{
    static const enum expression_code codes[] = {CODE_MULTIPLY, CODE_DIVIDE, CODE_REMAINDER};
    return read_chain(c, read_signed, "*/%", codes, type);
}

static bool read_sum(struct compiler *c, enum expression_type *type)
{
    static const enum expression_code codes[] = {CODE_ADD, CODE_SUBTRACT};
    return read_chain(c, read_product, "+-", codes, type);
}

/* The comparison that stands here, or CODE_NONE. */
static enum expression_code take_comparison(struct compiler *c)
{
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">"};
    static const enum expression_code codes[] = {CODE_EQUAL, CODE_UNEQUAL, CODE_NOT_MORE, CODE_NOT_LESS,
                                                 CODE_LESS, CODE_MORE};
    skip_blanks(c);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(c->at, signs[i], strlen(signs[i])) == 0) {
            c->at += strlen(signs[i]);
            return codes[i];
        }
    return CODE_NONE;
}

/* `a == none`: a is asked, the none is not pushed at all. */
static bool compare_with_none(struct compiler *c, enum expression_code code, const char *at)
{
    if (code != CODE_EQUAL && code != CODE_UNEQUAL)
        return fail(c, at, "none is only asked for by == and !=");
    c->ops_count--; /* the none: it was read last */
    c->depth--;
    return emit(c, CODE_IS_NONE, 1, 0) && (code == CODE_EQUAL || emit(c, CODE_NOT, 1, 0));
}

static bool read_comparison(struct compiler *c, enum expression_type *type)
{
    enum expression_type right;
    if (!read_sum(c, type))
        return false;
    const char *at = (skip_blanks(c), c->at);
    if (*at == '=' && at[1] != '=')
        return fail(c, at, "equality is written ==");
    enum expression_code code = take_comparison(c);
    if (code == CODE_NONE)
        return true;
    skip_blanks(c);
    const char *second = c->at;
    if (!read_sum(c, &right))
        return false;
    enum expression_type left = *type;
    *type = TYPE_NUMBER;
    if (right == TYPE_NONE)
        return compare_with_none(c, code, second);
    if (left == TYPE_NONE)
        return fail(c, at, "none stands to the right of == and !=");
    return want_type(c, right, left, second) && emit(c, code, 2, 0);
}

static bool read_not(struct compiler *c, enum expression_type *type)
{
    if (!take_word(c, "not"))
        return read_comparison(c, type);
    skip_blanks(c);
    const char *from = c->at;
    if (++c->nesting > DEPTH_MAX)
        return fail(c, from, "too deep");
    bool ok = read_not(c, type) && want_type(c, *type, TYPE_NUMBER, from) && emit(c, CODE_NOT, 1, 0);
    c->nesting--;
    return ok;
}

static bool read_words(struct compiler *c, level_fn below, const char *word, enum expression_code code,
                       enum expression_type *type)
{
    skip_blanks(c);
    const char *from = c->at;
    if (!below(c, type))
        return false;
    while (take_word(c, word)) {
        enum expression_type right;
        skip_blanks(c);
        const char *second = c->at;
        if (!want_type(c, *type, TYPE_NUMBER, from) || !below(c, &right) ||
            !want_type(c, right, TYPE_NUMBER, second) || !emit(c, code, 2, 0))
            return false;
    }
    return true;
}

static bool read_and(struct compiler *c, enum expression_type *type)
{
    return read_words(c, read_not, "and", CODE_AND, type);
}

static bool read_or(struct compiler *c, enum expression_type *type)
{
    return read_words(c, read_and, "or", CODE_OR, type);
}

static bool read_choice(struct compiler *c, enum expression_type *type)
{
    skip_blanks(c);
    const char *from = c->at;
    if (!read_or(c, type))
        return false;
    if (!take_char(c, '?'))
        return true;
    enum expression_type yes, no;
    if (!want_type(c, *type, TYPE_NUMBER, from) || !read_any(c, &yes) || !want_char(c, ':'))
        return false;
    skip_blanks(c);
    const char *second = c->at;
    if (!read_any(c, &no))
        return false;
    if (yes == TYPE_NONE && no == TYPE_NONE)
        return fail(c, second, "none either way");
    *type = yes == TYPE_NONE ? no : yes;
    return (no == TYPE_NONE || want_type(c, no, *type, second)) && emit(c, CODE_SELECT, 3, 0);
}

static bool read_any(struct compiler *c, enum expression_type *type)
{
    if (++c->nesting > DEPTH_MAX)
        return fail(c, c->at, "too deep");
    bool ok = read_choice(c, type);
    c->nesting--;
    return ok;
}

static bool read_whole(struct compiler *c, enum expression_type *type)
{
    if (strlen(c->text) > EXPRESSION_TEXT_MAX)
        return fail(c, c->text, "longer than %d bytes", EXPRESSION_TEXT_MAX);
    if (!read_any(c, type))
        return false;
    skip_blanks(c);
    return !*c->at || fail(c, c->at, "expected an operator or the end");
}

static void *copied(const void *from, size_t bytes)
{
    void *to = malloc(bytes ? bytes : 1);
    if (to && bytes)
        memcpy(to, from, bytes);
    return to;
}

static struct expression *finish(struct compiler *c, enum expression_type type)
{
    struct expression *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->gives_text = type == TYPE_TEXT;
    e->ops_count = c->ops_count;
    e->ops = copied(c->ops, c->ops_count * sizeof *c->ops);
    e->numbers = copied(c->numbers, c->numbers_count * sizeof *c->numbers);
    e->texts = copied(c->texts, c->texts_count * sizeof *c->texts);
    e->source = copied(c->text, strlen(c->text) + 1);
    e->patterns_count = c->patterns_count;
    memcpy(e->patterns, c->patterns, sizeof e->patterns);
    c->patterns_count = 0;
    if (e->ops && e->numbers && e->texts && e->source)
        return e;
    expression_destroy(e);
    return NULL;
}

struct expression *expression_compile(const char *text, const char *const *names, size_t *at,
                                      char error[static EXPRESSION_ERROR_MAX])
{
    struct compiler c = {.text = text, .at = text, .names = names, .error = error};
    enum expression_type type = TYPE_NONE;
    struct expression *e = read_whole(&c, &type) ? finish(&c, type) : NULL;
    for (size_t i = 0; i < c.patterns_count; i++)
        pattern_destroy(c.patterns[i]);
    if (!e && !c.wrong_at)
        fail(&c, c.at, "not enough memory");
    *at = c.wrong_at ? (size_t)(c.wrong_at - text) : 0;
    return e;
}

void expression_destroy(struct expression *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->patterns_count; i++)
        pattern_destroy(e->patterns[i]);
    free(e->ops);
    free(e->numbers);
    free(e->texts);
    free(e->source);
    free(e);
}

bool expression_gives_text(const struct expression *e)
{
    return e->gives_text;
}

bool expression_uses(const struct expression *e, size_t i)
{
    for (size_t k = 0; k < e->ops_count; k++)
        if ((e->ops[k].code == CODE_VALUE || e->ops[k].code == CODE_VALUE_TEXT) && e->ops[k].arg == i)
            return true;
    return false;
}

bool expression_name_is_fine(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; expression_words[i]; i++)
        if (strcmp(expression_words[i], name) == 0)
            return false;
    return len > 0 && len <= EXPRESSION_NAME_MAX && word_len(name) == len;
}
