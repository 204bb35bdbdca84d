#include "poller/config/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "poller/config/yaml.h"

static const char *wrong_with_file(const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return "is a folder";
    if (!S_ISREG(st->st_mode))
        return "is no plain file";
    return st->st_size > YAML_FILE_MAX_BYTES ? "is larger than 1 MiB" : NULL;
}

/* Never waits: a pipe or a device is opened without blocking and then refused. */
static int open_plain(const char *path, struct place at, struct complaints *c, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        complain(c, at, "cannot read %s: %s", path, strerror(errno));
        return -1;
    }
    const char *wrong = fstat(fd, st) == 0 ? wrong_with_file(st) : strerror(errno);
    if (!wrong)
        return fd;
    complain(c, at, "cannot read %s: it %s", path, wrong);
    close(fd);
    return -1;
}

/* Reads to the end but not past the ceiling: the file may grow while it is read. */
static char *read_bounded(int fd, struct arena *arena, size_t *len)
{
    static char bytes[YAML_FILE_MAX_BYTES + 1];
    *len = 0;
    while (*len < sizeof bytes) {
        ssize_t n = read(fd, bytes + *len, sizeof bytes - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return NULL;
        if (n == 0)
            return arena_text(arena, bytes, *len);
        *len += (size_t)n;
    }
    errno = EFBIG;
    return NULL;
}

static struct place nul_place(const struct source *s, const char *nul)
{
    struct place at = {s, 1, 1};
    for (const char *p = s->text; p < nul; p++) {
        at.column = *p == '\n' ? 1 : at.column + 1;
        at.line += *p == '\n';
    }
    return at;
}

struct source *source_read(const char *path, enum source_holds holds, struct place at, struct arena *arena,
                           struct complaints *c, struct stat *st)
{
    int fd = open_plain(path, at, c, st);
    if (fd < 0)
        return NULL;
    struct source *s = arena_take(arena, sizeof *s);
    size_t len = 0;
    char *text = read_bounded(fd, arena, &len);
    if (!s || !text)
        complain(c, at, "cannot read %s: %s", path, strerror(errno));
    close(fd);
    if (!s || !text)
        return NULL;
    *s = (struct source){arena_text(arena, path, strlen(path)), text, len, holds};
    const char *nul = memchr(text, 0, len);
    if (nul) {
        complain(c, nul_place(s, nul), "a NUL byte: this is no text file, or it was not saved whole");
        return NULL;
    }
    return s;
}
