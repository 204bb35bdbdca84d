/* The bytes of a journal segment, as a pure matter.
 *
 *   segment  := head record*  then zeros or the remains of a torn write
 *   head     := "HLJ1" u32 salt u64 number           (16 bytes)
 *   record   := u32 sum, u32 length, u8 type, payload of length bytes
 *
 * All in network order. A record's sum is the CRC-32C of its length, type and payload, continued from the
 * sum of the record before it (the first: from the head's salt). So a record that is torn, flipped, or
 * left over from before a crash ends the segment there, and nothing behind it is taken for true. */
#ifndef HAYLOFT_STORE_JOURNAL_RECORD_H
#define HAYLOFT_STORE_JOURNAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_HEAD_BYTES 16
#define JOURNAL_RECORD_HEAD_BYTES 9
#define JOURNAL_PAYLOAD_MAX (128u << 10)

enum journal_type {
    JOURNAL_SAMPLES = 1, /* rows as in es_samples, with the ids of the names file */
    JOURNAL_KEEP,        /* an es_keep, packed */
    JOURNAL_NAME,        /* in the names file: an es_object, packed */
    JOURNAL_RRD_HEAD,    /* in the file of heads: path, NUL, image (graphs/archive_head.h) */
    JOURNAL_REPORTED,    /* rows as in SAMPLES, that a vantage reported */
};

/* SAMPLES, KEEP and REPORTED start with u64 mark of the engine's boot, u64 sequence (both 0 in REPORTED), u64 wall ns
 * of writing. */
#define JOURNAL_STAMP_BYTES 24

struct journal_record {
    uint8_t type;
    const uint8_t *payload;
    size_t len;
};

void journal_head_pack(uint8_t out[static JOURNAL_HEAD_BYTES], uint64_t number, uint32_t salt);
bool journal_head_unpack(const uint8_t *bytes, size_t len, uint64_t *number, uint32_t *salt);

/* Fills the nine bytes that stand before the payload; *sum is the chain so far and becomes this record's. */
void journal_record_head(uint8_t out[static JOURNAL_RECORD_HEAD_BYTES], uint8_t type,
                         const void *payload, size_t len, uint32_t *sum);

/* Walks a segment: bytes, and where in them. Start with at = JOURNAL_HEAD_BYTES and sum = salt. */
struct journal_walk {
    const uint8_t *bytes;
    size_t len, at;
    uint32_t sum;
    bool torn; /* after the end: something stands there that is neither a record nor zeros */
};

/* False at the end; at then tells where the good part ends. */
bool journal_walk_next(struct journal_walk *w, struct journal_record *out);

#endif
