#include "collectors/protocol/echo.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/cursor.h"

#define RING_START 1024 /* flights; a power of two, doubled while all are in the air */
#define COOKIE_BYTES 12 /* token and cookie at the head of the payload */

struct echoes {
    struct hash_key key;
    struct echo_flight *ring;
    uint32_t mask, next;
    uint32_t oldest; /* no token before it waits */
    uint8_t filler[ECHO_PAYLOAD_MAX];
};

struct echoes *echoes_create(const struct hash_key *key)
{
    struct echoes *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->ring = calloc(RING_START, sizeof *e->ring);
    if (!e->ring) {
        free(e);
        return NULL;
    }
    e->key = *key;
    e->mask = RING_START - 1;
    e->next = e->oldest = 1;
    for (size_t i = 0; i < sizeof e->filler; i++)
        e->filler[i] = (uint8_t)i;
    return e;
}

void echoes_destroy(struct echoes *e)
{
    if (!e)
        return;
    free(e->ring);
    free(e);
}

static bool grow(struct echoes *e)
{
    uint32_t size = (e->mask + 1) * 2;
    struct echo_flight *ring = size <= ECHO_FLIGHTS_MAX ? calloc(size, sizeof *ring) : NULL;
    if (!ring)
        return false;
    for (uint32_t i = 0; i <= e->mask; i++)
        ring[e->ring[i].token & (size - 1)] = e->ring[i];
    free(e->ring);
    e->ring = ring;
    e->mask = size - 1;
    return true;
}

struct echo_flight *echoes_launch(struct echoes *e, uint8_t family, uint8_t *message,
                                  size_t payload_len)
{
    if (e->ring[e->next & e->mask].state == ECHO_WAITING && !grow(e))
        return NULL;
    uint32_t token = e->next++;
    struct echo_flight *f = &e->ring[token & e->mask];
    *f = (struct echo_flight){.token = token, .state = ECHO_WAITING};
    uint64_t cookie = keyed_hash(&e->key, token);
    uint8_t *payload = message + ICMP_HEADER_BYTES;
    memcpy(payload, &token, sizeof token);
    memcpy(payload + sizeof token, &cookie, sizeof cookie);
    memcpy(payload + COOKIE_BYTES, e->filler + COOKIE_BYTES, payload_len - COOKIE_BYTES);
    icmp_request_finish(family, (uint16_t)token, message, ICMP_HEADER_BYTES + payload_len);
    return f;
}

struct echo_flight *echoes_flight(struct echoes *e, uint32_t token)
{
    struct echo_flight *f = &e->ring[token & e->mask];
    return f->state != ECHO_FREE && f->token == token ? f : NULL;
}

struct echo_flight *echoes_oldest_waiting(struct echoes *e)
{
    for (; e->oldest != e->next; e->oldest++) {
        struct echo_flight *f = echoes_flight(e, e->oldest);
        if (f && f->state == ECHO_WAITING)
            return f;
    }
    return NULL;
}

/* The token of a payload whose cookie proves that we sent it. */
static bool read_token(const struct echoes *e, const struct icmp_echo *echo, uint32_t *token)
{
    uint64_t cookie;
    if (echo->payload_len < COOKIE_BYTES)
        return false;
    memcpy(token, echo->payload, sizeof *token);
    memcpy(&cookie, echo->payload + sizeof *token, sizeof cookie);
    return (uint16_t)*token == echo->sequence && cookie == keyed_hash(&e->key, *token);
}

enum echo_match echoes_match(struct echoes *e, uint8_t family, const uint8_t *message, size_t len,
                             struct echo_flight **flight)
{
    struct icmp_echo echo;
    uint32_t token;
    if (!icmp_reply_read(family, message, len, &echo) || echo.payload_len < ECHO_PAYLOAD_MIN)
        return ECHO_FOREIGN;
    if (!read_token(e, &echo, &token))
        return ECHO_FORGED;
    struct echo_flight *f = echoes_flight(e, token);
    if (!f)
        return ECHO_FORGED;
    *flight = f;
    return f->state == ECHO_WAITING ? ECHO_MATCH : f->state == ECHO_LOST ? ECHO_LATE : ECHO_DUPLICATE;
}

/* The newest token that has this sequence. */
static uint32_t newest_with(const struct echoes *e, uint16_t sequence)
{
    uint32_t last = e->next - 1;
    return last - (uint16_t)(last - sequence);
}

struct echo_flight *echoes_match_quote(struct echoes *e, uint8_t family, const uint8_t *message,
                                       size_t len)
{
    struct icmp_echo echo;
    uint32_t token;
    if (!icmp_quote_read(family, message, len, &echo))
        return NULL;
    if (echo.payload_len < COOKIE_BYTES)
        token = newest_with(e, echo.sequence);
    else if (!read_token(e, &echo, &token))
        return NULL;
    struct echo_flight *f = echoes_flight(e, token);
    return f && f->state != ECHO_ANSWERED ? f : NULL;
}
