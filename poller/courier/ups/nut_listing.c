#include <stdlib.h>

#include "poller/courier/ups/nut.h"

void nut_listing_fini(struct nut_listing *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->names[i]);
        free(l->values[i]);
    }
    l->count = 0;
}
