#include "poller/engine/address_book.h"

#include <stdlib.h>
#include <string.h>

#include "poller/engine/engine_internal.h"

struct address_owner {
    struct addr addr;
    const struct node *node;
};

static int by_address(const void *a, const void *b)
{
    const struct addr *x = a, *y = b; /* the first member */
    return x->family != y->family ? (int)x->family - (int)y->family : memcmp(x->bytes, y->bytes, sizeof x->bytes);
}

static size_t list(const struct engine *e, struct address_owner *out)
{
    size_t count = 0;
    for (size_t i = 0; i < e->node_count; i++) {
        const struct config_node *cn = e->nodes[i]->config;
        for (size_t k = 0; cn && k < cn->addresses_count; k++, count++)
            if (out)
                out[count] = (struct address_owner){cn->addresses[k], e->nodes[i]};
    }
    return count;
}

bool address_book_make(const struct engine *e, struct address_book *out)
{
    size_t count = list(e, NULL);
    *out = (struct address_book){.rows = count ? calloc(count, sizeof *out->rows) : NULL};
    if (!out->rows)
        return !count;
    out->count = list(e, out->rows);
    qsort(out->rows, out->count, sizeof *out->rows, by_address);
    return true;
}

void address_book_fini(struct address_book *b)
{
    free(b->rows);
    *b = (struct address_book){0};
}

const struct node *address_book_find(const struct address_book *b, const struct addr *a)
{
    const struct address_owner *o = b->count ? bsearch(a, b->rows, b->count, sizeof *o, by_address) : NULL;
    return o ? o->node : NULL;
}
