#include "graphs/archive_head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graphs/rrd_header.h"
#include "poller/base/cursor.h"

/* image := u8 kind; of a file also u64 inode, u64 bytes of the file, u64 hash of all before the
 * part, u32 where the part begins, u32 its length, then runs run   := u16 zeros, u16 length, bytes.
 * Most of a preparation area is zeros. */

#define KIND_ABSENT 0
#define KIND_FILE   1
#define KIND_BAD    2
#define IMAGE_HEAD  33
#define RUN_MAX     UINT16_MAX
#define ZEROS_LEAST 5 /* fewer cost more as a run of their own */

struct part {
    uint64_t inode, file_bytes, hash_before;
    uint32_t at, len;
};

static uint64_t hash_of(const uint8_t *bytes, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a: tells another file, no damage */
    for (; len; len--)
        h = (h ^ *bytes++) * UINT64_C(1099511628211);
    return h;
}

static bool read_at(int fd, uint8_t *into, size_t len, off_t at)
{
    ssize_t n;
    do {
        n = pread(fd, into, len, at);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)len;
}

/* --- taking --- */

static size_t count_zeros(const uint8_t *bytes, size_t len)
{
    size_t n = 0;
    while (n < len && n < RUN_MAX && bytes[n] == 0)
        n++;
    return n;
}

/* Bytes up to the next zeros that are worth a run. */
static size_t count_others(const uint8_t *bytes, size_t len)
{
    size_t n = 0;
    while (n < len && n < RUN_MAX) {
        size_t zeros = count_zeros(bytes + n, len - n);
        if (zeros >= ZEROS_LEAST || n + zeros == len)
            break;
        n += zeros + 1;
    }
    return n < RUN_MAX ? n : RUN_MAX;
}

static void put_runs(struct buf *out, const uint8_t *bytes, size_t len)
{
    while (len) {
        uint8_t head[4];
        struct writer w = writer_over(head, sizeof head);
        size_t zeros = count_zeros(bytes, len);
        size_t others = count_others(bytes + zeros, len - zeros);
        wr_u16(&w, (uint16_t)zeros);
        wr_u16(&w, (uint16_t)others);
        buf_put(out, head, sizeof head);
        buf_put(out, bytes + zeros, others);
        bytes += zeros + others;
        len -= zeros + others;
    }
}

static void put_image(struct buf *out, const struct part *p, const uint8_t *head)
{
    uint8_t bytes[IMAGE_HEAD];
    struct writer w = writer_over(bytes, sizeof bytes);
    wr_u8(&w, KIND_FILE);
    wr_u64(&w, p->inode);
    wr_u64(&w, p->file_bytes);
    wr_u64(&w, p->hash_before);
    wr_u32(&w, p->at);
    wr_u32(&w, p->len);
    buf_put(out, bytes, sizeof bytes);
    put_runs(out, head + p->at, p->len);
}

static bool take_from(int fd, const struct rrd_header *h, struct buf *out)
{
    struct stat st;
    struct part p = {.at = (uint32_t)rrd_header_live_at(h->source_count, h->archive_count)};
    size_t len = rrd_header_bytes(h->source_count, h->archive_count);
    uint8_t *head = malloc(len);
    bool ok = head && fstat(fd, &st) == 0 && read_at(fd, head, len, 0);
    if (ok) {
        p.len = (uint32_t)len - p.at;
        p.inode = st.st_ino;
        p.file_bytes = (uint64_t)st.st_size;
        p.hash_before = hash_of(head, p.at);
        put_image(out, &p, head);
    }
    free(head);
    return ok;
}

bool archive_head_take(const char *path, struct buf *out)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    enum rrd_header_state state = rrd_header_read(path, INT64_MAX, &h, why);
    if (state == RRD_HEADER_UNREADABLE)
        return false;
    if (state != RRD_HEADER_GOOD) {
        buf_char(out, state == RRD_HEADER_ABSENT ? KIND_ABSENT : KIND_BAD);
        return true;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0)
        posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* no reading ahead: see archive_make.c */
    bool ok = fd >= 0 && take_from(fd, &h, out);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* --- putting back --- */

static bool read_part(struct reader *r, struct part *p)
{
    return rd_u64(r, &p->inode) && rd_u64(r, &p->file_bytes) && rd_u64(r, &p->hash_before) &&
           rd_u32(r, &p->at) && rd_u32(r, &p->len) && p->at < RRD_HEADER_BYTES_MAX &&
           p->len <= RRD_HEADER_BYTES_MAX && p->at + (uint64_t)p->len <= p->file_bytes;
}

static bool read_runs(struct reader *r, uint8_t *out, size_t len)
{
    uint16_t zeros, others;
    const uint8_t *bytes;
    while (len) {
        if (!rd_u16(r, &zeros) || !rd_u16(r, &others) || (size_t)zeros + others > len ||
            zeros + others == 0 || !rd_bytes(r, &bytes, others))
            return false;
        memset(out, 0, zeros);
        memcpy(out + zeros, bytes, others);
        out += zeros + others;
        len -= (size_t)zeros + others;
    }
    return rd_left(r) == 0;
}

/* What stands before the part never changes in a file's life. */
static bool is_same_file(int fd, const struct part *p)
{
    struct stat st;
    uint8_t *before = malloc(p->at + 1);
    bool same = before && fstat(fd, &st) == 0 && st.st_ino == p->inode &&
                (uint64_t)st.st_size == p->file_bytes && read_at(fd, before, p->at, 0) &&
                hash_of(before, p->at) == p->hash_before;
    free(before);
    return same;
}

static enum archive_head_put put_into(const char *path, const struct part *p, const uint8_t *bytes)
{
    enum archive_head_put result = ARCHIVE_HEAD_OTHER;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT || errno == ELOOP ? ARCHIVE_HEAD_OTHER : ARCHIVE_HEAD_REFUSED;
    if (is_same_file(fd, p))
        result = pwrite(fd, bytes, p->len, p->at) == (ssize_t)p->len ? ARCHIVE_HEAD_PUT
                                                                     : ARCHIVE_HEAD_REFUSED;
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

/* The bad file may be there still, and keeps its bytes; a good one came after it. */
static bool is_bad(const char *path)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    return rrd_header_read(path, INT64_MAX, &h, why) != RRD_HEADER_GOOD;
}

static enum archive_head_put put_absent(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT ? ARCHIVE_HEAD_PUT : ARCHIVE_HEAD_REFUSED;
}

enum archive_head_put archive_head_put(const char *path, const void *image, size_t len)
{
    struct reader r = reader_over(image, len);
    struct part p;
    uint8_t kind;
    if (!rd_u8(&r, &kind) || kind > KIND_BAD || (kind == KIND_FILE && !read_part(&r, &p)) ||
        (kind != KIND_FILE && rd_left(&r)))
        return ARCHIVE_HEAD_BAD;
    if (kind != KIND_FILE)
        return kind == KIND_BAD && is_bad(path) ? ARCHIVE_HEAD_OTHER : put_absent(path);
    uint8_t *bytes = malloc(p.len + 1);
    bool sound = bytes && read_runs(&r, bytes, p.len);
    enum archive_head_put result = sound ? put_into(path, &p, bytes) : ARCHIVE_HEAD_BAD;
    free(bytes);
    return result;
}
