#include "poller/command/bundle_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/atomic_file.h"
#include "poller/base/buf.h"

#define FILE_MAX_BYTES (16u << 20)
#define MODE 0600 /* communities and passwords may stand in it */

void bundle_secrets_path(const char *config, char out[static PATH_MAX])
{
    const char *slash = strrchr(config, '/');
    int folder = slash ? (int)(slash - config) + 1 : 0;
    snprintf(out, PATH_MAX, "%.*s" BUNDLE_SECRETS, folder, config);
}

static bool read_whole(const char *path, struct buf *out)
{
    char part[16384];
    ssize_t n = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (out->len <= FILE_MAX_BYTES && (n = read(fd, part, sizeof part)) > 0)
        buf_put(out, part, (size_t)n);
    int error = n < 0 ? errno : EFBIG;
    close(fd);
    errno = error;
    return n == 0 && !out->failed;
}

bool bundle_config_copy(const char *from, const char *to)
{
    struct buf text = {0};
    bool ok = read_whole(from, &text) && atomic_file_write(to, buf_string(&text), text.len, MODE);
    int error = errno;
    buf_fini(&text);
    errno = error;
    return ok;
}

static bool alike(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

enum bundle_config_fate bundle_config_return(const char *kept, const char *present,
                                             char beside[static PATH_MAX])
{
    struct buf old = {0}, now = {0};
    enum bundle_config_fate fate = BUNDLE_CONFIG_FAILED;
    beside[0] = '\0';
    if (!read_whole(kept, &old)) {
        fate = errno == ENOENT ? BUNDLE_CONFIG_ABSENT : BUNDLE_CONFIG_FAILED;
    } else if (read_whole(present, &now) && alike(&old, &now)) {
        fate = BUNDLE_CONFIG_SAME;
    } else {
        int n = snprintf(beside, PATH_MAX, "%s.restored", present);
        if (n > 0 && n < PATH_MAX && atomic_file_write(beside, buf_string(&old), old.len, MODE))
            fate = BUNDLE_CONFIG_BESIDE;
    }
    int error = errno;
    buf_fini(&old);
    buf_fini(&now);
    errno = error;
    return fate;
}
