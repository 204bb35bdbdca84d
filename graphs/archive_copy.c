#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graphs/archive_internal.h"
#include "poller/base/atomic_file.h"

bool archive_beside(const char *path, char out[static PATH_MAX])
{
    return snprintf(out, PATH_MAX, "%s.new", path) < PATH_MAX;
}

void archive_sweep(const char *path)
{
    char beside[PATH_MAX];
    if (archive_beside(path, beside))
        unlink(beside);
}

static bool write_all(int to, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(to, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* By reading and writing: copy_file_range may share the very blocks nobody trusts. */
static bool copy_bytes(int from, int to)
{
    char bytes[16384];
    ssize_t n;
    while ((n = read(from, bytes, sizeof bytes)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || !write_all(to, bytes, (size_t)n))
            return false;
    }
    return true;
}

static bool copy_file(int from, const char *beside)
{
    struct stat st;
    int to = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (to < 0)
        return false;
    bool ok = fstat(from, &st) == 0 && fchmod(to, st.st_mode & 07777) == 0 && copy_bytes(from, to) &&
              fdatasync(to) == 0;
    posix_fadvise(to, 0, 0, POSIX_FADV_DONTNEED); /* no large folios: see archive_make.c */
    return close(to) == 0 && ok;
}

bool archive_rewrite(const char *path)
{
    char beside[PATH_MAX];
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return errno == ENOENT;
    bool ok = archive_beside(path, beside) && copy_file(from, beside) &&
              atomic_file_publish(beside, path);
    int error = errno;
    close(from);
    if (!ok)
        archive_sweep(path);
    errno = error;
    return ok;
}
