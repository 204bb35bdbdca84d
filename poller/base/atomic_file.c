#include "poller/base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int n = slash ? (int)(slash - path + 1) : 1;
    snprintf(folder, sizeof folder, "%.*s", n, slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

/* link() refuses an existing name where rename() would replace it. */
static bool publish(const char *from, const char *to, bool replace)
{
    if (replace)
        return rename(from, to) == 0;
    return link(from, to) == 0 && unlink(from) == 0;
}

static bool write_beside(const char *path, const void *bytes, size_t len, mode_t mode, bool replace)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fchmod(fd, mode) == 0 && write_all(fd, bytes, len) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && publish(beside, path, replace);
    if (!ok) {
        int error = errno;
        unlink(beside);
        errno = error;
        return false;
    }
    return sync_folder_of(path);
}

bool atomic_file_publish(const char *beside, const char *path)
{
    int fd = open(beside, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    int error = errno;
    close(fd);
    errno = error;
    return ok && rename(beside, path) == 0 && sync_folder_of(path);
}

bool atomic_file_write(const char *path, const void *bytes, size_t len, mode_t mode)
{
    return write_beside(path, bytes, len, mode, true);
}

bool atomic_file_create(const char *path, const void *bytes, size_t len, mode_t mode)
{
    return write_beside(path, bytes, len, mode, false);
}
