#include "tests/support/dns_server.h"

#include <string.h>

#include "poller/base/cursor.h"

void dns_server_answer(void *ctx, struct sim *s, const struct packet *asked)
{
    struct dns_server *d = ctx;
    uint8_t reply[512];
    bool has = addr_is_set(&d->answer) && !d->rcode;
    if (asked->port != 53 || asked->len < 12 || asked->len > 400)
        return;
    d->asked++;
    if (addr_equal(&d->silent, &asked->peer))
        return;
    memcpy(reply, asked->data, asked->len);
    reply[2] = 0x81;
    reply[3] = (uint8_t)(0x80 | (d->rcode ? d->rcode : has ? 0 : 3));
    reply[7] = has;
    struct writer w = writer_over(reply + asked->len, sizeof reply - asked->len);
    if (has) {
        wr_u16(&w, 0xc00c);
        wr_u16(&w, 1);
        wr_u16(&w, 1);
        wr_u32(&w, 60);
        wr_u16(&w, 4);
        wr_bytes(&w, d->answer.bytes, 4);
    }
    struct packet p = {.peer = asked->peer, .port = 53, .data = reply, .len = asked->len + wr_len(&w)};
    sim_deliver(s, PACKETS_UDP, &p, MILLISECONDS(12));
}

void dns_server_start(struct dns_server *d, struct sim *s)
{
    sim_on(s, PACKETS_UDP, dns_server_answer, d);
}
