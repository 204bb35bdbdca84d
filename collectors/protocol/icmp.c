#include "collectors/protocol/icmp.h"

#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"
#include "poller/base/cursor.h"

enum { ECHO_REPLY4 = 0, UNREACHABLE4 = 3, ECHO_REQUEST4 = 8, TIME_EXCEEDED4 = 11 };
enum { UNREACHABLE6 = 1, TOO_BIG6 = 2, TIME_EXCEEDED6 = 3, ECHO_REQUEST6 = 128, ECHO_REPLY6 = 129 };

void icmp_request_finish(uint8_t family, uint16_t sequence, uint8_t *message, size_t len)
{
    const uint8_t header[ICMP_HEADER_BYTES] = {
        family == AF_INET6 ? ECHO_REQUEST6 : ECHO_REQUEST4, 0, 0, 0, 0, 0, (uint8_t)(sequence >> 8),
        (uint8_t)sequence};
    memcpy(message, header, sizeof header);
    if (family == AF_INET6)
        return;
    uint16_t sum = checksum_internet(message, len);
    memcpy(message + 2, &sum, sizeof sum);
}

static bool read_echo(const uint8_t *message, size_t len, uint8_t wanted, struct icmp_echo *out)
{
    struct reader r = reader_over(message, len);
    uint8_t type, code;
    uint16_t sum;
    if (!rd_u8(&r, &type) || !rd_u8(&r, &code) || !rd_u16(&r, &sum))
        return false;
    if (type != wanted || code != 0)
        return false;
    if (!rd_u16(&r, &out->identifier) || !rd_u16(&r, &out->sequence))
        return false;
    out->payload = r.at;
    out->payload_len = rd_left(&r);
    return true;
}

bool icmp_reply_read(uint8_t family, const uint8_t *message, size_t len, struct icmp_echo *out)
{
    return read_echo(message, len, family == AF_INET6 ? ECHO_REPLY6 : ECHO_REPLY4, out);
}

bool icmp_quote_read(uint8_t family, const uint8_t *message, size_t len, struct icmp_echo *out)
{
    return read_echo(message, len, family == AF_INET6 ? ECHO_REQUEST6 : ECHO_REQUEST4, out);
}

static const char *unreachable_reason4(uint8_t code)
{
    switch (code) {
    case 4:
        return "too-big";
    case 9: /* network, host, communication administratively prohibited; precedence */
    case 10:
    case 13:
    case 14:
    case 15:
        return "prohibited";
    default:
        return "unreachable";
    }
}

const char *icmp_error_reason(uint8_t family, uint8_t type, uint8_t code)
{
    if (family == AF_INET6)
        return type == TOO_BIG6         ? "too-big"
               : type == TIME_EXCEEDED6 ? "ttl-exceeded"
               : type != UNREACHABLE6   ? "bad-header"
               : code == 1 || code == 5 || code == 6 ? "prohibited" : "unreachable";
    return type == TIME_EXCEEDED4 ? "ttl-exceeded"
           : type != UNREACHABLE4 ? "bad-header"
                                  : unreachable_reason4(code);
}
