#include "tests/poller/store/courier_end.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "poller/base/frame.h"

static void on_message(void *ctx, struct channel *c, const struct frame *frame)
{
    struct courier_end *k = ctx;
    (void)c;
    assert_int_equal(frame->type, SC_DELIVER);
    assert_true(k->count < 32);
    assert_true(frame_unpack(frame, &sc_deliver_record, k->bed->arena, &k->got[k->count++]));
}

static void on_closed(void *ctx, struct channel *c)
{
    struct courier_end *k = ctx;
    channel_destroy(c);
    k->channel = NULL;
}

void courier_end_connect(struct courier_end *k, struct bed *b)
{
    int fds[2];
    *k = (struct courier_end){.bed = b};
    assert_int_equal(frame_pair(fds), 0);
    k->channel = channel_create(&b->loop, fds[0], on_message, on_closed, k);
    store_peer(b->store, ROLE_COURIER, fds[1]);
}

void courier_end_answer(struct courier_end *k, size_t i, enum delivery_outcome outcome,
                        int64_t retry_after_ns)
{
    struct cs_outcome o = {k->got[i].key, k->got[i].receiver, outcome, retry_after_ns,
                           outcome == DELIVERY_SENT ? NULL : "no route"};
    assert_true(channel_send(k->channel, CS_OUTCOME, &cs_outcome_record, &o));
}

static bool has_enough(void *ctx)
{
    struct courier_end *k = ctx;
    return k->count >= k->awaited;
}

bool courier_end_wait(struct courier_end *k, size_t count)
{
    k->awaited = count;
    return bed_until(k->bed, has_enough, k);
}
