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

/* What is there already will do, and the rest is made once the disk takes it. */
static bool is_only_the_disk(void)
{
    return errno == EROFS || errno == ENOSPC || errno == EDQUOT;
}

static bool make_control(const char *path, mode_t mode, const struct state_owner *owner)
{
    char control[PATH_MAX];
    if (snprintf(control, sizeof control, "%s/control", path) >= (int)sizeof control)
        return false;
    if (make_folder(control, mode, owner))
        return true;
    if (!is_only_the_disk())
        return false;
    if (access(control, F_OK) != 0)
        log_warnx("state", "cannot make %s: the command line will not reach us", control);
    return true;
}

static bool make_as_owner(const char *path, const struct state_owner *owner)
{
    mode_t group = owner->set ? S_ISGID : 0; /* what a role makes stays readable for the others */
    bool ok = become_owner(owner) &&
              (make_folder(path, FOLDER_MODE | group, owner) || is_only_the_disk()) &&
              make_control(path, owner->set ? 0770 | group : FOLDER_MODE, owner);
    become_self(owner);
    return ok;
}

static bool give(const char *path, const struct state_owner *owner)
{
    return !owner->set || chown(path, owner->uid, owner->gid) == 0 || is_only_the_disk();
}

bool state_folder_make(const char *path, const struct state_owner *owner)
{
    bool ok = make_parents(path) && (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST) &&
              give(path, owner) && make_as_owner(path, owner);
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

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A disk that takes nothing still has the file of an earlier start, or else the folder itself. */
static int open_lock(const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd >= 0 || !is_only_the_disk())
        return fd;
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd >= 0 ? fd : open_folder(path);
}

static void tell_holder(int fd, const char *path)
{
    if (errno != EWOULDBLOCK) {
        log_warn("state", "cannot lock %s", path);
        return;
    }
    pid_t holder = read_holder(fd);
    if (lives(holder)) /* a disk that took no number has that of an earlier one */
        log_warnx("state", "another hayloftd (pid %ld) already works in %s", (long)holder, path);
    else
        log_warnx("state", "another hayloftd already works in %s", path);
}

/* The folder is locked too, for as long as this process lives: a daemon that could not make the
 * file holds nothing else. */
static bool take_both(int fd, int folder)
{
    struct stat st;
    bool is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    if (!take(fd) || (!is_folder && !take(folder)))
        return false;
    if (is_folder)
        close(folder); /* fd is the same one */
    else if (!sign(fd))
        log_warn("state", "our number cannot be written into the lock");
    return true;
}

int state_folder_lock(const char *path, const struct state_owner *owner)
{
    int fd = -1, folder = -1;
    if (become_owner(owner)) {
        fd = open_lock(path);
        folder = fd >= 0 ? open_folder(path) : -1;
    }
    become_self(owner);
    if (fd < 0 || folder < 0)
        log_warn("state", "cannot open %s/lock", path);
    else if (take_both(fd, folder))
        return fd;
    else
        tell_holder(fd, path);
    if (fd >= 0)
        close(fd);
    if (folder >= 0)
        close(folder);
    return -1;
}
