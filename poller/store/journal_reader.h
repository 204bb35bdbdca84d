/* Reads on in the journal from where it was, a record at a time: for a reader that comes back again and again and must
 * not walk a segment anew each time. A segment that went meanwhile is passed over, and said. */
#ifndef HAYLOFT_STORE_JOURNAL_READER_H
#define HAYLOFT_STORE_JOURNAL_READER_H

#include "poller/base/buf.h"
#include "poller/store/journal.h"

/* Where the next record starts. May be kept, to go back there. */
struct journal_place {
    struct journal_position at;
    uint32_t sum; /* of the chain before it */
    bool known;   /* sum is; else it is found by walking there */
};

struct journal_reader { /* zeroed */
    struct journal_place place, last; /* last: where the last record starts */
    bool skipped;       /* since it was begun, records were dropped before they were read */
    uint64_t segment;   /* the open one; 0: none */
    int fd;
    struct buf payload; /* of the last record */
};

void journal_reader_begin(struct journal_reader *r, struct journal_place from);
void journal_reader_fini(struct journal_reader *r);
/* The next record, whose payload lives until the next call, and place behind it. False: there is none now, or it
 * cannot be read now. */
bool journal_read(const struct journal *j, struct journal_reader *r, struct journal_record *out);

#endif
