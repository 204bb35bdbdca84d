/* The compiled form of an expression: a stack machine's instructions, without jumps. What a condition
 * leaves out is computed all the same, since nothing has an effect. */
#ifndef HAYLOFT_MODEL_EXPRESSION_INTERNAL_H
#define HAYLOFT_MODEL_EXPRESSION_INTERNAL_H

#include "poller/model/expression.h"
#include "poller/model/pattern.h"

#define EXPRESSION_STACK_MAX 32
#define EXPRESSION_OPS_MAX 256
#define EXPRESSION_TEXTS_MAX 64
#define EXPRESSION_PATTERNS_MAX 16

enum expression_code {
    CODE_NUMBER, CODE_TEXT, CODE_NONE,  /* push a constant */
    CODE_VALUE, CODE_VALUE_TEXT,        /* push values[arg] */
    CODE_NEGATE, CODE_ADD, CODE_SUBTRACT, CODE_MULTIPLY, CODE_DIVIDE, CODE_REMAINDER,
    CODE_EQUAL, CODE_UNEQUAL, CODE_LESS, CODE_NOT_MORE, CODE_MORE, CODE_NOT_LESS, /* in this order */
    CODE_IS_NONE, CODE_NOT, CODE_AND, CODE_OR, CODE_SELECT,
    CODE_CALL,                          /* function arg over the topmost argc */
    CODE_MATCH, CODE_PART               /* pattern arg over the topmost */
};

struct expression_op {
    uint8_t code, argc;
    uint16_t arg;
};

struct expression_text { /* inside the source */
    uint16_t from, len;
};

struct expression {
    bool gives_text;
    size_t ops_count, patterns_count;
    struct expression_op *ops;
    double *numbers;
    struct expression_text *texts;
    struct pattern *patterns[EXPRESSION_PATTERNS_MAX];
    char *source;
};

enum expression_type { TYPE_NUMBER, TYPE_TEXT, TYPE_NONE };

/* args: the arguments, best first; every number asked for is there. none: has neither. */
struct expression_function {
    const char *name;
    size_t least, most;            /* arguments */
    enum expression_type first;    /* of the first one; all others are numbers */
    struct expression_value (*run)(const struct expression_value *args, size_t count);
};

extern const struct expression_function expression_functions[]; /* ends with a NULL name */

#endif
