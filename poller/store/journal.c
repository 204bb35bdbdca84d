#include "poller/store/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "poller/base/buf.h"
#include "poller/base/log.h"

#define CURSORS_MAX 4
#define CURSOR_NAME_MAX 16
#define OFFSET_BITS 32
#define NAME_FORMAT "%016" PRIx64 ".seg"
#define NAME_CHARS 20

struct cursor {
    char name[CURSOR_NAME_MAX];
    struct journal_position at;
};

/* A file of records that is being appended to. */
struct log_file {
    int fd;          /* -1: none */
    uint32_t sum;    /* chain */
    uint64_t at;     /* where the next record goes */
    uint64_t synced; /* names: durable up to here */
};

struct journal {
    int folder_fd;
    uint64_t ceiling_bytes;
    size_t segment_bytes;
    uint64_t first, last;    /* numbers of the segments there are; last is the one written */
    struct log_file segment, names;
    int finished_fd;         /* segment before, not yet synced; -1: none */
    struct journal_position durable, syncing_to;
    uint64_t names_syncing_to;
    struct cursor cursors[CURSORS_MAX];
    size_t cursor_count;
    struct journal_figures figures;
};

static struct journal_position position_of(uint64_t number, uint64_t offset)
{
    return (struct journal_position){number << OFFSET_BITS | offset};
}

static uint64_t number_of(struct journal_position p)
{
    return p.at >> OFFSET_BITS;
}

static uint32_t fresh_salt(void)
{
    uint32_t salt = 0;
    if (getrandom(&salt, sizeof salt, GRND_NONBLOCK) != sizeof salt)
        salt = (uint32_t)getpid(); /* only tells leftovers of an older file from new records */
    return salt;
}

static void segment_name(uint64_t number, char out[NAME_CHARS + 1])
{
    snprintf(out, NAME_CHARS + 1, NAME_FORMAT, number);
}

/* --- reading --- */

/* The whole file as malloc'd memory; NULL with errno. */
static uint8_t *read_file(int folder_fd, const char *name, size_t *len)
{
    struct stat st;
    uint8_t *bytes = NULL;
    size_t got = 0;
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && (bytes = malloc((size_t)st.st_size + 1)))
        while (got < (size_t)st.st_size) {
            ssize_t n = pread(fd, bytes + got, (size_t)st.st_size - got, (off_t)got);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                break;
            got += (size_t)n;
        }
    int error = errno;
    close(fd);
    errno = error;
    *len = got;
    return bytes;
}

/* Walks one file; *end becomes what an appender needs. False when it has no head. */
static bool walk_file(const uint8_t *bytes, size_t len, uint64_t number, uint64_t from,
                      journal_record_fn fn, void *ctx, struct log_file *end, bool *torn)
{
    uint64_t said_number;
    uint32_t salt;
    struct journal_record r;
    if (!journal_head_unpack(bytes, len, &said_number, &salt) || said_number != number)
        return false;
    struct journal_walk w = {bytes, len, JOURNAL_HEAD_BYTES, salt, false};
    for (size_t at = w.at; journal_walk_next(&w, &r); at = w.at)
        if (fn && at >= from)
            fn(ctx, &r, position_of(number, at));
    end->sum = w.sum;
    end->at = end->synced = w.at;
    *torn = w.torn;
    return true;
}

bool journal_replay(struct journal *j, struct journal_position from, journal_record_fn fn, void *ctx)
{
    bool whole = true;
    struct log_file ignored;
    for (uint64_t n = j->first; n <= j->last; n++) {
        char name[NAME_CHARS + 1];
        size_t len;
        bool torn;
        if (n < number_of(from))
            continue;
        segment_name(n, name);
        uint8_t *bytes = read_file(j->folder_fd, name, &len);
        uint64_t offset = n == number_of(from) ? from.at & ((UINT64_C(1) << OFFSET_BITS) - 1) : 0;
        if (!bytes || !walk_file(bytes, len, n, offset, fn, ctx, &ignored, &torn))
            whole = false;
        free(bytes);
    }
    return whole;
}

/* --- files being written --- */

/* Makes a file with its head and its room; the descriptor or -1 with errno. */
static int make_file(int folder_fd, const char *name, uint64_t number, size_t room, uint32_t salt)
{
    uint8_t head[JOURNAL_HEAD_BYTES];
    journal_head_pack(head, number, salt);
    int fd = openat(folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return -1;
    int error = room ? posix_fallocate(fd, 0, (off_t)room) : 0;
    if (error == EOPNOTSUPP)
        error = 0;
    if (error == 0 && pwrite(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        error = errno ? errno : ENOSPC;
    if (error == 0 && fsync(folder_fd) != 0)
        error = errno;
    if (error == 0)
        return fd;
    close(fd);
    unlinkat(folder_fd, name, 0);
    errno = error;
    return -1;
}

static bool append(struct log_file *f, uint8_t type, const void *payload, size_t len)
{
    uint8_t head[JOURNAL_RECORD_HEAD_BYTES];
    uint32_t sum = f->sum;
    journal_record_head(head, type, payload, len, &sum);
    struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)payload, len}};
    ssize_t n;
    do {
        n = pwritev(f->fd, parts, 2, (off_t)f->at);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)(sizeof head + len)) {
        if (n >= 0)
            errno = ENOSPC; /* a short write: the rest is overwritten by the next record */
        return false;
    }
    f->sum = sum;
    f->at += (uint64_t)n;
    return true;
}

