#include "collectors/protocol/dhcp.h"

#include <string.h>
#include <sys/socket.h>

#include "poller/base/cursor.h"

#define COOKIE 0x63825363u
#define QUESTION_MIN 300
#define NAME_BYTES_MAX 31
#define SNAME_AT 44
#define SNAME_BYTES 64
#define FILE_AT 108
#define FILE_BYTES 128
#define FLAG_BROADCAST 0x8000
#define HARDWARE_ETHERNET 1
#define PADDING_BYTES 10 /* of a hardware address, to 16 */

enum { REQUEST_TO_SERVER = 1, REPLY_TO_CLIENT = 2 };

enum option { OPTION_PAD = 0, OPTION_MASK = 1, OPTION_GATEWAYS = 3, OPTION_RESOLVERS = 6, OPTION_HOST_NAME = 12,
              OPTION_ADDRESS = 50, OPTION_LEASE = 51, OPTION_OVERLOAD = 52, OPTION_TYPE = 53, OPTION_SERVER = 54,
              OPTION_WANTED = 55, OPTION_MESSAGE = 56, OPTION_CLIENT = 61, OPTION_END = 255 };

/* ---- questions ---- */

static bool write_addr_option(struct writer *w, enum option code, const struct addr *a)
{
    return !addr_is_set(a) || (wr_u8(w, code) && wr_u8(w, 4) && wr_bytes(w, a->bytes, 4));
}

/* A client id of the hardware's type and address (RFC 2132 section 9.14) stays what it is over rounds. */
static bool write_options(struct writer *w, const struct dhcp_question *q)
{
    static const uint8_t wanted[] = {OPTION_WANTED, 4, OPTION_MASK, OPTION_GATEWAYS, OPTION_RESOLVERS, OPTION_LEASE};
    size_t name = q->host_name ? strnlen(q->host_name, NAME_BYTES_MAX) : 0;
    struct addr address = q->type == DHCP_REQUEST ? q->address : (struct addr){0};
    bool ok = wr_u8(w, OPTION_TYPE) && wr_u8(w, 1) && wr_u8(w, (uint8_t)q->type) && wr_u8(w, OPTION_CLIENT) &&
              wr_u8(w, 1 + sizeof q->client.bytes) && wr_u8(w, HARDWARE_ETHERNET) &&
              wr_bytes(w, q->client.bytes, sizeof q->client.bytes) &&
              write_addr_option(w, OPTION_ADDRESS, &address) && write_addr_option(w, OPTION_SERVER, &q->server);
    if (ok && name)
        ok = wr_u8(w, OPTION_HOST_NAME) && wr_u8(w, (uint8_t)name) && wr_bytes(w, q->host_name, name);
    if (ok && q->type != DHCP_RELEASE)
        ok = wr_bytes(w, wanted, sizeof wanted);
    return ok && wr_u8(w, OPTION_END);
}

size_t dhcp_write(const struct dhcp_question *q, uint8_t out[static DHCP_QUESTION_MAX])
{
    static const uint8_t zeros[SNAME_BYTES + FILE_BYTES];
    struct writer w = writer_over(out, DHCP_QUESTION_MAX);
    struct addr has = q->type == DHCP_RELEASE ? q->address : (struct addr){0};
    bool ok = wr_u8(&w, REQUEST_TO_SERVER) && wr_u8(&w, HARDWARE_ETHERNET) && wr_u8(&w, sizeof q->client.bytes) &&
              wr_u8(&w, 0) && wr_u32(&w, q->xid) && wr_u16(&w, q->seconds) &&
              wr_u16(&w, q->broadcast ? FLAG_BROADCAST : 0) && wr_bytes(&w, has.bytes, 4) &&
              wr_bytes(&w, zeros, 12) /* offered, next server, relay */ &&
              wr_bytes(&w, q->client.bytes, sizeof q->client.bytes) && wr_bytes(&w, zeros, PADDING_BYTES) &&
              wr_bytes(&w, zeros, sizeof zeros) && wr_u32(&w, COOKIE) && write_options(&w, q);
    while (ok && wr_len(&w) < QUESTION_MIN)
        ok = wr_u8(&w, OPTION_PAD);
    return ok ? wr_len(&w) : 0;
}

/* ---- answers ---- */

/* The parts of one option put together (RFC 3396); what is beyond the room is cut. */
struct gathered {
    uint8_t code;
    size_t len;
    uint8_t bytes[DHCP_TEXT_MAX];
};

enum { GOT_MASK, GOT_GATEWAYS, GOT_RESOLVERS, GOT_LEASE, GOT_OVERLOAD, GOT_TYPE, GOT_SERVER, GOT_MESSAGE, GOT_COUNT };

struct options {
    struct gathered all[GOT_COUNT];
    bool seen[GOT_COUNT];
    unsigned flaws;
};

static void gather(struct options *o, uint8_t code, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < GOT_COUNT; i++) {
        struct gathered *g = &o->all[i];
        if (g->code != code)
            continue;
        size_t room = sizeof g->bytes - g->len, kept = len < room ? len : room;
        memcpy(g->bytes + g->len, bytes, kept);
        g->len += kept;
        o->seen[i] = true;
    }
}

/* One run of options, up to its end. */
static void read_run(struct options *o, struct reader r)
{
    uint8_t code, len;
    const uint8_t *bytes;
    while (rd_u8(&r, &code)) {
        if (code == OPTION_END)
            return;
        if (code == OPTION_PAD)
            continue;
        if (!rd_u8(&r, &len) || !rd_bytes(&r, &bytes, len)) {
            o->flaws |= DHCP_FLAW_OVERLONG;
            return;
        }
        gather(o, code, bytes, len);
    }
    o->flaws |= DHCP_FLAW_NO_END;
}

