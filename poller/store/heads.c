#include "poller/store/heads.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graphs/archive_head.h"
#include "poller/base/log.h"
#include "poller/store/journal_record.h"

/* Records as in the journal: their chained sums end the file at the first that is torn. Their
 * payload is the path below the state folder, NUL, and the image. */

#define PATH_MAX_BYTES 4096
#define FILE_MAX_BYTES (64u << 20) /* more would be nonsense; such a file is not read */

struct heads {
    char *folder;
    size_t folder_len;
    char *path;
    int fd; /* -1: not open */
    uint32_t sum;
    uint64_t at; /* where the next record goes; 0: not begun */
    bool unsynced;
};

struct heads *heads_create(const char *state_folder)
{
    struct heads *h = calloc(1, sizeof *h);
    struct buf path = {0};
    buf_printf(&path, "%s/journal/heads", state_folder);
    if (!h || !(h->folder = strdup(state_folder)) || !(h->path = buf_detach(&path)))
        fatalx("no memory for heads");
    h->folder_len = strlen(state_folder);
    h->fd = -1;
    return h;
}

static void close_file(struct heads *h)
{
    if (h->fd >= 0)
        close(h->fd);
    h->fd = -1;
    h->at = 0;
}

void heads_destroy(struct heads *h)
{
    if (!h)
        return;
    close_file(h);
    free(h->path);
    free(h->folder);
    free(h);
}

/* --- keeping --- */

static bool write_all(struct heads *h, const void *bytes, size_t len)
{
    ssize_t n;
    do {
        n = pwrite(h->fd, bytes, len, (off_t)h->at);
    } while (n < 0 && errno == EINTR);
    if (n == (ssize_t)len) {
        h->at += len;
        return true;
    }
    if (n >= 0)
        errno = ENOSPC;
    return false;
}

/* Opens the file; what stands there stays before what comes. */
static bool begin(struct heads *h)
{
    uint8_t head[JOURNAL_HEAD_BYTES];
    struct stat st;
    if (h->fd < 0)
        h->fd = open(h->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (h->fd < 0 || fstat(h->fd, &st) != 0)
        return false;
    if (h->at)
        return true;
    if (st.st_size) { /* left by the last process, and not restored: it may be needed yet */
        errno = EBUSY;
        return false;
    }
    journal_head_pack(head, 0, 0);
    h->sum = 0;
    return write_all(h, head, sizeof head);
}

static bool keep(struct heads *h, const struct buf *payload)
{
    uint8_t head[JOURNAL_RECORD_HEAD_BYTES];
    uint32_t sum = h->sum;
    uint64_t at = h->at;
    journal_record_head(head, JOURNAL_RRD_HEAD, payload->data, payload->len, &sum);
    if (write_all(h, head, sizeof head) && write_all(h, payload->data, payload->len)) {
        h->sum = sum;
        h->unsynced = true;
        return true;
    }
    h->at = at;
    return false;
}

bool heads_keep(struct heads *h, const char *path)
{
    struct buf payload = {0};
    const char *relative = path + h->folder_len + 1;
    if (!begin(h))
        return false;
    buf_put(&payload, relative, strlen(relative) + 1);
    bool ok = archive_head_take(path, &payload) && !payload.failed;
    if (ok && payload.len > JOURNAL_PAYLOAD_MAX) {
        ok = false;
        errno = EMSGSIZE;
    }
    ok = ok && keep(h, &payload);
    int error = errno;
    buf_fini(&payload);
    errno = error;
    return ok;
}

bool heads_sync(struct heads *h)
{
    if (!h->unsynced)
        return true;
    h->unsynced = false;
    return fdatasync(h->fd) == 0;
}

bool heads_clear(struct heads *h)
{
    struct stat st;
    if (h->fd < 0 && stat(h->path, &st) != 0)
        return errno == ENOENT;
    if (h->fd < 0)
        h->fd = open(h->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool ok = h->fd >= 0 && ftruncate(h->fd, 0) == 0 && fdatasync(h->fd) == 0;
    if (ok)
        h->at = 0;
    h->unsynced = false;
    return ok;
}

/* --- putting back --- */

static uint8_t *read_all(struct heads *h, size_t *len)
{
    struct stat st;
    h->fd = open(h->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (h->fd < 0)
        h->fd = open(h->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (h->fd < 0 || fstat(h->fd, &st) != 0 || st.st_size > (off_t)FILE_MAX_BYTES)
        return NULL;
    uint8_t *bytes = malloc((size_t)st.st_size + 1);
    ssize_t n = bytes ? pread(h->fd, bytes, (size_t)st.st_size, 0) : -1;
    *len = n > 0 ? (size_t)n : 0;
    return bytes;
}

static bool is_inside(const char *relative)
{
    return strncmp(relative, "rrd/", 4) == 0 && !strstr(relative, "/../");
}

static bool put_back(struct heads *h, const char *relative, const void *image, size_t len)
{
    char path[PATH_MAX_BYTES];
    if (!is_inside(relative) ||
        snprintf(path, sizeof path, "%s/%s", h->folder, relative) >= (int)sizeof path)
        return false;
    enum archive_head_put result = archive_head_put(path, image, len);
    if (result == ARCHIVE_HEAD_REFUSED)
        log_warn("heads", "%s cannot be put back to where it was whole", path);
    return result == ARCHIVE_HEAD_PUT;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void ignore(void *key)
{
    (void)key; /* it points into the bytes that were read */
}

/* The first of each file: later ones are of a file that was put back already. */
static size_t restore_records(struct heads *h, struct journal_walk *w)
{
    struct journal_record r;
    void *seen = NULL;
    size_t count = 0;
    while (journal_walk_next(w, &r)) {
        const char *relative = (const char *)r.payload;
        const char *end = memchr(relative, '\0', r.len);
        if (!end || r.type != JOURNAL_RRD_HEAD)
            continue;
        const char **known = tsearch(relative, &seen, compare);
        if (known && *known == relative)
            count += put_back(h, relative, end + 1,
                              (size_t)(r.payload + r.len - (const uint8_t *)end) - 1);
    }
    tdestroy(seen, ignore);
    return count;
}

size_t heads_restore(struct heads *h)
{
    size_t len = 0, count = 0;
    uint64_t number;
    uint32_t salt;
    uint8_t *bytes = read_all(h, &len);
    if (bytes && journal_head_unpack(bytes, len, &number, &salt)) {
        struct journal_walk w = {bytes, len, JOURNAL_HEAD_BYTES, salt, false};
        count = restore_records(h, &w);
        h->sum = w.sum;
        h->at = w.at; /* they stay until the next sync, and what comes goes behind them */
    } else if (bytes && h->fd >= 0 && ftruncate(h->fd, 0) != 0) {
        log_warn("heads", "%s is damaged and cannot be emptied", h->path);
    }
    free(bytes);
    return count;
}
