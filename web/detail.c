#include "web/detail.h"

#include <stdlib.h>

#include "web/web.h"

struct asking {
    void (*then)(struct exchange *x, const struct ew_detail *detail);
};

static bool on_detail(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct asking *a = x->work;
    void (*then)(struct exchange *, const struct ew_detail *) = a->then;
    free(a);
    x->work = NULL;
    then(x, type == EW_DETAIL ? value : NULL);
    return true;
}

void detail_ask(struct exchange *x, const char *node,
                void (*then)(struct exchange *x, const struct ew_detail *detail))
{
    struct asking *a = malloc(sizeof *a);
    uint32_t number = a ? backend_expect(x->web->backend, ROLE_ENGINE, on_detail, x) : 0;
    if (number == 0) {
        free(a);
        then(x, NULL);
        return;
    }
    a->then = then;
    x->work = a;
    struct we_name question = {.request = number, .name = (char *)(uintptr_t)node};
    backend_ask(x->web->backend, ROLE_ENGINE, number, WE_DETAIL, &we_name_record, &question);
}
