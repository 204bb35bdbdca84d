#include "poller/store/journal_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/cursor.h"
#include "poller/store/crc32c.h"

static void leave_segment(struct journal_reader *r)
{
    if (r->segment)
        close(r->fd);
    r->segment = 0;
}

void journal_reader_begin(struct journal_reader *r, struct journal_place from)
{
    r->place = r->last = from;
    r->skipped = false;
}

void journal_reader_fini(struct journal_reader *r)
{
    leave_segment(r);
    buf_fini(&r->payload);
}

static void go_to_segment(struct journal_reader *r, uint64_t number)
{
    r->place = (struct journal_place){.at = journal_position_of(number, JOURNAL_HEAD_BYTES)};
}

static bool read_at(int fd, void *out, size_t len, uint64_t offset)
{
    size_t got = 0;
    while (got < len) {
        ssize_t n = pread(fd, (char *)out + got, len - got, (off_t)(offset + got));
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        got += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The sum before a place in the middle: walks there, or to the end of what is good before it. */
static bool walk_there(struct journal_reader *r, uint64_t number, uint32_t salt)
{
    struct stat st;
    struct journal_record ignored;
    uint64_t offset = journal_position_offset(r->place.at);
    if (fstat(r->fd, &st) != 0)
        return false;
    size_t len = offset < (uint64_t)st.st_size ? (size_t)offset : (size_t)st.st_size;
    uint8_t *bytes = malloc(len + 1);
    bool read = bytes && read_at(r->fd, bytes, len, 0);
    struct journal_walk w = {bytes, len, JOURNAL_HEAD_BYTES, salt, false};
    while (read && w.at < offset && journal_walk_next(&w, &ignored))
        ;
    free(bytes);
    if (read)
        r->place = (struct journal_place){journal_position_of(number, w.at), w.sum, true};
    return read;
}

static bool find_sum(struct journal_reader *r, uint64_t number)
{
    uint8_t head[JOURNAL_HEAD_BYTES];
    uint64_t said;
    uint32_t salt;
    if (!read_at(r->fd, head, sizeof head, 0) || !journal_head_unpack(head, sizeof head, &said, &salt) ||
        said != number)
        return false;
    if (journal_position_offset(r->place.at) > JOURNAL_HEAD_BYTES)
        return walk_there(r, number, salt);
    r->place = (struct journal_place){journal_position_of(number, JOURNAL_HEAD_BYTES), salt, true};
    return true;
}

static bool enter_segment(const struct journal *j, struct journal_reader *r, uint64_t number)
{
    if (r->segment == number)
        return true;
    leave_segment(r);
    int fd = journal_open_segment(j, number);
    if (fd < 0)
        return false;
    r->segment = number;
    r->fd = fd;
    return true;
}

/* The record at the place. False: what stands there is none. */
static bool take_record(struct journal_reader *r, struct journal_record *out)
{
    uint8_t head[JOURNAL_RECORD_HEAD_BYTES], expected[JOURNAL_RECORD_HEAD_BYTES];
    uint64_t offset = journal_position_offset(r->place.at);
    uint32_t sum, len;
    if (!read_at(r->fd, head, sizeof head, offset))
        return false;
    struct reader in = reader_over(head, sizeof head);
    if (!rd_u32(&in, &sum) || !rd_u32(&in, &len) || !rd_u8(&in, &out->type) || !out->type ||
        len > JOURNAL_PAYLOAD_MAX)
        return false;
    static const char nothing[4096];
    buf_clear(&r->payload);
    while (r->payload.len < len)
        buf_put(&r->payload, nothing, len - r->payload.len < sizeof nothing ? len - r->payload.len : sizeof nothing);
    if (r->payload.failed || (len && !read_at(r->fd, r->payload.data, len, offset + sizeof head)))
        return false;
    uint32_t chain = r->place.sum;
    journal_record_head(expected, out->type, buf_string(&r->payload), len, &chain);
    if (memcmp(expected, head, sizeof head) != 0)
        return false;
    out->payload = (const uint8_t *)buf_string(&r->payload);
    out->len = len;
    r->last = r->place;
    r->place = (struct journal_place){journal_position_of(r->segment, offset + sizeof head + len), chain, true};
    return true;
}

bool journal_read(const struct journal *j, struct journal_reader *r, struct journal_record *out)
{
    for (;;) {
        uint64_t number = journal_position_segment(r->place.at);
        if (number < journal_first_segment(j)) {
            r->skipped = r->skipped || number > 0;
            go_to_segment(r, number = journal_first_segment(j));
        }
        uint64_t last = journal_position_segment(journal_end(j));
        if (number > last || r->place.at.at >= journal_end(j).at)
            return false;
        bool there = enter_segment(j, r, number);
        if (!there && errno != ENOENT)
            return false;
        if (there && (r->place.known || find_sum(r, number)) && take_record(r, out))
            return true;
        if (number == last)
            return false;
        go_to_segment(r, number + 1); /* all of it was read, or it is damaged or given up */
    }
}
