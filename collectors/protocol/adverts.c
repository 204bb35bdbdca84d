#include "collectors/protocol/adverts.h"

static struct advert *place_for(struct adverts *a, const struct heard_frame *h)
{
    for (size_t i = 0; i < a->count; i++)
        if (addr_equal(&a->list[i].addr, &h->ip.from) && a->list[i].vid == h->vid)
            return &a->list[i];
    return a->count < ADVERTS_MAX ? &a->list[a->count++] : NULL;
}

bool adverts_take(struct adverts *a, const struct heard_frame *h)
{
    struct router_advert says;
    if (h->kind != HEARD_ICMP || !router_advert_read(&h->ip, &says))
        return false;
    struct advert *place = place_for(a, h);
    if (place)
        *place = (struct advert){h->from, h->ip.from, h->vid, h->at, says};
    return true;
}

void adverts_forget(struct adverts *a, struct mono before)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->count; i++)
        if (!mono_before(a->list[i].heard, before))
            a->list[kept++] = a->list[i];
    a->count = kept;
}
