#include "web/probe.h"

#include <stdlib.h>

#include "web/web.h"

struct probing {
    void (*then)(struct exchange *x, enum probe_end end, const char *text);
};

static bool on_result(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct probing *p = x->work;
    const struct ew_result *result = value;
    if (!result)
        p->then(x, PROBE_UNDER_WAY, "it is still being asked");
    else
        p->then(x, result->ok ? PROBE_DONE : PROBE_REFUSED, result->text);
    return true;
}

void probe_node(struct exchange *x, const char *node,
                void (*then)(struct exchange *x, enum probe_end end, const char *text))
{
    struct probing *p = malloc(sizeof *p);
    uint32_t number = p ? backend_expect(x->web->backend, ROLE_ENGINE, on_result, x) : 0;
    if (number == 0) {
        free(p);
        then(x, PROBE_UNDER_WAY, "too many questions at once; try again in a moment");
        return;
    }
    p->then = then;
    x->work = p;
    x->work_free = free;
    struct we_name question = {.request = number, .name = (char *)(uintptr_t)node};
    backend_ask(x->web->backend, ROLE_ENGINE, number, WE_PROBE, &we_name_record, &question);
}
