#include "poller/wire/peel.h"

#include <string.h>

#include "poller/base/cursor.h"

bool type_is_tag(uint16_t type)
{
    return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN || type == TYPE_OLD_VLAN;
}

bool mac_equal(const struct mac *a, const struct mac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool mac_is_group(const struct mac *m)
{
    return m->bytes[0] & 1;
}

bool mac_among(const struct mac *m, const struct mac *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mac_equal(m, &list[i]))
            return true;
    return false;
}

static bool read_mac(struct reader *r, struct mac *out)
{
    const uint8_t *bytes;
    if (!rd_bytes(r, &bytes, sizeof out->bytes))
        return false;
    memcpy(out->bytes, bytes, sizeof out->bytes);
    return true;
}

/* in: stands at the type, or at the tag. */
static bool read_tag(struct reader *in, struct peeled *out)
{
    struct reader r = *in;
    uint16_t type, control;
    out->vid = ETHER_UNTAGGED;
    if (!rd_u16(&r, &type))
        return false;
    if (type != TYPE_VLAN)
        return true;
    if (!rd_u16(&r, &control))
        return false;
    out->vid = control & ETHER_VID_MASK;
    *in = r;
    return true;
}

bool peel(const uint8_t *frame, size_t len, struct peeled *out)
{
    struct reader r = reader_over(frame, len);
    *out = (struct peeled){0};
    if (!read_mac(&r, &out->to) || !read_mac(&r, &out->from) || !read_tag(&r, out))
        return false;
    out->rest = r.at;
    out->rest_len = rd_left(&r);
    if (!rd_u16(&r, &out->type))
        return false;
    out->double_tagged = out->vid != ETHER_UNTAGGED && type_is_tag(out->type);
    return true;
}