/* Goes on in segment number, which is made. The one before waits for its sync. */
static bool start_segment(struct journal *j, uint64_t number)
{
    char name[NAME_CHARS + 1];
    uint32_t salt = fresh_salt();
    segment_name(number, name);
    int fd = make_file(j->folder_fd, name, number, j->segment_bytes, salt);
    if (fd < 0)
        return false;
    if (j->segment.fd >= 0) {
        if (j->finished_fd >= 0) {
            fdatasync(j->finished_fd); /* two segments filled within one sync: rare, so wait */
            close(j->finished_fd);
        }
        j->finished_fd = j->segment.fd;
    }
    j->segment = (struct log_file){fd, salt, JOURNAL_HEAD_BYTES, 0};
    j->last = number;
    return true;
}

bool journal_append(struct journal *j, uint8_t type, const void *payload, size_t len,
                    struct journal_position *position)
{
    if (len > JOURNAL_PAYLOAD_MAX) {
        errno = EMSGSIZE;
        return false;
    }
    if (j->segment.at + JOURNAL_RECORD_HEAD_BYTES + len > j->segment_bytes &&
        !start_segment(j, j->last + 1))
        return false;
    *position = journal_end(j);
    return append(&j->segment, type, payload, len);
}

bool journal_name(struct journal *j, const void *payload, size_t len)
{
    return append(&j->names, JOURNAL_NAME, payload, len);
}

struct journal_position journal_end(const struct journal *j)
{
    return position_of(j->last, j->segment.at);
}

/* --- opening --- */

