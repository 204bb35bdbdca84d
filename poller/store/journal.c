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
#include <time.h>
#include <unistd.h>

#include "poller/base/buf.h"
#include "poller/base/clock.h"
#include "poller/base/log.h"

#define CURSORS_MAX 4
#define CURSOR_NAME_MAX 16
#define NAME_FORMAT "%016" PRIx64 ".seg"
#define NAME_CHARS 20
#define FINISHED_MAX (JOURNAL_SYNC_MAX - 3)
#define NAMES_ROOM_BYTES (64u << 10)
#define KEPT_BUFFER_BYTES (256u << 10) /* a larger one is given back when it is empty */

struct cursor {
    char name[CURSOR_NAME_MAX];
    struct journal_position at;
};

/* A file of records that is being appended to. */
struct log_file {
    int fd;          /* -1: not open for writing */
    uint32_t sum;    /* chain */
    uint64_t at;     /* where the next record goes; 0: there is no such file */
    uint64_t synced; /* names: durable up to here, */
    uint64_t room;   /* and with blocks of their own up to here */
};

struct journal {
    char *path;
    journal_names_fn tell_names;
    void *ctx;
    uint64_t ceiling_bytes;
    size_t segment_bytes;
    int refusal;             /* errno of the last try to write; 0: fine */
    /* what is there */
    int folder_fd;           /* -1: none */
    bool strange;            /* there is something, and it could not be read */
    uint64_t first, last;    /* numbers of the segments there are; last is the one written */
    struct log_file segment, names;
    bool resumes;            /* the last segment goes on behind its last good record */
    bool names_missing;      /* some could not be written: all are told anew before anything else is */
    bool names_beside;       /* they stand in names.new until that is durable */
    bool telling;
    /* syncing */
    int finished[FINISHED_MAX]; /* segments that are full and not synced, oldest first */
    size_t finished_count;
    unsigned folder_changes, folder_synced; /* entries made; up to which they are durable */
    struct buf unsynced;     /* u32 length, u8 type, payload: each record that is not durable */
    bool rewrite;            /* they stand in files nobody may trust any more */
    struct journal_position durable;
    struct {
        bool valid;          /* no file was given up since it began */
        struct journal_position to;
        uint64_t names_to;
        size_t finished_count, unsynced_bytes;
        unsigned folder_changes;
    } sync;
    struct cursor cursors[CURSORS_MAX];
    size_t cursor_count;
    struct journal_figures figures;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
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
    ssize_t n = 1;
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && (bytes = malloc((size_t)st.st_size + 1)))
        while (got < (size_t)st.st_size && n != 0) {
            n = pread(fd, bytes + got, (size_t)st.st_size - got, (off_t)got);
            if (n < 0 && errno != EINTR)
                break;
            got += n > 0 ? (size_t)n : 0;
        }
    int error = errno;
    if (n < 0) { /* half a file says nothing about the other half */
        free(bytes);
        bytes = NULL;
    }
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
            fn(ctx, &r, journal_position_of(number, at));
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
        if (n < journal_position_segment(from))
            continue;
        segment_name(n, name);
        uint8_t *bytes = read_file(j->folder_fd, name, &len);
        if (!bytes && errno == ENOENT) /* given up, and written again elsewhere */
            continue;
        uint64_t offset = n == journal_position_segment(from) ? journal_position_offset(from) : 0;
        if (!bytes || !walk_file(bytes, len, n, offset, fn, ctx, &ignored, &torn))
            whole = false;
        free(bytes);
    }
    return whole;
}

/* --- files being written --- */

/* Makes a file with its head and its room; the descriptor or -1 with errno. Its entry in the folder is
 * durable after the next sync. */
