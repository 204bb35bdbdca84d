/* A frame from the wire, and one that is to leave: taken apart, admitted, allowed. What may leave is from an
 * address that was wished for, and fits with its tag. */
#include <stdlib.h>

#include "poller/wire/admit.h"
#include "poller/wire/allow.h"
#include "poller/wire/outgoing.h"

static const struct mac card = {{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}};
static const struct ether_wish wishes[] = {
    {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1, .vids = {501}, .vid_count = 1},
    {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1, .untagged = true},
    {.own_mac = true, .vids = {501}, .vid_count = 1},
};
#define WISHES (sizeof wishes / sizeof wishes[0])

static void comes_in(const struct ether_wish *w, const uint8_t *data, size_t size)
{
    struct mono proved[ETHER_VIDS_MAX] = {{0}};
    struct peeled f;
    if (peel(data, size, &f) && admit(w, &card, &f, (struct mono){1}, proved) == ADMIT_PROOF && f.vid != 501)
        abort();
}

static void goes_out(const struct ether_wish *w, int32_t vid, const uint8_t *data, size_t size)
{
    uint8_t out[OUTGOING_BYTES_MAX];
    struct peeled f;
    if (allow(w, &card, size % 2, vid, data, size) != 0)
        return;
    size_t len = outgoing_write(vid, data, size, out);
    if (len > sizeof out || !peel(out, len, &f) || f.vid != vid || f.double_tagged ||
        !mac_equal(&f.from, w->own_mac ? &card : &w->macs[0]))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < WISHES; i++) {
        comes_in(&wishes[i], data, size);
        goes_out(&wishes[i], 501, data, size);
        goes_out(&wishes[i], ETHER_UNTAGGED, data, size);
    }
    return 0;
}
