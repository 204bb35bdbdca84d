/* SipHash-2-4 of one 64-bit word (Aumasson, Bernstein 2012): a value nobody without the key can guess. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_KEYED_HASH_H
#define HAYLOFT_COLLECTORS_PROTOCOL_KEYED_HASH_H

#include <stdint.h>

struct hash_key {
    uint64_t low, high; /* the 16 key bytes as two little-endian words */
};

uint64_t keyed_hash(const struct hash_key *key, uint64_t word);

#endif
