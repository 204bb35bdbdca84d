/* A wall clock that is wrong by as much as a file says, for every program of a mount namespace
 * whose /etc/ld.so.preload names this library: also for one that scrubs its environment, changes
 * its user and fences itself in. The file is mapped before any of that, so the clock can be set
 * while programs run. It holds nanoseconds, two numbers of 8 bytes: how far the wall clock is ahead,
 * and how long the machine slept (CLOCK_BOOTTIME). Without it nothing is changed. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define OFFSET_FILE "/mnt/wrong-clock"
#define NS_PER_S    INT64_C(1000000000)

static _Atomic int64_t *offsets;

enum { AHEAD, SLEPT, OFFSETS };

__attribute__((constructor)) static void map_offsets(void)
{
    int fd = open(OFFSET_FILE, O_RDONLY | O_CLOEXEC);
    void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, OFFSETS * sizeof *offsets, PROT_READ, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    offsets = mapped == MAP_FAILED ? NULL : mapped;
}

static void shift(struct timespec *t, int by)
{
    int64_t ns = (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
    ns += offsets ? atomic_load(&offsets[by]) : 0;
    if (ns < 0)
        ns = 0;
    t->tv_sec = (time_t)(ns / NS_PER_S);
    t->tv_nsec = (long)(ns % NS_PER_S);
}

/* What stands in the way of the C library's own must be seen, in a build that hides everything. */
#pragma GCC visibility push(default)

int clock_gettime(clockid_t clock, struct timespec *t)
{
    long r = syscall(SYS_clock_gettime, clock, t);
    if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        shift(t, AHEAD);
    if (r == 0 && clock == CLOCK_BOOTTIME)
        shift(t, SLEPT);
    return (int)r;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *t = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

#pragma GCC visibility pop

/* The kernel's stamp on what was received is by the wall clock too. */
static void shift_stamp(struct msghdr *head)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
        struct timespec stamp;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        shift(&stamp, AHEAD);
        memcpy(CMSG_DATA(c), &stamp, sizeof stamp);
    }
}

#pragma GCC visibility push(default)

ssize_t recvmsg(int fd, struct msghdr *head, int flags)
{
    ssize_t r = syscall(SYS_recvmsg, fd, head, flags);
    if (r >= 0)
        shift_stamp(head);
    return r;
}

int recvmmsg(int fd, struct mmsghdr *heads, unsigned count, int flags, struct timespec *timeout)
{
    long r = syscall(SYS_recvmmsg, fd, heads, count, flags, timeout);
    for (long i = 0; i < r; i++)
        shift_stamp(&heads[i].msg_hdr);
    return (int)r;
}

#pragma GCC visibility pop
