/* Internet and Ethernet addresses as plain values. */
#ifndef HAYLOFT_BASE_ADDR_H
#define HAYLOFT_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct addr {
    uint8_t family;    /* AF_INET, AF_INET6, or 0: none */
    uint8_t bytes[16]; /* network order; IPv4 uses the first four */
    uint32_t scope;    /* interface index of a link-local IPv6 address, else 0 */
};

struct prefix {
    struct addr addr;
    uint8_t length; /* bits */
};

struct mac {
    uint8_t bytes[6];
};

#define ADDR_TEXT_MAX 64
#define MAC_TEXT_MAX 18

bool addr_parse(const char *text, struct addr *out); /* numbers only; "fe80::1%eth0" allowed */
char *addr_text(const struct addr *a, char out[static ADDR_TEXT_MAX]); /* "" when none */
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_set(const struct addr *a);
uint64_t addr_hash(const struct addr *a);
socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *out);
bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *out, uint16_t *port);

bool prefix_parse(const char *text, struct prefix *out); /* "192.168.1.0/24"; a bare address is /32 or /128 */
bool prefix_contains(const struct prefix *p, const struct addr *a);

bool mac_parse(const char *text, struct mac *out); /* aa:bb:cc:dd:ee:ff or with '-' */
char *mac_text(const struct mac *m, char out[static MAC_TEXT_MAX]);
bool mac_is_set(const struct mac *m);

#endif
