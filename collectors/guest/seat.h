/* A guest's seat: one VLAN we play on, with its way to the wire, our addresses there, and what was learned of it.
 * It stays while rounds come and go. */
#ifndef HAYLOFT_COLLECTORS_GUEST_SEAT_H
#define HAYLOFT_COLLECTORS_GUEST_SEAT_H

#include "collectors/guest/rising.h"
#include "collectors/protocol/adverts.h"
#include "collectors/protocol/heard_frame.h"
#include "collectors/protocol/trusted.h"

struct seat;
/* What came in on the seat's way; NULL: the state of the way is another. */
typedef void (*seat_hear_fn)(void *ctx, const struct heard_frame *h);

struct seat {
    const struct env *env;
    const char *node;               /* whose learned facts these are; lives as long as the setting */
    const struct guest_setting *setting; /* the check's */
    uint32_t way;                   /* 0: none */
    struct mac probe, control;      /* addresses we play with; the card's own once its state tells them */
    bool armed;                     /* this port carries the VLAN: something of it was heard here, or so it is said */
    bool heard;                     /* something of it since the way was opened */
    bool control_answered;          /* the main network ever offered the control an address */
    struct trusted servers, routers;
    struct adverts adverts;         /* heard since the last probe began */
    struct rising rising;
    struct addr gateway;            /* that answered last; not set: none did */
    struct mono asked;              /* last DISCOVER; ns 0: never */
    struct mono isolation_tried;    /* the same */
    bool isolation_failed;
    seat_hear_fn hear;              /* NULL: nobody listens */
    void *hear_ctx;
};

/* Opens the way, or another one after other settings; what was learned stays. False: no random bytes. */
bool seat_take(struct seat *s, const struct env *env, const char *node, const struct guest_setting *setting);
void seat_leave(struct seat *s);
void seat_state(const struct seat *s, struct ether_state *out); /* of the way; closed, with a reason, without one */
void seat_arm(struct seat *s);
void seat_note_control(struct seat *s); /* the control was offered an address */
void seat_learn_server(struct seat *s, const struct addr *server);
/* Whom to trust of those that announce themselves, where nobody is known: the only one, or the one that is the
 * gateway of IPv4 too (its MAC; not set: not known). */
void seat_choose_router(struct seat *s, const struct mac *gateway);
bool seat_is_tagged(const struct seat *s);
/* Only the card's own address can be played with: the port takes no other, or it is the air, where it is what the
 * card joined with. */
bool seat_is_by_card(const struct seat *s);

#endif
