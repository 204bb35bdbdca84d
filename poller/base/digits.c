#include "poller/base/digits.h"

#include <endian.h>
#include <string.h>

#define WORD_DIGITS 8
#define WORD_END 100000000 /* the first number with more */

/* high is whole / by, in each part of the word: it stays there, and what is left of whole goes `bits` higher. */
static inline uint64_t halve(uint64_t whole, uint64_t high, uint64_t by, unsigned bits)
{
    return (whole << bits) - high * ((by << bits) - 1);
}

/* The eight digits as bytes from 0 to 9, the first one lowest. A number is cut in halves, those in halves and those
 * again, all that are there at once: each has a part of the word to itself. Dividing is multiplying and shifting:
 * 5243 / 2^19 is a hundredth for what is below 10,000, 103 / 2^10 a tenth for what is below 100. */
static inline uint64_t word_of(uint32_t number)
{
    uint64_t fours = halve(number, number / 10000, 10000, 32);
    uint64_t twos = halve(fours, fours * 5243 >> 19 & UINT64_C(0x0000007f0000007f), 100, 16);
    return halve(twos, twos * 103 >> 10 & UINT64_C(0x000f000f000f000f), 10, 8);
}

static inline void put_word(uint64_t word, unsigned leave_out, char *out)
{
    uint64_t text = htole64((word | UINT64_C(0x3030303030303030)) >> 8 * leave_out);
    memcpy(out, &text, sizeof text);
}

size_t digits_put(uint64_t number, char out[static DIGITS_ROOM])
{
    if (number >= WORD_END) {
        size_t len = digits_put(number / WORD_END, out);
        put_word(word_of((uint32_t)(number % WORD_END)), 0, out + len);
        return len + WORD_DIGITS;
    }
    uint64_t word = word_of((uint32_t)number);
    unsigned zeros = (unsigned)__builtin_ctzll(word | UINT64_C(1) << 56) / 8; /* leading ones; the last digit stays */
    put_word(word, zeros, out);
    return WORD_DIGITS - zeros;
}
