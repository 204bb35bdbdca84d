/* The courier's end of a store's channel: what was handed out, and answers on command. */
#ifndef HAYLOFT_TESTS_STORE_COURIER_END_H
#define HAYLOFT_TESTS_STORE_COURIER_END_H

#include "poller/message/store_courier.h"
#include "tests/poller/store/bed.h"

struct courier_end {
    struct bed *bed;
    struct channel *channel;
    struct sc_deliver got[32];
    size_t count;
    size_t awaited;
};

void courier_end_connect(struct courier_end *k, struct bed *b);
void courier_end_answer(struct courier_end *k, size_t i, enum delivery_outcome outcome,
                        int64_t retry_after_ns);
bool courier_end_wait(struct courier_end *k, size_t count); /* until so many were handed out */

#endif
