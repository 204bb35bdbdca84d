/* A web server that sends whatever it likes: segments into a talk, then what was heard read as a page. Each is
 * two bytes of flags and steps, one of length, and so many bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/plain_page.h"
#include "collectors/protocol/tcp_dialogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char question[] = "GET / HTTP/1.0\r\n\r\n";

static void drain(struct tcp_dialogue *d)
{
    struct tcp_segment out;
    while (tcp_dialogue_next(d, &out))
        if (out.payload_len > sizeof question)
            abort();
}

static void take_one(struct tcp_dialogue *d, struct reader *r, struct mono *now)
{
    uint8_t flags, step, len;
    struct tcp_segment s = {.from = 80, .to = 40000};
    if (!rd_u8(r, &flags) || !rd_u8(r, &step) || !rd_u8(r, &len) || !rd_bytes(r, &s.payload, len))
        return;
    s.flags = flags & 31;
    s.payload_len = len;
    s.sequence = d->expected + (step & 1 ? step : 0u);
    s.acknowledged = d->unacknowledged + (flags & 32 ? 1 : (uint32_t)sizeof question - 1);
    tcp_dialogue_take(d, &s, *now);
    *now = mono_after(*now, MILLISECONDS(step) * 20);
    tcp_dialogue_due(d, *now);
    drain(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tcp_dialogue d;
    static uint8_t answer[2048];
    static const struct tcp_dialogue_plan plan = {40000, 80, 7, question, sizeof question - 1, answer, sizeof answer};
    struct reader r = reader_over(data, size);
    struct mono now = {0};
    struct plain_page page;
    tcp_dialogue_open(&d, &plan, now);
    drain(&d);
    for (size_t left = size + 1; rd_left(&r) && rd_left(&r) < left;) {
        left = rd_left(&r);
        take_one(&d, &r, &now);
    }
    if (d.answer_len > sizeof answer || (d.answer_len && !d.connected))
        abort();
    if (plain_page_read(d.answer, d.answer_len, &page) &&
        (page.body < d.answer || page.body + page.body_len != d.answer + d.answer_len))
        abort();
    return 0;
}