static bool find_segments(struct journal *j)
{
    int fd = openat(j->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool any = false;
    for (struct dirent *e; (e = readdir(dir));) {
        uint64_t n;
        int end = 0;
        if (sscanf(e->d_name, "%16" SCNx64 ".seg%n", &n, &end) != 1 || end != NAME_CHARS ||
            e->d_name[end])
            continue;
        j->first = !any || n < j->first ? n : j->first;
        j->last = !any || n > j->last ? n : j->last;
        any = true;
    }
    closedir(dir);
    if (!any)
        j->first = 1, j->last = 0;
    return true;
}

/* Opens a file to append behind its last good record; false when it is absent or has no head. */
static bool reopen(struct journal *j, const char *name, uint64_t number, struct log_file *f,
                   journal_record_fn fn, void *ctx)
{
    size_t len;
    bool torn, good = false;
    uint8_t *bytes = read_file(j->folder_fd, name, &len);
    if (bytes && walk_file(bytes, len, number, 0, fn, ctx, f, &torn)) {
        j->figures.damaged += torn;
        f->fd = openat(j->folder_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        good = f->fd >= 0;
    }
    free(bytes);
    return good;
}

static bool open_names(struct journal *j, journal_record_fn names, void *ctx)
{
    uint32_t salt = fresh_salt();
    if (reopen(j, "names", 0, &j->names, names, ctx))
        return true;
    if (renameat(j->folder_fd, "names", j->folder_fd, "names.bad") == 0)
        log_warnx("journal", "the file of names is damaged: set aside as names.bad");
    j->names = (struct log_file){make_file(j->folder_fd, "names", 0, 0, salt), salt,
                                 JOURNAL_HEAD_BYTES, 0};
    return j->names.fd >= 0;
}

static bool open_last_segment(struct journal *j)
{
    char name[NAME_CHARS + 1];
    segment_name(j->last, name);
    if (j->last >= j->first && reopen(j, name, j->last, &j->segment, NULL, NULL))
        return true;
    j->segment.fd = -1;
    return start_segment(j, j->last + 1);
}

static void load_cursors(struct journal *j)
{
    size_t len;
    char *text = (char *)read_file(j->folder_fd, "cursors", &len), *rest = NULL;
    if (!text)
        return;
    text[len] = '\0';
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        struct cursor c = {0};
        if (sscanf(line, "%15[a-z] %" SCNx64, c.name, &c.at.at) == 2)
            journal_cursor_move(j, c.name, c.at);
    }
    free(text);
}

struct journal *journal_open(const struct journal_settings *s, journal_record_fn names, void *ctx)
{
    struct journal *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    j->segment.fd = j->names.fd = j->finished_fd = j->folder_fd = -1;
    j->ceiling_bytes = s->ceiling_bytes;
    j->segment_bytes = s->segment_bytes ? s->segment_bytes : JOURNAL_SEGMENT_BYTES;
    if (mkdir(s->folder, 0750) != 0 && errno != EEXIST)
        goto fail;
    j->folder_fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (j->folder_fd < 0 || !find_segments(j) || !open_names(j, names, ctx) || !open_last_segment(j))
        goto fail;
    load_cursors(j);
    j->durable = journal_end(j);
    return j;
fail:;
    int error = errno;
    journal_close(j);
    errno = error;
    return NULL;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    close_fd(j->segment.fd);
    close_fd(j->names.fd);
    close_fd(j->finished_fd);
    close_fd(j->folder_fd);
    free(j);
}

/* --- syncing --- */

/* Names first: a durable sample must find its name. */
size_t journal_sync_begin(struct journal *j, int fds[static JOURNAL_SYNC_MAX])
{
    bool behind = j->durable.at < journal_end(j).at;
    int wanted[JOURNAL_SYNC_MAX] = {
        j->names.synced < j->names.at ? j->names.fd : -1,
        j->finished_fd,
        behind ? j->segment.fd : -1,
    };
    size_t n = 0;
    for (int i = 0; i < JOURNAL_SYNC_MAX; i++) {
        int fd = wanted[i] >= 0 ? fcntl(wanted[i], F_DUPFD_CLOEXEC, 3) : -1;
        if (fd >= 0)
            fds[n++] = fd;
    }
    j->syncing_to = journal_end(j);
    j->names_syncing_to = j->names.at;
    return n;
}

static void keep_copy(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct buf *copy = ctx;
    uint32_t len = (uint32_t)r->len;
    (void)position;
    buf_put(copy, &len, sizeof len);
    buf_char(copy, (char)r->type);
    buf_put(copy, r->payload, r->len);
}

static void rewrite_unsynced(struct journal *j)
{
    struct buf copy = {0};
    struct journal_position ignored;
    journal_replay(j, j->durable, keep_copy, &copy);
    if (!copy.failed && start_segment(j, j->last + 1))
        for (size_t at = 0; at < copy.len;) {
            uint32_t len;
            memcpy(&len, copy.data + at, sizeof len);
            at += sizeof len;
            journal_append(j, (uint8_t)copy.data[at], copy.data + at + 1, len, &ignored);
            at += 1 + len;
        }
    buf_fini(&copy);
}

void journal_sync_end(struct journal *j, bool ok)
{
    if (!ok) {
        rewrite_unsynced(j);
        return;
    }
    j->names.synced = j->names_syncing_to;
    j->durable = j->syncing_to;
    if (number_of(j->durable) == j->last) { /* else it was finished meanwhile, half synced */
        close_fd(j->finished_fd);
        j->finished_fd = -1;
    }
}

/* --- cursors --- */

static struct cursor *find_cursor(const struct journal *j, const char *name)
{
    for (size_t i = 0; i < j->cursor_count; i++)
        if (strcmp(j->cursors[i].name, name) == 0)
            return (struct cursor *)(uintptr_t)&j->cursors[i];
    return NULL;
}

struct journal_position journal_cursor(const struct journal *j, const char *name)
{
    const struct cursor *c = find_cursor(j, name);
    struct journal_position start = position_of(j->first, JOURNAL_HEAD_BYTES);
    return c && c->at.at > start.at ? c->at : start;
}

void journal_cursor_move(struct journal *j, const char *name, struct journal_position to)
{
    struct cursor *c = find_cursor(j, name);
    if (!c && j->cursor_count < CURSORS_MAX) {
        c = &j->cursors[j->cursor_count++];
        snprintf(c->name, sizeof c->name, "%s", name);
    }
    if (c)
        c->at = to;
}

char *journal_cursors_text(const struct journal *j)
{
    struct buf text = {0};
    for (size_t i = 0; i < j->cursor_count; i++)
        buf_printf(&text, "%s %" PRIx64 "\n", j->cursors[i].name, j->cursors[i].at.at);
    return buf_detach(&text);
}

static uint64_t lowest_cursor(const struct journal *j)
{
    uint64_t lowest = j->last;
    for (size_t i = 0; i < j->cursor_count; i++)
        if (number_of(j->cursors[i].at) < lowest)
            lowest = number_of(j->cursors[i].at);
    return lowest;
}

size_t journal_trim(struct journal *j)
{
    uint64_t needed = lowest_cursor(j);
    uint64_t allowed = j->ceiling_bytes ? j->ceiling_bytes / j->segment_bytes : UINT64_MAX;
    size_t dropped = 0;
    while (j->first < j->last && (j->first < needed || j->last - j->first + 1 > allowed)) {
        char name[NAME_CHARS + 1];
        segment_name(j->first, name);
        if (unlinkat(j->folder_fd, name, 0) != 0 && errno != ENOENT)
            break;
        dropped += j->first >= needed;
        j->first++;
    }
    j->figures.dropped += dropped;
    return dropped;
}

struct journal_figures journal_figures(const struct journal *j)
{
    struct journal_figures f = j->figures;
    f.segments = j->last - j->first + 1;
    f.bytes = f.segments * j->segment_bytes;
    return f;
}
