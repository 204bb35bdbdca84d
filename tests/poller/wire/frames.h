/* Golden frames, changed here and there: what several tests of wire's rules need. */
#ifndef HAYLOFT_TESTS_WIRE_FRAMES_H
#define HAYLOFT_TESTS_WIRE_FRAMES_H

#include <stdlib.h>
#include <string.h>

#include "poller/wire/peel.h"
#include "tests/poller/wire/golden.h"

#define AT_VID_TYPE 12
#define AT_IP 14 /* in a frame without a tag */

static const struct mac probe = {{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}},
                        gateway = {{0xe8, 0xde, 0x27, 0x01, 0x02, 0x03}},
                        card = {{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}};

struct bytes_of_frame {
    uint8_t at[2048];
    size_t len;
};

static inline struct bytes_of_frame copy_of(const void *golden, size_t len)
{
    struct bytes_of_frame f = {.len = len};
    memcpy(f.at, golden, len);
    return f;
}
#define COPY_OF(golden) copy_of(golden, sizeof(golden))

static inline struct bytes_of_frame with_tag(struct bytes_of_frame f, uint16_t type, uint16_t control)
{
    const uint8_t tag[] = {(uint8_t)(type >> 8), (uint8_t)type, (uint8_t)(control >> 8), (uint8_t)control};
    memmove(f.at + AT_VID_TYPE + sizeof tag, f.at + AT_VID_TYPE, f.len - AT_VID_TYPE);
    memcpy(f.at + AT_VID_TYPE, tag, sizeof tag);
    f.len += sizeof tag;
    return f;
}

static inline struct bytes_of_frame without_tag(struct bytes_of_frame f)
{
    memmove(f.at + AT_VID_TYPE, f.at + AT_VID_TYPE + ETHER_TAG_BYTES, f.len - AT_VID_TYPE - ETHER_TAG_BYTES);
    f.len -= ETHER_TAG_BYTES;
    return f;
}

static inline struct bytes_of_frame to(struct bytes_of_frame f, const struct mac *m)
{
    memcpy(f.at, m->bytes, sizeof m->bytes);
    return f;
}

static inline struct bytes_of_frame from(struct bytes_of_frame f, const struct mac *m)
{
    memcpy(f.at + sizeof m->bytes, m->bytes, sizeof m->bytes);
    return f;
}

/* Every place where one address stands gets another. */
static inline struct bytes_of_frame renamed(struct bytes_of_frame f, const struct mac *old, const struct mac *new)
{
    for (size_t i = 0; i + sizeof old->bytes <= f.len; i++)
        if (memcmp(f.at + i, old->bytes, sizeof old->bytes) == 0)
            memcpy(f.at + i, new->bytes, sizeof new->bytes);
    return f;
}

/* Peels it in memory of exactly that length, so that a checker of memory sees an over-read. NULL: no frame. */
static inline uint8_t *peel_exactly(const struct bytes_of_frame *f, size_t len, struct peeled *out)
{
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, f->at, len);
    if (peel(exact, len, out))
        return exact;
    free(exact);
    return NULL;
}

#endif
