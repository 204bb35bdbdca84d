#include "graphs/rrd_header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The areas of the file as RRDtool lays them out. Parameter areas are ten 8-byte cells. */
struct head_area {
    char cookie[4], version[5];
    double float_cookie;
    unsigned long source_count, archive_count, step;
    double parameters[10];
};

struct source_area {
    char name[20], type[20];
    double parameters[10];
};

struct archive_area {
    char function[20];
    unsigned long rows, steps;
    double parameters[10];
};

struct last_area {
    long seconds, microseconds;
};

#define PRIMARY_AREA_BYTES (32 + 80)
#define CONSOLIDATED_AREA_BYTES 80
#define STEP_MAX_S 86400
#define STEPS_MAX (366 * 86400)
#define ROWS_MAX (UINT64_C(1) << 24)
static const double byte_order_cookie = 8.642135E130; /* reads so only in the order it was written in */

uint64_t rrd_header_bytes(uint64_t source_count, uint64_t archive_count)
{
    return sizeof(struct head_area) + source_count * sizeof(struct source_area) +
           archive_count * sizeof(struct archive_area) + sizeof(struct last_area) +
           source_count * PRIMARY_AREA_BYTES +
           source_count * archive_count * CONSOLIDATED_AREA_BYTES +
           archive_count * sizeof(unsigned long);
}

uint64_t rrd_header_live_at(uint64_t source_count, uint64_t archive_count)
{
    return sizeof(struct head_area) + source_count * sizeof(struct source_area) +
           archive_count * sizeof(struct archive_area);
}

static bool wrong(char why[static RRD_HEADER_WHY_MAX], const char *text)
{
    snprintf(why, RRD_HEADER_WHY_MAX, "%s", text);
    return false;
}

static bool parse_counts(const struct head_area *h, struct rrd_header *out, char *why)
{
    if (memcmp(h->cookie, "RRD", 4) != 0)
        return wrong(why, "it is not an RRD file");
    if (memcmp(h->version, "0003", 5) != 0 && memcmp(h->version, "0004", 5) != 0 &&
        memcmp(h->version, "0005", 5) != 0)
        return wrong(why, "its version is unknown");
    if (memcmp(&h->float_cookie, &byte_order_cookie, sizeof byte_order_cookie) != 0)
        return wrong(why, "it was written on a machine of another byte order or word size");
    if (h->source_count < 1 || h->source_count > RRD_HEADER_SOURCES_MAX)
        return wrong(why, "its number of data sources is impossible");
    if (h->archive_count < 1 || h->archive_count > RRD_HEADER_ARCHIVES_MAX)
        return wrong(why, "its number of archives is impossible");
    if (h->step < 1 || h->step > STEP_MAX_S)
        return wrong(why, "its step is impossible");
    out->source_count = h->source_count;
    out->archive_count = h->archive_count;
    out->step_s = (int64_t)h->step;
    return true;
}

static bool is_name(const char text[20])
{
    size_t n = strnlen(text, 20);
    if (n == 0 || n == 20)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7f)
            return false;
    return true;
}

static bool is_one_of(const char text[20], const char *const *known)
{
    for (; *known; known++)
        if (strncmp(text, *known, 20) == 0)
            return true;
    return false;
}

static bool parse_sources(const uint8_t *at, struct rrd_header *out, char *why)
{
    static const char *const types[] = {"GAUGE", "COUNTER", "DERIVE", "ABSOLUTE", "DCOUNTER", "DDERIVE",
                                        NULL};
    for (size_t i = 0; i < out->source_count; i++) {
        struct source_area s;
        memcpy(&s, at + i * sizeof s, sizeof s);
        if (!is_name(s.name))
            return wrong(why, "the name of a data source is damaged");
        if (!is_one_of(s.type, types))
            return wrong(why, "the type of a data source is damaged or foreign");
        memcpy(out->sources[i], s.name, sizeof s.name);
    }
    return true;
}

/* Also adds up the rows of all archives. */
static bool parse_archives(const uint8_t *at, struct rrd_header *out, uint64_t *rows, char *why)
{
    static const char *const functions[] = {"AVERAGE", "MAX", "MIN", "LAST", NULL};
    *rows = 0;
    for (size_t i = 0; i < out->archive_count; i++) {
        struct archive_area a;
        memcpy(&a, at + i * sizeof a, sizeof a);
        if (!is_one_of(a.function, functions))
            return wrong(why, "the function of an archive is damaged or foreign");
        if (a.rows < 1 || a.rows > ROWS_MAX || a.steps < 1 || a.steps > STEPS_MAX)
            return wrong(why, "the size of an archive is impossible");
        memcpy(out->archives[i].function, a.function, sizeof a.function);
        out->archives[i].rows = a.rows;
        out->archives[i].steps = a.steps;
        *rows += a.rows;
    }
    return true;
}

static bool parse_last(const uint8_t *at, int64_t latest_s, struct rrd_header *out, char *why)
{
    struct last_area last;
    memcpy(&last, at, sizeof last);
    if (last.seconds < 0 || last.microseconds < 0 || last.microseconds >= 1000000)
        return wrong(why, "its time of last update is impossible");
    if (last.seconds > latest_s)
        return wrong(why, "its last update lies in the future");
    out->last_s = last.seconds;
    out->last_us = last.microseconds;
    return true;
}