/* A value of exactly so many bytes, else a flaw. */
static bool fits(struct options *o, size_t which, size_t len)
{
    if (!o->seen[which])
        return false;
    if (o->all[which].len != len)
        o->flaws |= DHCP_FLAW_EMPTY;
    return o->all[which].len == len;
}

static struct addr addr_at(const uint8_t *bytes)
{
    static const uint8_t none[4];
    struct addr a = {.family = AF_INET};
    memcpy(a.bytes, bytes, 4);
    return memcmp(bytes, none, 4) == 0 ? (struct addr){0} : a;
}

static size_t take_addresses(struct options *o, size_t which, struct addr out[static DHCP_ADDRESSES_MAX])
{
    const struct gathered *g = &o->all[which];
    size_t count = 0;
    if (o->seen[which] && (!g->len || g->len % 4))
        o->flaws |= DHCP_FLAW_EMPTY;
    for (size_t at = 0; at + 4 <= g->len && count < DHCP_ADDRESSES_MAX; at += 4) {
        out[count] = addr_at(g->bytes + at);
        count += addr_is_set(&out[count]);
    }
    return count;
}

static void take_message(const struct gathered *g, char out[static DHCP_TEXT_MAX])
{
    size_t n = g->len < DHCP_TEXT_MAX - 1 ? g->len : DHCP_TEXT_MAX - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = g->bytes[i] >= ' ' && g->bytes[i] < 127 ? (char)g->bytes[i] : '?';
    out[n] = '\0';
}

static void take_options(struct options *o, struct dhcp_answer *out)
{
    if (fits(o, GOT_TYPE, 1) && o->all[GOT_TYPE].bytes[0] <= DHCP_RELEASE)
        out->type = (enum dhcp_type)o->all[GOT_TYPE].bytes[0];
    if (fits(o, GOT_MASK, 4)) {
        out->mask = (struct addr){.family = AF_INET};
        memcpy(out->mask.bytes, o->all[GOT_MASK].bytes, 4);
    }
    if (fits(o, GOT_SERVER, 4))
        out->server = addr_at(o->all[GOT_SERVER].bytes);
    if (fits(o, GOT_LEASE, 4)) {
        struct reader r = reader_over(o->all[GOT_LEASE].bytes, 4);
        out->has_lease = rd_u32(&r, &out->lease_s);
    }
    out->gateway_count = take_addresses(o, GOT_GATEWAYS, out->gateways);
    out->resolver_count = take_addresses(o, GOT_RESOLVERS, out->resolvers);
    take_message(&o->all[GOT_MESSAGE], out->message);
    out->flaws = o->flaws | (out->type == DHCP_NO_TYPE ? DHCP_FLAW_NO_TYPE : 0);
}

/* Options, then the field of the file, then that of the server's name, as overload says. */
static void read_options(const uint8_t *message, struct reader r, struct dhcp_answer *out)
{
    struct options o = {.all = {[GOT_MASK] = {OPTION_MASK}, [GOT_GATEWAYS] = {OPTION_GATEWAYS},
                                [GOT_RESOLVERS] = {OPTION_RESOLVERS}, [GOT_LEASE] = {OPTION_LEASE},
                                [GOT_OVERLOAD] = {OPTION_OVERLOAD}, [GOT_TYPE] = {OPTION_TYPE},
                                [GOT_SERVER] = {OPTION_SERVER}, [GOT_MESSAGE] = {OPTION_MESSAGE}}};
    read_run(&o, r);
    uint8_t overload = fits(&o, GOT_OVERLOAD, 1) ? o.all[GOT_OVERLOAD].bytes[0] : 0;
    if (overload & 1)
        read_run(&o, reader_over(message + FILE_AT, FILE_BYTES));
    if (overload & 2)
        read_run(&o, reader_over(message + SNAME_AT, SNAME_BYTES));
    take_options(&o, out);
}

bool dhcp_read(const uint8_t *message, size_t len, struct dhcp_answer *out)
{
    struct reader r = reader_over(message, len);
    uint8_t op, hardware, hardware_len, hops;
    const uint8_t *offered, *relay, *client, *rest;
    uint32_t cookie;
    *out = (struct dhcp_answer){0};
    if (!rd_u8(&r, &op) || !rd_u8(&r, &hardware) || !rd_u8(&r, &hardware_len) || !rd_u8(&r, &hops) ||
        !rd_u32(&r, &out->xid) || !rd_skip(&r, 8) || !rd_bytes(&r, &offered, 4) || !rd_skip(&r, 4) ||
        !rd_bytes(&r, &relay, 4) || !rd_bytes(&r, &client, 16) || !rd_bytes(&r, &rest, SNAME_BYTES + FILE_BYTES))
        return false;
    if (op != REPLY_TO_CLIENT || hardware != HARDWARE_ETHERNET || hardware_len != sizeof out->client.bytes)
        return false;
    out->address = addr_at(offered);
    out->relay = addr_at(relay);
    memcpy(out->client.bytes, client, sizeof out->client.bytes);
    if (!rd_u32(&r, &cookie) || cookie != COOKIE)
        out->flaws = DHCP_FLAW_NO_COOKIE;
    else
        read_options(message, r, out);
    return true;
}

const char *dhcp_flaw_text(unsigned flaws)
{
    return flaws & DHCP_FLAW_NO_COOKIE  ? "the answer is BOOTP, not DHCP"
           : flaws & DHCP_FLAW_NO_TYPE  ? "the answer does not say of which type it is"
           : flaws & DHCP_FLAW_OVERLONG ? "an option of the answer runs over its end"
           : flaws & DHCP_FLAW_EMPTY    ? "an option of the answer has no value, or one of a wrong length"
           : flaws & DHCP_FLAW_NO_END   ? "the options of the answer have no end"
                                        : "";
}
