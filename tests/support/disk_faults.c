#undef _FILE_OFFSET_BITS /* both names of each call are defined here */
#undef _TIME_BITS
#include "tests/support/disk_faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct fault {
    int error;
    unsigned left; /* 0: for ever */
    int64_t delay_ns;
    char part[128];
    unsigned met;
    bool active;
};

static struct fault faults[DISK_CALLS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void say(enum disk_call call, struct fault f, const char *part)
{
    snprintf(f.part, sizeof f.part, "%s", part);
    f.active = true;
    pthread_mutex_lock(&lock);
    faults[call] = f;
    pthread_mutex_unlock(&lock);
}

void disk_fault(enum disk_call call, int error, unsigned times, const char *part)
{
    say(call, (struct fault){.error = error, .left = times}, part);
}

void disk_delay(enum disk_call call, int64_t delay_ns, const char *part)
{
    say(call, (struct fault){.delay_ns = delay_ns}, part);
}

void disk_heal(void)
{
    pthread_mutex_lock(&lock);
    memset(faults, 0, sizeof faults);
    pthread_mutex_unlock(&lock);
}

unsigned disk_met(enum disk_call call)
{
    pthread_mutex_lock(&lock);
    unsigned met = faults[call].met;
    pthread_mutex_unlock(&lock);
    return met;
}

/* What the call on this path is to answer: 0 to go on, or an errno. */
static int verdict(enum disk_call call, const char *path)
{
    struct fault f = {0};
    pthread_mutex_lock(&lock);
    struct fault *said = &faults[call];
    if (said->active && path && strstr(path, said->part)) {
        said->met++;
        f = *said;
        if (said->left && --said->left == 0)
            said->active = false;
    }
    pthread_mutex_unlock(&lock);
    if (f.delay_ns)
        nanosleep(&(struct timespec){f.delay_ns / 1000000000, f.delay_ns % 1000000000}, NULL);
    return f.error;
}

static bool refuses(enum disk_call call, const char *path)
{
    int error = verdict(call, path);
    if (error)
        errno = error;
    return error != 0;
}

static bool refuses_fd(enum disk_call call, int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return refuses(call, path);
}

/* A name relative to a folder says enough with the folder's path before it. */
static bool refuses_at(int folder, const char *name)
{
    char link[64], path[8192];
    if (folder == AT_FDCWD || name[0] == '/')
        return refuses(DISK_OPEN, name);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t n = readlink(link, path, 4096);
    n = n > 0 ? n : 0;
    snprintf(path + n, sizeof path - (size_t)n, "/%s", name);
    return refuses(DISK_OPEN, path);
}

/* Ours are hidden from libraries elsewhere; these must stand before the C library's for them too. */
#pragma GCC visibility push(default)

/* --- syncing --- */

int fsync(int fd)
{
    return refuses_fd(DISK_SYNC, fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return refuses_fd(DISK_SYNC, fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int syncfs(int fd)
{
    return refuses_fd(DISK_SYNCFS, fd) ? -1 : (int)syscall(SYS_syncfs, fd);
}

/* --- writing --- */

ssize_t write(int fd, const void *bytes, size_t len)
{
    return refuses_fd(DISK_WRITE, fd) ? -1 : syscall(SYS_write, fd, bytes, len);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return refuses_fd(DISK_WRITE, fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite64(fd, bytes, len, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    if (refuses_fd(DISK_WRITE, fd))
        return -1;
    return syscall(SYS_pwritev, fd, parts, (long)count, (long)at, (long)(at >> 32));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return pwritev64(fd, parts, count, at);
}

int ftruncate64(int fd, off64_t len)
{
    return refuses_fd(DISK_WRITE, fd) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int posix_fallocate64(int fd, off64_t at, off64_t len)
{
    if (refuses_fd(DISK_WRITE, fd))
        return errno;
    return syscall(SYS_fallocate, fd, 0, at, len) == 0 ? 0 : errno;
}

int posix_fallocate(int fd, off_t at, off_t len)
{
    return posix_fallocate64(fd, at, len);
}

/* --- names --- */

static bool writes(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
}

static int open_at(int folder, const char *name, int flags, mode_t mode)
{
    if (writes(flags) && refuses_at(folder, name))
        return -1;
    return (int)syscall(SYS_openat, folder, name, flags, mode);
}

#define OPEN_WITH(folder)                                                                          \
    va_list args;                                                                                  \
    va_start(args, flags);                                                                         \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;                        \
    va_end(args);                                                                                  \
    return open_at(folder, name, flags, mode)

int open(const char *name, int flags, ...)
{
    OPEN_WITH(AT_FDCWD);
}

int open64(const char *name, int flags, ...)
{
    OPEN_WITH(AT_FDCWD);
}

int openat(int folder, const char *name, int flags, ...)
{
    OPEN_WITH(folder);
}

int openat64(int folder, const char *name, int flags, ...)
{
    OPEN_WITH(folder);
}

int mkostemp64(char *template, int flags)
{
    static unsigned count;
    char *marks = template + strlen(template) - 6;
    int fd;
    do {
        unsigned number = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
        snprintf(marks, 7, "%06u", number % 1000000);
        fd = open(template, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

int mkostemp(char *template, int flags)
{
    return mkostemp64(template, flags);
}

int rename(const char *from, const char *to)
{
    return refuses(DISK_OPEN, to) ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int mkdir(const char *name, mode_t mode)
{
    return refuses(DISK_OPEN, name) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}

int unlink(const char *name)
{
    return refuses(DISK_OPEN, name) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

#pragma GCC visibility pop
