#include "collectors/protocol/adverts.h"

#include <string.h>

static size_t place_of(const struct adverts *a, const struct heard_frame *h)
{
    size_t i = 0;
    while (i < a->count && !(addr_equal(&a->list[i].addr, &h->ip.from) && a->list[i].vid == h->vid))
        i++;
    return i;
}

static void remove_at(struct adverts *a, size_t i)
{
    a->count--;
    memmove(&a->list[i], &a->list[i + 1], (a->count - i) * sizeof a->list[0]);
}

bool adverts_take(struct adverts *a, const struct heard_frame *h)
{
    struct router_advert says;
    if (h->kind != HEARD_ICMP || !router_advert_read(&h->ip, &says))
        return false;
    bool is_router = says.lifetime_s || says.resolver_count;
    size_t i = place_of(a, h);
    if (!is_router && i < a->count)
        remove_at(a, i);
    if (!is_router || i == ADVERTS_MAX)
        return true;
    a->count += i == a->count;
    a->list[i] = (struct advert){h->from, h->ip.from, h->vid, h->at, says};
    return true;
}

const struct advert *adverts_likely(const struct adverts *a, const struct mac *known)
{
    for (size_t i = 0; mac_is_set(known) && i < a->count; i++)
        if (memcmp(&a->list[i].mac, known, sizeof *known) == 0)
            return &a->list[i];
    return a->count == 1 ? &a->list[0] : NULL;
}

void adverts_forget(struct adverts *a, struct mono before)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->count; i++)
        if (!mono_before(a->list[i].heard, before))
            a->list[kept++] = a->list[i];
    a->count = kept;
}
