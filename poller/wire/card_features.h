/* What a card does with VLAN tags by itself (ethtool's features "rx-vlan-filter" and "rx-vlan-hw-parse"). Asking
 * needs no right; nothing is ever changed. */
#ifndef HAYLOFT_WIRE_CARD_FEATURES_H
#define HAYLOFT_WIRE_CARD_FEATURES_H

#include <stdbool.h>

struct card_features {
    bool vlan_filter;  /* lets in only the VLANs it was told of */
    bool vlan_offload; /* takes tags off */
};

/* fd: any socket. A card that does not tell has neither. */
struct card_features card_features_read(int fd, const char *interface);

#endif
