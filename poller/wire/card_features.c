#include "poller/wire/card_features.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define FEATURES_MAX 256 /* Linux 6 has about 60 */
#define BLOCKS_MAX (FEATURES_MAX / 32)

/* The kernel's structs, each with room for what it writes behind its head. */
union count {
    struct ethtool_sset_info head;
    uint8_t room[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
};
union names {
    struct ethtool_gstrings head;
    uint8_t room[sizeof(struct ethtool_gstrings) + FEATURES_MAX * ETH_GSTRING_LEN];
};
union blocks {
    struct ethtool_gfeatures head;
    uint8_t room[sizeof(struct ethtool_gfeatures) + BLOCKS_MAX * sizeof(struct ethtool_get_features_block)];
};

static bool ask(int fd, const char *interface, void *question)
{
    struct ifreq r = {.ifr_data = question};
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", interface);
    return ioctl(fd, SIOCETHTOOL, &r) == 0;
}

static uint32_t count_names(int fd, const char *interface)
{
    union count q = {.head = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = UINT64_C(1) << ETH_SS_FEATURES}};
    return ask(fd, interface, &q) && q.head.sset_mask ? q.head.data[0] : 0;
}

static uint32_t place_of(const union names *n, const char *name)
{
    uint32_t i = 0;
    while (i < n->head.len && strncmp((const char *)n->head.data + i * ETH_GSTRING_LEN, name, ETH_GSTRING_LEN) != 0)
        i++;
    return i;
}

static bool is_on(const union blocks *b, const union names *n, const char *name)
{
    uint32_t i = place_of(n, name);
    return i < n->head.len && i / 32 < b->head.size && b->head.features[i / 32].active & UINT32_C(1) << i % 32;
}

struct card_features card_features_read(int fd, const char *interface)
{
    union names n = {.head = {.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES}};
    union blocks b = {.head = {.cmd = ETHTOOL_GFEATURES, .size = BLOCKS_MAX}};
    n.head.len = count_names(fd, interface);
    if (n.head.len == 0 || n.head.len > FEATURES_MAX || !ask(fd, interface, &n) || !ask(fd, interface, &b) ||
        n.head.len > FEATURES_MAX || b.head.size > BLOCKS_MAX)
        return (struct card_features){0};
    return (struct card_features){is_on(&b, &n, "rx-vlan-filter"), is_on(&b, &n, "rx-vlan-hw-parse")};
}
