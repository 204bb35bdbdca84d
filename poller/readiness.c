#include "poller/readiness.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "poller/base/clock.h"

static bool tell(const char *what)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!name)
        return true;
    size_t len = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || len >= sizeof to.sun_path) {
        errno = EINVAL;
        return false;
    }
    memcpy(to.sun_path, name, len);
    if (name[0] == '@')
        to.sun_path[0] = '\0'; /* a socket without a file */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    bool told = sendto(fd, what, strlen(what), MSG_NOSIGNAL, (struct sockaddr *)&to, size) ==
                (ssize_t)strlen(what);
    int error = errno;
    close(fd);
    errno = error;
    return told;
}

bool readiness_tell(void)
{
    return tell("READY=1");
}
bool readiness_alive(void)
{
    return tell("WATCHDOG=1");
}

static bool read_number(const char *name, long long *out)
{
    const char *text = getenv(name);
    char *end;
    if (!text || !*text)
        return false;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' && *out > 0;
}

int64_t readiness_alive_every_ns(void)
{
    long long patience_us, meant;
    if (!getenv("NOTIFY_SOCKET") || !read_number("WATCHDOG_USEC", &patience_us) ||
        patience_us > INT64_MAX / NS_PER_US)
        return 0;
    if (getenv("WATCHDOG_PID") && (!read_number("WATCHDOG_PID", &meant) || meant != getpid()))
        return 0;
    return patience_us * NS_PER_US / 2;
}
