/* An expression as a profile may have it, over a value as an agent may send it: the bytes up to the first
 * newline are the one, the rest the other. Compiles or says why and where; what it gives is within bounds. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/expression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_in(const struct expression_value *v, const void *from, size_t len)
{
    const uint8_t *start = from;
    return v->text >= start && v->text + v->len <= start + len;
}

static void run(const struct expression *e, const char *source, const uint8_t *raw, size_t len)
{
    static uint8_t scratch[EXPRESSION_TEXT_MAX];
    struct expression_value values[3] = {expression_of_text(raw, len), expression_of_number(-4294967296.5)};
    struct expression_value v = expression_run(e, values, 3, scratch);
    assert(!v.has_number || isfinite(v.number));
    assert(!v.has_text || expression_gives_text(e));
    if (v.has_text && v.len > 0)
        assert(lies_in(&v, raw, len) || lies_in(&v, scratch, sizeof scratch) || v.len < strlen(source));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"noise", "unit", NULL};
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t len = end ? (size_t)(end - data) : size, at;
    char *source = strndup((const char *)data, len), error[EXPRESSION_ERROR_MAX] = "";
    struct expression *e = expression_compile(source, names, &at, error);
    assert(e || (error[0] && at <= strlen(source)));
    if (e)
        run(e, source, data + (end ? len + 1 : len), end ? size - len - 1 : 0);
    expression_destroy(e);
    free(source);
    return 0;
}
