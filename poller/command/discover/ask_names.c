#include "poller/command/discover/ask_names.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/clock.h"
#include "poller/base/cursor.h"

#define PATIENCE_NS     MILLISECONDS(1500)
#define REPEAT_AFTER_NS MILLISECONDS(600)
#define DNS_PORT        53
#define MDNS_PORT       5353
#define QUERY_MAX       128
#define MESSAGE_MAX     1500
#define ANSWER_FLAG     0x8000
#define RCODE_MASK      0x000f

struct names {
    const struct own_place *place;
    struct household *h;
    int fd;
};

/* The DNS id is the place in the household: the answers need no other book-keeping. */
static int write_question(const struct found *f, uint16_t id, uint8_t out[static QUERY_MAX])
{
    char name[64];
    const uint8_t *b = f->addr.bytes;
    struct __res_state unused = {0};
    snprintf(name, sizeof name, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1], b[0]);
    int len =
        res_nmkquery(&unused, ns_o_query, name, ns_c_in, ns_t_ptr, NULL, 0, NULL, out, QUERY_MAX);
    if (len < NS_HFIXEDSZ)
        return 0;
    out[0] = (uint8_t)(id >> 8);
    out[1] = (uint8_t)id;
    out[2] |= 1; /* recursion desired; multicast responders ignore it */
    return len;
}

static void send_to(const struct names *n, const struct addr *to, uint16_t port,
                    const uint8_t *query, int len)
{
    struct sockaddr_storage sa;
    socklen_t sa_len = addr_to_sockaddr(to, port, &sa);
    sendto(n->fd, query, (size_t)len, MSG_DONTWAIT, (struct sockaddr *)&sa, sa_len);
}

static void ask_all(const struct names *n)
{
    uint8_t query[QUERY_MAX];
    for (size_t i = 0; i < n->h->count; i++) {
        const struct found *f = &n->h->items[i];
        int len =
            f->addr.family == AF_INET && !f->host[0] ? write_question(f, (uint16_t)i, query) : 0;
        if (len == 0)
            continue;
        for (size_t r = 0; r < n->place->resolver_count; r++)
            if (n->place->resolvers[r].family == AF_INET)
                send_to(n, &n->place->resolvers[r], DNS_PORT, query, len);
        send_to(n, &f->addr, MDNS_PORT, query, len);
    }
}

/* Moves r past a name, compressed or not; text gets it whole. */
static bool take_name(struct reader *r, const struct reader *message, char text[static NS_MAXDNAME])
{
    int n = dn_expand(message->at, message->end, r->at, text, NS_MAXDNAME);
    return n > 0 && rd_skip(r, (size_t)n);
}

struct header {
    uint16_t id, flags, questions, answers;
};

static bool take_header(struct reader *r, struct header *h)
{
    return rd_u16(r, &h->id) && rd_u16(r, &h->flags) && rd_u16(r, &h->questions) &&
           rd_u16(r, &h->answers) && rd_skip(r, 4) && h->flags & ANSWER_FLAG &&
           (h->flags & RCODE_MASK) == 0;
}

bool ask_names_read(const uint8_t *message, size_t len, uint16_t *id,
                    char name[static FOUND_TEXT_MAX])
{
    struct reader whole = reader_over(message, len), r = whole;
    struct header h;
    char text[NS_MAXDNAME];
    if (!take_header(&r, &h))
        return false;
    *id = h.id;
    for (unsigned i = 0; i < h.questions; i++)
        if (!take_name(&r, &whole, text) || !rd_skip(&r, 4))
            return false;
    for (unsigned i = 0; i < h.answers; i++) {
        uint16_t type, data_len;
        if (!take_name(&r, &whole, text) || !rd_u16(&r, &type) || !rd_skip(&r, 6) ||
            !rd_u16(&r, &data_len) || rd_left(&r) < data_len)
            return false;
        if (type == ns_t_ptr && take_name(&(struct reader){r.at, r.at + data_len}, &whole, text)) {
            snprintf(name, FOUND_TEXT_MAX, "%.*s", FOUND_TEXT_MAX - 1, text);
            return name[0] != '\0';
        }
        rd_skip(&r, data_len);
    }
    return false;
}

/* A resolver may speak for everybody, a device only for itself. */
static bool may_answer(const struct names *n, const struct sockaddr_storage *from,
                       const struct found *f)
{
    struct addr who;
    uint16_t port;
    if (!addr_from_sockaddr((const struct sockaddr *)from, &who, &port))
        return false;
    if (port == MDNS_PORT)
        return addr_equal(&who, &f->addr);
    for (size_t r = 0; r < n->place->resolver_count; r++)
        if (port == DNS_PORT && addr_equal(&who, &n->place->resolvers[r]))
            return true;
    return false;
}

static void take_answers(const struct names *n)
{
    uint8_t message[MESSAGE_MAX];
    char name[FOUND_TEXT_MAX];
    struct sockaddr_storage from = {0};
    socklen_t from_len = sizeof from;
    uint16_t id;
    ssize_t len;
    while ((len = recvfrom(n->fd, message, sizeof message, MSG_DONTWAIT, (struct sockaddr *)&from,
                           &from_len)) >= 0) {
        if (ask_names_read(message, (size_t)len, &id, name) && id < n->h->count &&
            may_answer(n, &from, &n->h->items[id]))
            memcpy(n->h->items[id].host, name, sizeof name);
        from_len = sizeof from;
    }
}

static bool all_named(const struct household *h)
{
    for (size_t i = 0; i < h->count; i++)
        if (!h->items[i].host[0])
            return false;
    return true;
}

static void listen_until(const struct names *n, struct mono until)
{
    struct pollfd p = {.fd = n->fd, .events = POLLIN};
    int64_t left;
    while (!all_named(n->h) && (left = mono_since(until, clock_mono())) > 0) {
        if (poll(&p, 1, (int)(left / NS_PER_MS) + 1) > 0)
            take_answers(n);
    }
}

void ask_names(const struct own_place *place, struct household *h)
{
    struct names n = {place, h, socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    struct mono now = clock_mono();
    if (n.fd < 0)
        return;
    ask_all(&n);
    listen_until(&n, mono_after(now, REPEAT_AFTER_NS));
    ask_all(&n);
    listen_until(&n, mono_after(now, PATIENCE_NS));
    close(n.fd);
}