static bool check_pointers(const uint8_t *at, const struct rrd_header *h, char *why)
{
    for (size_t i = 0; i < h->archive_count; i++) {
        unsigned long row;
        memcpy(&row, at + i * sizeof row, sizeof row);
        if (row >= h->archives[i].rows)
            return wrong(why, "a row pointer leads outside its archive");
    }
    return true;
}

/* A count of steps gone by inside a row, kept as a number in the primary area, must be a real one. */
static bool check_preparation(const uint8_t *at, const struct rrd_header *h, char *why)
{
    for (size_t i = 0; i < h->source_count; i++) {
        const uint8_t *area = at + i * PRIMARY_AREA_BYTES;
        unsigned long unknown_s;
        memcpy(&unknown_s, area + 32, sizeof unknown_s);
        if (memchr(area, '\0', 30) == NULL || unknown_s > (unsigned long)h->step_s)
            return wrong(why, "the preparation area of a data source is damaged");
    }
    return true;
}

static bool check_size(const struct rrd_header *h, uint64_t rows, uint64_t file_bytes, char *why)
{
    uint64_t expected = rrd_header_bytes(h->source_count, h->archive_count) +
                        rows * h->source_count * sizeof(double);
    if (file_bytes == expected)
        return true;
    snprintf(why, RRD_HEADER_WHY_MAX, "it has %llu bytes where its head asks for %llu",
             (unsigned long long)file_bytes, (unsigned long long)expected);
    return false;
}

bool rrd_header_parse(const void *head, size_t len, uint64_t file_bytes, int64_t latest_s,
                      struct rrd_header *out, char why[static RRD_HEADER_WHY_MAX])
{
    struct head_area h;
    const uint8_t *at = head;
    uint64_t rows;
    *out = (struct rrd_header){0};
    if (len < sizeof h)
        return wrong(why, "it is too short for an RRD file");
    memcpy(&h, at, sizeof h);
    if (!parse_counts(&h, out, why))
        return false;
    if (len < rrd_header_bytes(out->source_count, out->archive_count))
        return wrong(why, "it ends inside its head");
    at += sizeof h;
    if (!parse_sources(at, out, why))
        return false;
    at += out->source_count * sizeof(struct source_area);
    if (!parse_archives(at, out, &rows, why))
        return false;
    at += out->archive_count * sizeof(struct archive_area);
    if (!parse_last(at, latest_s, out, why))
        return false;
    at += sizeof(struct last_area);
    if (!check_preparation(at, out, why))
        return false;
    at += out->source_count * PRIMARY_AREA_BYTES +
          out->source_count * out->archive_count * CONSOLIDATED_AREA_BYTES;
    return check_pointers(at, out, why) && check_size(out, rows, file_bytes, why);
}

static ssize_t read_whole(int fd, uint8_t *into, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = pread(fd, into + got, size - got, (off_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* Reads as much as the head claims to be; most heads fit the first try. */
static uint8_t *read_head(int fd, size_t *len)
{
    size_t want = 16384;
    uint8_t *head = malloc(want);
    ssize_t got = head ? read_whole(fd, head, want) : -1;
    if (got == (ssize_t)want) {
        struct head_area h;
        memcpy(&h, head, sizeof h);
        if (h.source_count <= RRD_HEADER_SOURCES_MAX && h.archive_count <= RRD_HEADER_ARCHIVES_MAX)
            want = rrd_header_bytes(h.source_count, h.archive_count);
        if (want > (size_t)got) {
            free(head);
            head = malloc(want);
            got = head ? read_whole(fd, head, want) : -1;
        }
    }
    if (got < 0) {
        free(head);
        return NULL;
    }
    *len = (size_t)got;
    return head;
}

enum rrd_header_state rrd_header_read(const char *path, int64_t latest_s, struct rrd_header *out,
                                      char why[static RRD_HEADER_WHY_MAX])
{
    enum rrd_header_state state = RRD_HEADER_UNREADABLE;
    uint8_t *head = NULL;
    size_t len = 0;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        int error = errno;
        snprintf(why, RRD_HEADER_WHY_MAX, "cannot be opened: %s", strerror(error));
        errno = error;
        return error == ENOENT ? RRD_HEADER_ABSENT
                               : error == ELOOP ? RRD_HEADER_BAD : RRD_HEADER_UNREADABLE;
    }
    posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* no reading ahead: it makes large folios, see archive_make.c */
    if (fstat(fd, &st) != 0)
        goto unreadable;
    if (!S_ISREG(st.st_mode)) {
        wrong(why, "it is not a plain file");
        state = RRD_HEADER_BAD;
        goto done;
    }
    head = read_head(fd, &len);
    if (!head)
        goto unreadable;
    state = rrd_header_parse(head, len, (uint64_t)st.st_size, latest_s, out, why) ? RRD_HEADER_GOOD
                                                                                  : RRD_HEADER_BAD;
    goto done;
unreadable:
    snprintf(why, RRD_HEADER_WHY_MAX, "cannot be read: %s", strerror(errno));
done:
    free(head);
    int error = errno;
    close(fd);
    errno = error;
    return state;
}
