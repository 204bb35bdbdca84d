/* Echoes in the air: who asked which, told apart for certain.
 *
 * Every echo has a token, counted up; the low half is its ICMP sequence and its place in a ring of
 * flights. The payload carries the token and a cookie made from it with a secret key, since the kernel
 * overwrites identifiers and anybody can guess a sequence. A reply therefore is the first answer of one
 * flight, a duplicate of it, late, or none of ours. The caller compares the source address: only it knows
 * whom it asked. Nothing here touches a socket or a clock. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_ECHO_H
#define HAYLOFT_COLLECTORS_PROTOCOL_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/protocol/icmp.h"
#include "collectors/protocol/keyed_hash.h"
#include "poller/base/clock.h"

#define ECHO_PAYLOAD_MIN 16   /* bytes: token, cookie and a little */
#define ECHO_PAYLOAD_MAX 1472 /* fills an Ethernet frame */
#define ECHO_MESSAGE_MAX (ICMP_HEADER_BYTES + ECHO_PAYLOAD_MAX)
#define ECHO_FLIGHTS_MAX (1u << 20)

enum echo_state { ECHO_FREE, ECHO_WAITING, ECHO_ANSWERED, ECHO_LOST };

struct echo_flight {
    struct mono sent;
    uint32_t token;
    uint32_t owner, serial; /* the caller's */
    uint16_t number;        /* the caller's */
    uint8_t address;        /* the caller's */
    uint8_t state;          /* enum echo_state; the caller moves it on */
};

enum echo_match {
    ECHO_MATCH,     /* first answer to a waiting flight */
    ECHO_DUPLICATE, /* of an answered one */
    ECHO_LATE,      /* of one given up */
    ECHO_FORGED,    /* has our shape and not our cookie, or a token we no longer know */
    ECHO_FOREIGN    /* not an echo reply of this size at all */
};

struct echoes;

struct echoes *echoes_create(const struct hash_key *key); /* NULL: no memory */
void echoes_destroy(struct echoes *e);                    /* NULL is fine */

/* A new waiting flight and its message: header and payload_len bytes, written to message. The flight is
 * valid until the next launch. NULL when there is no memory for more flights. */
struct echo_flight *echoes_launch(struct echoes *e, uint8_t family, uint8_t *message,
                                  size_t payload_len);
struct echo_flight *echoes_flight(struct echoes *e, uint32_t token); /* NULL when overwritten */

/* The longest waiting flight, NULL when none waits: with one timeout for all, time-outs come in order. */
struct echo_flight *echoes_oldest_waiting(struct echoes *e);

/* *flight is set for MATCH, DUPLICATE and LATE. */
enum echo_match echoes_match(struct echoes *e, uint8_t family, const uint8_t *message, size_t len,
                             struct echo_flight **flight);
/* The waiting or given up flight whose request an ICMP error quotes, else NULL. Short quotes are known
 * by their sequence alone; the caller compares the destination. */
struct echo_flight *echoes_match_quote(struct echoes *e, uint8_t family, const uint8_t *message,
                                       size_t len);

#endif
