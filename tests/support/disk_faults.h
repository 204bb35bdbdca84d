/* A disk that fails on command. Linked into a test program, it stands before the C library's calls
 * that write, make and sync files, for our code and for the libraries we use alike. */
#ifndef HAYLOFT_TESTS_SUPPORT_DISK_FAULTS_H
#define HAYLOFT_TESTS_SUPPORT_DISK_FAULTS_H

#include <stdint.h>

enum disk_call {
    DISK_SYNC, /* fsync, fdatasync */
    DISK_SYNCFS,
    DISK_WRITE, /* write, pwrite, pwritev, ftruncate, posix_fallocate */
    DISK_OPEN,  /* opening for writing, making, renaming, removing, making folders */
    DISK_CALLS
};

#define DISK_FOR_EVER 0

/* The next `times` such calls on a file whose path holds `part` answer the error. Replaces what was
 * said of that kind of call before. */
void disk_fault(enum disk_call call, int error, unsigned times, const char *part);
/* They take so much longer, and work. */
void disk_delay(enum disk_call call, int64_t delay_ns, const char *part);
void disk_heal(void);
/* How many were met since the fault or delay was said. */
unsigned disk_met(enum disk_call call);

#endif
