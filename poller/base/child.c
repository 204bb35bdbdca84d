#include "poller/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 8
#define FIRST_FREE_FD   5 /* after stdin to stderr, the channel and the kept one */

/* Nothing of the starter's environment but where programs are and what time it is for people. */
static char **clean_environment(void)
{
    static char path[4096], zone[256];
    static char *env[ENVIRONMENT_MAX];
    size_t n = 0;
    const char *from = getenv("PATH");
    snprintf(path, sizeof path, "PATH=%s", from ? from : "/usr/sbin:/usr/bin:/sbin:/bin");
    env[n++] = path;
    env[n++] = "LANG=C.UTF-8";
    if ((from = getenv("TZ"))) {
        snprintf(zone, sizeof zone, "TZ=%s", from);
        env[n++] = zone;
    }
    env[n] = NULL;
    return env;
}

static void reset_signals(void)
{
    sigset_t none;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &standard, NULL); /* fails for KILL and STOP, which need none */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Out of the way first: either source may stand on the other's number. */
static bool place_descriptors(const struct child_setting *s)
{
    int channel = fcntl(s->channel, F_DUPFD, FIRST_FREE_FD);
    int kept = s->kept >= 0 ? fcntl(s->kept, F_DUPFD, FIRST_FREE_FD) : -1;
    unsigned first_closed = CHILD_KEPT_FD;
    if (channel < 0 || dup2(channel, CHILD_CHANNEL_FD) < 0)
        return false;
    if (s->kept >= 0) {
        if (kept < 0 || dup2(kept, CHILD_KEPT_FD) < 0)
            return false;
        first_closed = FIRST_FREE_FD;
    }
    return close_range(first_closed, ~0u, 0) == 0;
}

static bool change_user(const struct child_setting *s)
{
    if (!s->change_user)
        return true;
    prctl(PR_SET_KEEPCAPS, s->raw_network ? 1 : 0, 0, 0, 0);
    return setgroups(s->group_count, s->groups) == 0 && setresgid(s->gid, s->gid, s->gid) == 0 &&
           setresuid(s->uid, s->uid, s->uid) == 0;
}

/* The kernel's own calls, so that nobody who starts a child must link a library for it. */
static bool limit_capabilities(const struct child_setting *s)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {{0}};
    const uint32_t raw = UINT32_C(1) << CAP_NET_RAW;
    if (syscall(SYS_capget, &head, held) != 0)
        return false;
    if (!s->raw_network) {
        held[0].permitted &= ~raw;
        held[0].effective &= ~raw;
        held[0].inheritable &= ~raw;
        return syscall(SYS_capset, &head, held) == 0;
    }
    held[0].permitted &= raw; /* perhaps nothing: then it says itself what it cannot do */
    held[0].effective = held[0].inheritable = held[0].permitted;
    held[1] = (struct __user_cap_data_struct){0};
    return syscall(SYS_capset, &head, held) == 0 &&
           (!held[0].permitted || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) == 0);
}

static void say(const char *program, int error)
{
    dprintf(STDERR_FILENO, "hayloftd: cannot start %s: %s\n", program, strerror(error));
}

pid_t child_start(const struct child_setting *s)
{
    char **env = clean_environment();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    reset_signals();
    umask(027);
    if (place_descriptors(s) && change_user(s) && limit_capabilities(s))
        execve(s->program, s->argv, env);
    say(s->program, errno);
    _exit(127);
}
