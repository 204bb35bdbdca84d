#include "web/acknowledge.h"

#include <stdlib.h>

#include "web/web.h"

struct acknowledging {
    void (*then)(struct exchange *x, bool ok, const char *text);
};

static bool on_result(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct acknowledging *a = x->work;
    const struct ew_result *result = value;
    a->then(x, result && result->ok,
            result ? result->text : "The measuring part of hayloft did not answer. Try again.");
    return true;
}

void acknowledge_incident(struct exchange *x, const char *incident,
                          void (*then)(struct exchange *x, bool ok, const char *text))
{
    struct acknowledging *a = malloc(sizeof *a);
    uint32_t number = a ? backend_expect(x->web->backend, ROLE_ENGINE, on_result, x) : 0;
    if (number == 0) {
        free(a);
        then(x, false, "Too many questions at once. Try again in a moment.");
        return;
    }
    a->then = then;
    x->work = a;
    x->work_free = free;
    struct we_ack question = {.request = number, .incident = (char *)(uintptr_t)incident,
                              .by = x->visitor.signed_in ? x->visitor.user : "somebody at this machine"};
    backend_ask(x->web->backend, ROLE_ENGINE, number, WE_ACK, &we_ack_record, &question);
}
