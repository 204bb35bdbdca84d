#include "poller/command/discover/ask_snmp.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collectors/protocol/snmp_pdu.h"
#include "poller/base/clock.h"

#define PATIENCE_NS     MILLISECONDS(1500)
#define REPEAT_AFTER_NS MILLISECONDS(700)
#define SNMP_PORT       161
#define MESSAGE_MAX     1500

static const char *const system_group[] = {"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0",
                                           "1.3.6.1.2.1.1.7.0"};
enum { SYS_DESCR, SYS_NAME, SYS_SERVICES, SYSTEM_OIDS };

static bool write_request(uint8_t *buffer, size_t capacity, const char *community, uint32_t id,
                          struct snmp_written *out)
{
    struct snmp_writer w;
    struct snmp_oid oid;
    struct snmp_head head = {.version = SNMP_V2C,
                             .community = community,
                             .community_len = strlen(community),
                             .kind = SNMP_GET,
                             .request_id = id};
    snmp_writer_begin(&w, buffer, capacity);
    for (int i = SYSTEM_OIDS - 1; i >= 0; i--) {
        if (!snmp_oid_parse(system_group[i], &oid))
            return false;
        snmp_writer_name(&w, snmp_oid_view(&oid));
    }
    return snmp_writer_end(&w, &head, out);
}

static void ask_all(int fd, const struct household *h, const char *community)
{
    uint8_t buffer[512];
    struct snmp_written request;
    struct sockaddr_storage sa;
    for (size_t i = 0; i < h->count; i++) {
        const struct found *f = &h->items[i];
        uint32_t id = SNMP_REQUEST_ID_FIRST + (uint32_t)i;
        if (f->snmp || !write_request(buffer, sizeof buffer, community, id, &request))
            continue;
        socklen_t len = addr_to_sockaddr(&f->addr, SNMP_PORT, &sa);
        sendto(fd, request.bytes, request.len, MSG_DONTWAIT, (struct sockaddr *)&sa, len);
    }
}

static void take_text(const struct snmp_value *v, char out[static FOUND_TEXT_MAX])
{
    size_t n = 0;
    for (size_t i = 0; v->type == SNMP_OCTETS && i < v->len && n < FOUND_TEXT_MAX - 1; i++)
        out[n++] = v->octets[i] >= 0x20 && v->octets[i] < 0x7f ? (char)v->octets[i] : ' ';
    out[n] = '\0';
}

static void take_binding(const struct snmp_binding *b, struct found *f)
{
    struct snmp_oid oid;
    uint64_t number;
    for (int i = 0; i < SYSTEM_OIDS; i++) {
        if (!snmp_oid_parse(system_group[i], &oid) || !snmp_oid_equal(b->oid, snmp_oid_view(&oid)))
            continue;
        if (i == SYS_DESCR)
            take_text(&b->value, f->sysdescr);
        else if (i == SYS_NAME)
            take_text(&b->value, f->sysname);
        else if (snmp_value_number(&b->value, &number))
            f->sysservices = (uint32_t)(number & 0x7f); /* 0..127 by its definition */
    }
}

bool ask_snmp_read(const uint8_t *message, size_t len, uint32_t *request_id, struct found *f)
{
    struct snmp_message m;
    struct snmp_binding b;
    enum snmp_take taken;
    if (!snmp_message_read(message, len, &m) || m.version != SNMP_V2C ||
        m.pdu.kind != SNMP_RESPONSE || m.pdu.error_status != SNMP_NO_ERROR)
        return false;
    *request_id = (uint32_t)m.pdu.request_id;
    while ((taken = snmp_binding_take(&m.pdu.bindings, &b)) == SNMP_TAKEN)
        take_binding(&b, f);
    return taken == SNMP_NO_MORE;
}

static void take_answers(int fd, struct household *h)
{
    uint8_t message[MESSAGE_MAX];
    struct sockaddr_storage sa = {0};
    socklen_t sa_len = sizeof sa;
    ssize_t len;
    while ((len = recvfrom(fd, message, sizeof message, MSG_DONTWAIT, (struct sockaddr *)&sa,
                           &sa_len)) >= 0) {
        struct found heard = {0};
        struct addr from;
        uint16_t port;
        uint32_t id = 0;
        bool good = ask_snmp_read(message, (size_t)len, &id, &heard) &&
                    addr_from_sockaddr((struct sockaddr *)&sa, &from, &port) &&
                    id - SNMP_REQUEST_ID_FIRST < h->count;
        struct found *f = good ? &h->items[id - SNMP_REQUEST_ID_FIRST] : NULL;
        if (f && addr_equal(&from, &f->addr)) {
            f->snmp = true;
            f->sysservices = heard.sysservices;
            memcpy(f->sysname, heard.sysname, sizeof f->sysname);
            memcpy(f->sysdescr, heard.sysdescr, sizeof f->sysdescr);
        }
        sa_len = sizeof sa;
    }
}

static void listen_until(int fd, struct household *h, struct mono until)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t left;
    while ((left = mono_since(until, clock_mono())) > 0)
        if (poll(&p, 1, (int)(left / NS_PER_MS) + 1) > 0)
            take_answers(fd, h);
}

void ask_snmp(struct household *h, const char *community)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct mono now = clock_mono();
    if (fd < 0)
        return;
    ask_all(fd, h, community);
    listen_until(fd, h, mono_after(now, REPEAT_AFTER_NS));
    ask_all(fd, h, community);
    listen_until(fd, h, mono_after(now, PATIENCE_NS));
    close(fd);
}
