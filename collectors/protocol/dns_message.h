/* DNS queries and answers (RFC 1035, RFC 3596): one question, addresses out of what comes back. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_DNS_MESSAGE_H
#define HAYLOFT_COLLECTORS_PROTOCOL_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define DNS_QUERY_MAX 272     /* header, the longest name, type and class */
#define DNS_NAME_MAX 254      /* as text, with the closing NUL */
#define DNS_ADDRESSES_MAX 8   /* kept of an answer; the rest is counted */

enum dns_type { DNS_A = 1, DNS_AAAA = 28 };
enum dns_rcode { DNS_OK, DNS_FORMAT_ERROR, DNS_SERVER_FAILURE, DNS_NO_SUCH_NAME, DNS_NOT_IMPLEMENTED,
                 DNS_REFUSED };

struct dns_answer {
    uint16_t id;
    uint8_t rcode;
    bool truncated;
    char name[DNS_NAME_MAX]; /* of the question, lower case, without the last dot */
    uint16_t type;           /* of the question */
    struct addr addresses[DNS_ADDRESSES_MAX];
    size_t address_count;    /* kept */
    size_t record_count;     /* address records seen */
};

/* 0: not a name that can be asked. */
size_t dns_query_write(uint8_t out[static DNS_QUERY_MAX], uint16_t id, const char *name, uint16_t type);
/* False for anything that is not a whole answer to one question. */
bool dns_answer_read(const uint8_t *message, size_t len, struct dns_answer *out);
bool dns_name_equal(const char *a, const char *b); /* case and a last dot do not matter */

#endif
