#include "poller/store/shortage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define PATH_MAX_BYTES 4096

bool shortage_look(const char *path, struct shortage *out)
{
    struct statvfs v;
    if (statvfs(path, &v) != 0)
        return false;
    out->free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
    out->total_bytes = (uint64_t)v.f_blocks * v.f_frsize;
    out->free_inodes = v.f_favail;
    out->total_inodes = v.f_files;
    return true;
}

/* Of path, or of the nearest folder above it that can be asked. */
static bool look_above(const char *path, struct shortage *out)
{
    char part[PATH_MAX_BYTES];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash; !shortage_look(part, out); *slash = '\0') {
        slash = strrchr(part, '/');
        if (!slash || slash == part)
            return false;
    }
    return true;
}

static bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

void shortage_text(const char *path, int error, uint64_t need_bytes, char *out, size_t size)
{
    struct shortage s;
    int n = snprintf(out, size, "%s: %s", path, strerror(error));
    if (n < 0 || (size_t)n >= size || !is_full(error) || !look_above(path, &s))
        return;
    out += n;
    size -= (size_t)n;
    if (s.total_inodes && s.free_inodes == 0)
        snprintf(out, size, ", not one inode is free there");
    else if (need_bytes == 0)
        snprintf(out, size, ", %" PRIu64 " bytes free", s.free_bytes);
    else if (need_bytes > s.free_bytes)
        snprintf(out, size, ", %" PRIu64 " bytes missing (%" PRIu64 " needed, %" PRIu64 " free)",
                 need_bytes - s.free_bytes, need_bytes, s.free_bytes);
    else
        snprintf(out, size, ", though %" PRIu64 " bytes are free: a quota?", s.free_bytes);
}

const char *shortage_word(int error, const char *otherwise)
{
    return is_full(error) ? "disk-full" : error == EROFS ? "read-only" : otherwise;
}
