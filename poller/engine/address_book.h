/* Which node a configured address belongs to. */
#ifndef HAYLOFT_ENGINE_ADDRESS_BOOK_H
#define HAYLOFT_ENGINE_ADDRESS_BOOK_H

#include <stddef.h>

#include "poller/base/addr.h"

struct engine;
struct node;
struct address_owner;

struct address_book {
    struct address_owner *rows; /* sorted by address */
    size_t count;
};

/* False: no memory; the book is empty then. */
bool address_book_make(const struct engine *e, struct address_book *out);
void address_book_fini(struct address_book *b);
/* Its scope is no matter. NULL: nobody's. */
const struct node *address_book_find(const struct address_book *b, const struct addr *a);

#endif
