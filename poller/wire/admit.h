/* What of the frames that come in is handed on to whom: to the engine goes what one of its ways wants, and nothing
 * else. Pure: a frame, a wish, a time. */
#ifndef HAYLOFT_WIRE_ADMIT_H
#define HAYLOFT_WIRE_ADMIT_H

#include "poller/wire/peel.h"

/* Of a VLAN that carries on about other things than ours one frame in so long, cut to so many bytes: enough to
 * prove that the VLAN reaches this port. */
#define PROOF_EVERY_NS SECONDS(10)
#define PROOF_BYTES 60

enum admission { ADMIT_NOT, ADMIT_WHOLE, ADMIT_PROOF };

/* own: the card's address. proved: when a frame was last taken as proof, by the VLAN's place in the wish; ns 0:
 * never. A frame that is taken as proof sets it. */
enum admission admit(const struct ether_wish *w, const struct mac *own, const struct peeled *f, struct mono at,
                     struct mono proved[static ETHER_VIDS_MAX]);

#endif
