/* A look at an RRD file before librrd opens it. librrd trusts what it maps: a wrong pointer or a count
 * from a damaged head makes it write into the wrong slot or crash. This reads the head as plain bytes
 * and says whether everything in it fits the file's size and the time.
 *
 * The format is RRDtool's, versions 0003 to 0005, in this machine's byte order and word size:
 * head, data sources, archives, time of the last update, primary and consolidated preparation areas, row
 * pointers, then the rows. */
#ifndef HAYLOFT_GRAPHS_RRD_HEADER_H
#define HAYLOFT_GRAPHS_RRD_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RRD_HEADER_SOURCES_MAX 64
#define RRD_HEADER_ARCHIVES_MAX 64
#define RRD_HEADER_BYTES_MAX (512u << 10) /* of the largest head within these bounds */
#define RRD_HEADER_WHY_MAX 160

struct rrd_header {
    size_t source_count, archive_count;
    int64_t step_s;
    int64_t last_s, last_us; /* time of the newest value */
    char sources[RRD_HEADER_SOURCES_MAX][20];
    struct {
        char function[20];
        uint64_t steps, rows;
    } archives[RRD_HEADER_ARCHIVES_MAX];
};

enum rrd_header_state {
    RRD_HEADER_GOOD,
    RRD_HEADER_ABSENT,    /* no such file */
    RRD_HEADER_UNREADABLE,/* the system refused; errno tells, the file may be fine */
    RRD_HEADER_BAD        /* not a file we may hand to librrd; why says what differs */
};

/* Size of a head with so many data sources and archives. */
uint64_t rrd_header_bytes(uint64_t source_count, uint64_t archive_count);

/* Where in it the part begins that changes with each value. */
uint64_t rrd_header_live_at(uint64_t source_count, uint64_t archive_count);

/* Pure: head holds the file's first len bytes. True when good; else why says what is wrong. A last update
 * later than latest_s (the clock was ahead once) is wrong too: such a file takes no value for years. */
bool rrd_header_parse(const void *head, size_t len, uint64_t file_bytes, int64_t latest_s,
                      struct rrd_header *out, char why[static RRD_HEADER_WHY_MAX]);

/* Opens path without following a link, checks that it is a plain file, and parses it. */
enum rrd_header_state rrd_header_read(const char *path, int64_t latest_s, struct rrd_header *out,
                                      char why[static RRD_HEADER_WHY_MAX]);

#endif