static int make_file(struct journal *j, const char *name, uint64_t number, size_t room, uint32_t salt)
{
    uint8_t head[JOURNAL_HEAD_BYTES];
    journal_head_pack(head, number, salt);
    int fd = openat(j->folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return -1;
    int error = posix_fallocate(fd, 0, (off_t)room);
    if (error == EOPNOTSUPP)
        error = 0;
    errno = 0;
    if (error == 0 && pwrite(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        error = errno ? errno : ENOSPC;
    if (error == 0) {
        j->folder_changes++;
        return fd;
    }
    close(fd);
    unlinkat(j->folder_fd, name, 0);
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

/* The full segment waits for its sync. */
static void finish_segment(struct journal *j)
{
    if (j->segment.fd < 0)
        return;
    if (j->finished_count == FINISHED_MAX) { /* so many within one sync: only in tests, so wait */
        fdatasync(j->finished[0]);
        close(j->finished[0]);
        memmove(j->finished, j->finished + 1, --j->finished_count * sizeof j->finished[0]);
        j->sync.finished_count -= j->sync.finished_count > 0;
    }
    j->finished[j->finished_count++] = j->segment.fd;
    j->segment.fd = -1;
}

/* Goes on in segment number, which is made. */
static bool start_segment(struct journal *j, uint64_t number)
{
    char name[NAME_CHARS + 1];
    uint32_t salt = fresh_salt();
    segment_name(number, name);
    int fd = make_file(j, name, number, j->segment_bytes, salt);
    if (fd < 0)
        return false;
    finish_segment(j);
    j->segment = (struct log_file){fd, salt, JOURNAL_HEAD_BYTES, 0, j->segment_bytes};
    j->last = number;
    return true;
}

struct journal_position journal_end(const struct journal *j)
{
    return j->last ? journal_position_of(j->last, j->segment.at) : (struct journal_position){1};
}

uint64_t journal_first_segment(const struct journal *j)
{
    return j->first;
}

int journal_open_segment(const struct journal *j, uint64_t number)
{
    char name[NAME_CHARS + 1];
    segment_name(number, name);
    return openat(j->folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* --- records that are not durable --- */

static void remember(struct journal *j, uint8_t type, const void *payload, size_t len)
{
    uint32_t len32 = (uint32_t)len;
    buf_put(&j->unsynced, &len32, sizeof len32);
    buf_char(&j->unsynced, (char)type);
    buf_put(&j->unsynced, payload, len);
    if (j->unsynced.failed)
        fatalx("no memory for the journal");
}

static void forget_synced(struct journal *j, size_t bytes)
{
    if (bytes == 0)
        return;
    j->unsynced.len -= bytes;
    memmove(j->unsynced.data, j->unsynced.data + bytes, j->unsynced.len);
    if (j->unsynced.len == 0 && j->unsynced.capacity > KEPT_BUFFER_BYTES)
        buf_fini(&j->unsynced);
}

static bool fits(const struct journal *j, size_t len)
{
    return j->segment.at + JOURNAL_RECORD_HEAD_BYTES + len <= j->segment_bytes;
}

static bool append_to_segments(struct journal *j, uint8_t type, const void *payload, size_t len)
{
    if (!fits(j, len) && !start_segment(j, j->last + 1))
        return false;
    return append(&j->segment, type, payload, len);
}

static bool write_again(struct journal *j)
{
    for (size_t at = 0; at < j->unsynced.len;) {
        uint32_t len;
        memcpy(&len, j->unsynced.data + at, sizeof len);
        at += sizeof len;
        if (!append_to_segments(j, (uint8_t)j->unsynced.data[at], j->unsynced.data + at + 1, len))
            return false;
        at += 1 + len;
    }
    return true;
}

/* After an error nothing is known of what these files hold beyond what was durable; an fsync that works
 * the next time proves nothing either, since the kernel calls pages clean that it could not write. So they
 * are opened by their path again, and what was not durable is written once more, elsewhere. */
static void give_up(struct journal *j, int error)
{
    j->refusal = error;
    j->sync.valid = false;
    j->rewrite = true;
    j->resumes = false;
    j->names_missing |= j->names_beside || j->names.synced < j->names.at;
    close_fd(&j->segment.fd);
    close_fd(&j->names.fd);
    close_fd(&j->folder_fd);
    while (j->finished_count)
        close(j->finished[--j->finished_count]);
    errno = error;
}

/* --- bringing it up --- */

static void stamp(char out[32])
{
    time_t now = (time_t)wall_seconds(clock_wall());
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(out, 32, "bad-%Y%m%dT%H%M%S", &utc);
}

static bool set_folder_aside(struct journal *j)
{
    char aside[4096], when[32];
    stamp(when);
    if (snprintf(aside, sizeof aside, "%s.%s", j->path, when) >= (int)sizeof aside ||
        (rename(j->path, aside) != 0 && errno != ENOENT))
        return false;
    log_warnx("journal", "what stood in %s could not be read: it is set aside as %s", j->path, aside);
    j->strange = false;
    return true;
}

static bool bring_folder(struct journal *j)
{
    if (j->strange) {
        close_fd(&j->folder_fd);
        if (!set_folder_aside(j))
            return false;
    }
    if (j->folder_fd >= 0)
        return true;
    if (mkdir(j->path, 0750) != 0 && errno != EEXIST)
        return false;
    j->folder_fd = open(j->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return j->folder_fd >= 0;
}

static bool make_names(struct journal *j, const char *name)
{
    uint32_t salt = fresh_salt();
    unlinkat(j->folder_fd, name, 0); /* of an earlier try */
    int fd = make_file(j, name, 0, NAMES_ROOM_BYTES, salt);
    if (fd < 0)
        return false;
    close_fd(&j->names.fd);
    j->names = (struct log_file){fd, salt, JOURNAL_HEAD_BYTES, 0, NAMES_ROOM_BYTES};
    j->names_missing = false;
    j->telling = true;
    if (j->tell_names)
        j->tell_names(j->ctx, j);
    j->telling = false;
    return !j->names_missing;
}

static bool bring_names(struct journal *j)
{
    if (j->names.fd >= 0 && !j->names_missing)
        return true;
    if (j->names.at && !j->names_missing) {
        j->names.fd = openat(j->folder_fd, "names", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        return j->names.fd >= 0;
    }
    bool is_there = faccessat(j->folder_fd, "names", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    j->names_missing = true;
    if (!make_names(j, is_there ? "names.new" : "names"))
        return false;
    j->names_beside = is_there;
    return true;
}

/* A segment given up whose records stand elsewhere now is of no use; a disk that fails each sync must not
 * make one more each time. */
static void remove_copied(struct journal *j, uint64_t number)
{
    char name[NAME_CHARS + 1];
    if (number < j->first || j->durable.at > journal_position_of(number, JOURNAL_HEAD_BYTES).at)
        return;
    segment_name(number, name);
    unlinkat(j->folder_fd, name, 0);
}

static bool bring_segment(struct journal *j)
{
    char name[NAME_CHARS + 1];
    uint64_t given_up = j->last;
    if (j->segment.fd >= 0)
        return true;
    if (j->resumes) {
        segment_name(j->last, name);
        j->segment.fd = openat(j->folder_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (j->segment.fd >= 0 || errno != ENOENT)
            return j->segment.fd >= 0;
        j->resumes = false;
    }
    if (!start_segment(j, j->last + 1))
        return false;
    if (j->rewrite && !write_again(j)) {
        give_up(j, errno);
        return false;
    }
    if (j->rewrite)
        remove_copied(j, given_up);
    j->rewrite = false;
    return true;
}

bool journal_bring_up(struct journal *j)
{
    bool up = j->segment.fd >= 0 && j->names.fd >= 0 && !j->names_missing;
    if (!up)
        up = bring_folder(j) && bring_names(j) && bring_segment(j);
    j->refusal = up ? 0 : errno;
    return up;
}

int journal_refusal(const struct journal *j)
{
    return j->refusal;
}

/* --- appending --- */

/* What is written already is as good as before. */
static bool is_about_room(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EMFILE || error == ENFILE;
}

bool journal_append(struct journal *j, uint8_t type, const void *payload, size_t len,
                    struct journal_position *position)
{
    if (len > JOURNAL_PAYLOAD_MAX) {
        errno = EMSGSIZE;
        return false;
    }
    if (j->unsynced.len + len > JOURNAL_UNSYNCED_MAX) {
        errno = EAGAIN;
        return false;
    }
    if (!journal_bring_up(j))
        return false;
    *position = journal_end(j);
    if (append_to_segments(j, type, payload, len)) {
        remember(j, type, payload, len);
        return true;
    }
    int error = errno;
    if (!is_about_room(error))
        give_up(j, error);
    j->refusal = errno = error;
    return false;
}

/* So that a full disk still takes the names of some new objects. */
static void reserve_names(struct log_file *names, size_t len)
{
    if (names->at + len <= names->room)
        return;
    uint64_t more = len > NAMES_ROOM_BYTES ? len : NAMES_ROOM_BYTES;
    if (posix_fallocate(names->fd, (off_t)names->at, (off_t)more) == 0)
        names->room = names->at + more;
}

bool journal_name(struct journal *j, const void *payload, size_t len)
{
    bool may = j->names.fd >= 0 && (j->telling || !j->names_missing);
    if (may) {
        reserve_names(&j->names, JOURNAL_RECORD_HEAD_BYTES + len);
        if (append(&j->names, JOURNAL_NAME, payload, len))
            return true;
        j->refusal = errno;
    }
    j->names_missing = true;
    return false;
}

/* --- opening --- */

static bool find_segments(struct journal *j)
{
    int fd = openat(j->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        close_fd(&fd);
        return false;
    }
    bool any = false;
    for (struct dirent *e; (e = readdir(dir));) {
        uint64_t n;
        int end = 0;
        if (strncmp(e->d_name, "cursors.", 8) == 0)
            unlinkat(j->folder_fd, e->d_name, 0); /* half written when the power went */
        if (sscanf(e->d_name, "%16" SCNx64 ".seg%n", &n, &end) != 1 || end != NAME_CHARS ||
            e->d_name[end])
            continue;
        j->first = !any || n < j->first ? n : j->first;
        j->last = !any || n > j->last ? n : j->last;
        any = true;
    }
    closedir(dir);
    return true;
}

enum found { FOUND_NONE, FOUND_GOOD, FOUND_BAD, FOUND_UNREADABLE };

/* Reads a file, to go on behind its last good record. */
static enum found look_into(struct journal *j, const char *name, uint64_t number, struct log_file *f)
{
    size_t len;
    bool torn;
    uint8_t *bytes = read_file(j->folder_fd, name, &len);
    if (!bytes)
        return errno == ENOENT ? FOUND_NONE : FOUND_UNREADABLE;
    bool good = walk_file(bytes, len, number, 0, NULL, NULL, f, &torn);
    j->figures.damaged += good && torn;
    free(bytes);
    f->synced = 0;
    f->room = len;
    return good ? FOUND_GOOD : FOUND_BAD;
}

/* A file nobody can read gets a name that says so. */
static void set_aside(struct journal *j, const char *name)
{
    char aside[64];
    snprintf(aside, sizeof aside, "%s.bad", name);
    if (renameat(j->folder_fd, name, j->folder_fd, aside) == 0)
        log_warnx("journal", "%s/%s is damaged: set aside as %s", j->path, name, aside);
}

/* After a power cut there may be two: what was to become the file of names, and the one before it. */
static bool choose_names(struct journal *j)
{
    struct log_file beside = {.fd = -1};
    enum found old = look_into(j, "names", 0, &j->names);
    enum found new = look_into(j, "names.new", 0, &beside);
    if (old == FOUND_BAD)
        set_aside(j, "names");
    if (new == FOUND_GOOD && beside.at > j->names.at &&
        renameat(j->folder_fd, "names.new", j->folder_fd, "names") == 0) {
        j->folder_changes++;
        j->names = beside;
        return true;
    }
    if (new != FOUND_NONE)
        unlinkat(j->folder_fd, "names.new", 0);
    return old != FOUND_UNREADABLE;
}

static bool read_names(struct journal *j, journal_record_fn names)
{
    size_t len;
    bool torn;
    struct log_file ignored;
    if (!choose_names(j))
        return false;
    uint8_t *bytes = j->names.at && names ? read_file(j->folder_fd, "names", &len) : NULL;
    if (bytes)
        walk_file(bytes, len, 0, 0, names, j->ctx, &ignored, &torn);
    free(bytes);
    return true;
}

static bool read_last_segment(struct journal *j)
{
    char name[NAME_CHARS + 1];
    if (j->last < j->first)
        return true;
    segment_name(j->last, name);
    enum found f = look_into(j, name, j->last, &j->segment);
    j->resumes = f == FOUND_GOOD;
    if (f == FOUND_BAD) /* made just before the power went */
        set_aside(j, name);
    return f != FOUND_UNREADABLE;
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

/* Reading needs no right to write. */
static void read_what_is_there(struct journal *j, journal_record_fn names)
{
    j->folder_fd = open(j->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (j->folder_fd < 0) {
        j->strange = errno != ENOENT;
        return;
    }
    j->strange = !find_segments(j) || !read_names(j, names) || !read_last_segment(j);
    if (!j->strange)
        load_cursors(j);
}

struct journal *journal_open(const struct journal_settings *s, journal_record_fn names,
                             journal_names_fn tell_names, void *ctx)
{
    struct journal *j = calloc(1, sizeof *j);
    if (!j || !(j->path = strdup(s->folder)))
        fatalx("no memory for the journal");
    j->segment.fd = j->names.fd = j->folder_fd = -1;
    j->first = 1;
    j->tell_names = tell_names;
    j->ctx = ctx;
    j->ceiling_bytes = s->ceiling_bytes;
    j->segment_bytes = s->segment_bytes ? s->segment_bytes : JOURNAL_SEGMENT_BYTES;
    read_what_is_there(j, names);
    /* what a killed process wrote is in the page cache: the first sync makes it durable */
    j->durable = j->last ? journal_position_of(j->last, 0) : (struct journal_position){0};
    journal_bring_up(j);
    return j;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    give_up(j, 0);
    buf_fini(&j->unsynced);
    free(j->path);
    free(j);
}

/* --- syncing --- */

/* Names first: a durable sample must find its name. The folder last, which holds the entries of all. */
size_t journal_sync_begin(struct journal *j, int fds[static JOURNAL_SYNC_MAX])
{
    int wanted[JOURNAL_SYNC_MAX];
    size_t count = 0, n = 0;
    wanted[count++] = j->names.synced < j->names.at ? j->names.fd : -1;
    for (size_t i = 0; i < j->finished_count; i++)
        wanted[count++] = j->finished[i];
    wanted[count++] = j->durable.at < journal_end(j).at ? j->segment.fd : -1;
    wanted[count++] = j->folder_synced != j->folder_changes ? j->folder_fd : -1;
    j->sync.valid = j->segment.fd >= 0;
    for (size_t i = 0; i < count; i++) {
        int fd = wanted[i] >= 0 ? fcntl(wanted[i], F_DUPFD_CLOEXEC, 3) : -1;
        if (fd >= 0)
            fds[n++] = fd;
        else if (wanted[i] >= 0)
            j->sync.valid = false; /* no descriptor to be had: the next one covers it */
    }
    j->sync.to = journal_end(j);
    j->sync.names_to = j->names.at;
    j->sync.finished_count = j->finished_count;
    j->sync.unsynced_bytes = j->unsynced.len;
    j->sync.folder_changes = j->folder_changes;
    return n;
}

/* Once all names are durable beside, they take the place of the file nobody trusts. */
static void put_names_in_place(struct journal *j)
{
    if (!j->names_beside || j->names.synced < j->names.at ||
        renameat(j->folder_fd, "names.new", j->folder_fd, "names") != 0)
        return;
    j->names_beside = false;
    j->folder_changes++;
}

void journal_sync_end(struct journal *j, int error)
{
    bool valid = j->sync.valid;
    j->sync.valid = false;
    if (error) {
        if (valid)
            give_up(j, error);
        journal_bring_up(j);
        return;
    }
    if (!valid || j->rewrite)
        return; /* those files were given up meanwhile */
    j->names.synced = j->sync.names_to;
    j->durable = j->sync.to;
    j->folder_synced = j->sync.folder_changes;
    forget_synced(j, j->sync.unsynced_bytes);
    for (size_t i = 0; i < j->sync.finished_count; i++)
        close(j->finished[i]);
    j->finished_count -= j->sync.finished_count;
    memmove(j->finished, j->finished + j->sync.finished_count,
            j->finished_count * sizeof j->finished[0]);
    put_names_in_place(j);
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
    struct journal_position start = journal_position_of(j->first, JOURNAL_HEAD_BYTES);
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

bool journal_cursor_forget(struct journal *j, const char *name)
{
    struct cursor *c = find_cursor(j, name);
    if (c)
        *c = j->cursors[--j->cursor_count];
    return c != NULL;
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
        if (journal_position_segment(j->cursors[i].at) < lowest)
            lowest = journal_position_segment(j->cursors[i].at);
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
    f.unsynced = j->unsynced.len;
    f.bytes = f.segments * j->segment_bytes;
    return f;
}
