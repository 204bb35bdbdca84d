/* Two questions, one after the other: how it is wired comes in pieces and is put together first. */
#include "web/detail.h"

#include <stdlib.h>
#include <string.h>

#include "poller/message/pieces.h"
#include "web/web.h"

#define TABLES_MAX_BYTES (2u << 20) /* unpacked */

struct asking {
    detail_fn then;
    char *node;
    struct pieces pieces;
    struct arena *arena; /* of tables */
    struct ew_tables tables;
    bool told;
};

static void free_asking(void *work)
{
    struct asking *a = work;
    if (!a)
        return;
    pieces_fini(&a->pieces);
    arena_destroy(a->arena);
    free(a->node);
    free(a);
}

static void tell(struct exchange *x, const struct ew_detail *detail)
{
    struct asking *a = x->work;
    x->work = NULL;
    x->work_free = NULL;
    a->then(x, detail, a->told ? &a->tables : NULL);
    free_asking(a);
}

static bool on_detail(void *ctx, uint16_t type, const void *value)
{
    tell(ctx, type == EW_DETAIL ? value : NULL);
    return true;
}

static bool ask(struct exchange *x, backend_answer_fn answer, enum web_to_engine what)
{
    struct asking *a = x->work;
    uint32_t number = backend_expect(x->web->backend, ROLE_ENGINE, answer, x);
    struct we_name question = {.request = number, .name = a->node};
    if (number)
        backend_ask(x->web->backend, ROLE_ENGINE, number, (uint16_t)what, &we_name_record, &question);
    return number;
}

static void ask_detail(struct exchange *x)
{
    if (!ask(x, on_detail, WE_DETAIL))
        tell(x, NULL);
}

/* Without its tables a node is shown all the same. */
static bool on_tables(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct asking *a = x->work;
    enum pieces_state state = type == EW_TABLES && value ? pieces_take(&a->pieces, value) : PIECES_WRONG;
    if (state == PIECES_MORE)
        return false;
    a->told = state == PIECES_WHOLE && pieces_unpack(&a->pieces, &ew_tables_record, a->arena, &a->tables) &&
              a->tables.found;
    ask_detail(x);
    return true;
}

void detail_ask(struct exchange *x, const char *node, detail_fn then)
{
    struct asking *a = calloc(1, sizeof *a);
    if (!a || !(a->node = strdup(node)) || !(a->arena = arena_create(TABLES_MAX_BYTES))) {
        free_asking(a);
        then(x, NULL, NULL);
        return;
    }
    a->then = then;
    x->work = a;
    x->work_free = free_asking;
    if (!ask(x, on_tables, WE_TABLES))
        tell(x, NULL);
}
