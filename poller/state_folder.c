#include "poller/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "poller/base/clock.h"
#include "poller/base/log.h"

#define FOLDER_MODE         0750
#define ORPHANS_PATIENCE_NS SECONDS(3) /* a killed daemon's roles end within one second */
#define LOCK_RETRY_NS       MILLISECONDS(20)

static bool make_parents(const char *path)
{
    char partial[PATH_MAX];
    if (snprintf(partial, sizeof partial, "%s", path) >= (int)sizeof partial)
        return false;
    for (char *slash = strchr(partial + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(partial, 0755) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

/* What lies in the folder is made and opened as its owner: root may lack the right to write there
 * (as under systemd), and a link that somebody who took over the store left there leads root
 * nowhere. */
static bool become_owner(const struct state_owner *owner)
{
    return !owner->set || (setegid(owner->gid) == 0 && seteuid(owner->uid) == 0);
}

static void become_self(const struct state_owner *owner)
{
    int error = errno;
    if (owner->set && (seteuid(getuid()) != 0 || setegid(getgid()) != 0))
        fatal("cannot get back the user hayloftd was started as");
    errno = error;
}

static bool make_folder(const char *path, mode_t mode, const struct state_owner *owner)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return false;
    return !owner->set || chmod(path, mode) == 0;
}

static bool make_as_owner(const char *path, const struct state_owner *owner)
{
    char control[PATH_MAX];
    mode_t group = owner->set ? S_ISGID : 0; /* what a role makes stays readable for the others */
    bool ok = become_owner(owner) && make_folder(path, FOLDER_MODE | group, owner) &&
              snprintf(control, sizeof control, "%s/control", path) < (int)sizeof control &&
              make_folder(control, owner->set ? 0770 | group : FOLDER_MODE, owner);
    become_self(owner);
    return ok;
}

bool state_folder_make(const char *path, const struct state_owner *owner)
{
    bool ok = make_parents(path) && (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST) &&
              (!owner->set || chown(path, owner->uid, owner->gid) == 0) &&
              make_as_owner(path, owner);
    if (!ok)
        log_warn("state", "cannot make the folder %s", path);
    return ok;
}

static pid_t read_holder(int fd)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    return n > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

/* A killed daemon nobody has reaped yet answers signals, but holds nothing any more. */
static bool is_zombie(pid_t pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *name_end = strrchr(text, ')'); /* the name itself may hold anything */
    return name_end && strncmp(name_end, ") Z", 3) == 0;
}

static bool lives(pid_t pid)
{
    return pid > 0 && (kill(pid, 0) == 0 || errno != ESRCH) && !is_zombie(pid);
}

/* Roles keep a copy of the lock, so it outlives a killed parent until the last of them has ended.
 */
static bool take(int fd)
{
    struct mono give_up = mono_after(clock_mono(), ORPHANS_PATIENCE_NS);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        if (lives(read_holder(fd)) || !mono_before(clock_mono(), give_up)) {
            errno = EWOULDBLOCK;
            return false;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOCK_RETRY_NS}, NULL);
    }
    return true;
}

static bool sign(int fd)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n;
}

int state_folder_lock(const char *path, const struct state_owner *owner)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/lock", path);
    int fd = become_owner(owner) ? open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0640) : -1;
    become_self(owner);
    if (fd < 0) {
        log_warn("state", "cannot open %s", name);
        return -1;
    }
    if (take(fd) && sign(fd))
        return fd;
    if (errno == EWOULDBLOCK)
        log_warnx("state", "another hayloftd (pid %ld) already works in %s", (long)read_holder(fd),
                  path);
    else
        log_warn("state", "cannot lock %s", name);
    close(fd);
    return -1;
}
