#include "collectors/protocol/dns_message.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "poller/base/cursor.h"

#define LABEL_MAX 63
#define POINTERS_MAX 16 /* followed in one name: longer chains are an attack */
#define CLASS_INTERNET 1
#define FLAG_RESPONSE 0x8000
#define FLAG_TRUNCATED 0x0200
#define FLAG_RECURSE 0x0100

static bool write_name(struct writer *w, const char *name)
{
    while (*name) {
        size_t label = strcspn(name, ".");
        if (label == 0 || label > LABEL_MAX || !wr_u8(w, (uint8_t)label) || !wr_bytes(w, name, label))
            return false;
        name += label;
        if (*name == '.')
            name++;
    }
    return wr_u8(w, 0);
}

size_t dns_query_write(uint8_t out[static DNS_QUERY_MAX], uint16_t id, const char *name, uint16_t type)
{
    struct writer w = writer_over(out, DNS_QUERY_MAX);
    if (!*name || strlen(name) >= DNS_NAME_MAX)
        return 0;
    if (!wr_u16(&w, id) || !wr_u16(&w, FLAG_RECURSE) || !wr_u16(&w, 1) || !wr_u16(&w, 0) ||
        !wr_u16(&w, 0) || !wr_u16(&w, 0))
        return 0;
    if (!write_name(&w, name) || !wr_u16(&w, type) || !wr_u16(&w, CLASS_INTERNET))
        return 0;
    return wr_len(&w);
}

static bool append_label(char *name, size_t *used, const uint8_t *label, size_t len)
{
    if (*used + len + 2 > DNS_NAME_MAX)
        return false;
    if (*used)
        name[(*used)++] = '.';
    for (size_t i = 0; i < len; i++)
        name[(*used)++] = isprint(label[i]) && label[i] != '.' ? (char)tolower(label[i]) : '?';
    name[*used] = '\0';
    return true;
}

/* Reads a name that may jump back into the message; pointers must fall, so they end. */
static bool read_name(struct reader *r, const uint8_t *message, char name[DNS_NAME_MAX])
{
    struct reader at = *r;
    size_t used = 0;
    const uint8_t *label, *lowest = r->at;
    bool jumped = false;
    name[0] = '\0';
    for (int pointers = 0; pointers <= POINTERS_MAX;) {
        uint8_t len, low;
        if (!rd_u8(&at, &len))
            return false;
        if (len == 0) {
            if (!jumped)
                *r = at;
            return true;
        }
        if ((len & 0xc0) == 0xc0) {
            if (!rd_u8(&at, &low))
                return false;
            if (!jumped)
                *r = at;
            jumped = true;
            at.at = message + ((len & 0x3f) << 8 | low);
            if (at.at >= lowest)
                return false;
            lowest = at.at;
            pointers++;
        } else if (len > LABEL_MAX || !rd_bytes(&at, &label, len) ||
                   !append_label(name, &used, label, len)) {
            return false;
        }
    }
    return false;
}

static void keep_address(struct dns_answer *out, uint16_t type, const uint8_t *data, size_t len)
{
    size_t wanted = type == DNS_A ? 4 : 16;
    if ((type != DNS_A && type != DNS_AAAA) || len != wanted)
        return;
    out->record_count++;
    if (out->address_count == DNS_ADDRESSES_MAX)
        return;
    struct addr *a = &out->addresses[out->address_count++];
    *a = (struct addr){.family = type == DNS_A ? AF_INET : AF_INET6};
    memcpy(a->bytes, data, len);
}

static bool read_record(struct reader *r, const uint8_t *message, struct dns_answer *out)
{
    char owner[DNS_NAME_MAX];
    uint16_t type, class, len;
    uint32_t ttl;
    const uint8_t *data;
    if (!read_name(r, message, owner) || !rd_u16(r, &type) || !rd_u16(r, &class) ||
        !rd_u32(r, &ttl) || !rd_u16(r, &len) || !rd_bytes(r, &data, len))
        return false;
    if (class == CLASS_INTERNET)
        keep_address(out, type, data, len);
    return true;
}

bool dns_answer_read(const uint8_t *message, size_t len, struct dns_answer *out)
{
    struct reader r = reader_over(message, len);
    uint16_t flags, questions, answers, authorities, additional, class;
    *out = (struct dns_answer){0};
    if (!rd_u16(&r, &out->id) || !rd_u16(&r, &flags) || !rd_u16(&r, &questions) ||
        !rd_u16(&r, &answers) || !rd_u16(&r, &authorities) || !rd_u16(&r, &additional))
        return false;
    if (!(flags & FLAG_RESPONSE) || questions != 1)
        return false;
    out->rcode = flags & 15;
    out->truncated = flags & FLAG_TRUNCATED;
    if (!read_name(&r, message, out->name) || !rd_u16(&r, &out->type) || !rd_u16(&r, &class))
        return false;
    for (uint16_t i = 0; i < answers; i++)
        if (!read_record(&r, message, out))
            return out->truncated;
    return true;
}

bool dns_name_equal(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    la -= la && a[la - 1] == '.';
    lb -= lb && b[lb - 1] == '.';
    return la == lb && strncasecmp(a, b, la) == 0;
}
