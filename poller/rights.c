#include "poller/rights.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "poller/base/log.h"
#include "poller/base/places.h"

static bool can_change_user(void)
{
    capng_get_caps_process();
    return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) == 1 &&
           capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID) == 1;
}

/* Whom the system lets into groups of its own: wire alone has a use for that, to ask wpa_supplicant (group netdev
 * of Debian). */
static void find_groups(const char *name, struct crew_user *u)
{
    gid_t all[CREW_GROUPS_MAX + 1];
    int count = CREW_GROUPS_MAX + 1;
    if (getgrouplist(name, u->gid, all, &count) < 0)
        count = CREW_GROUPS_MAX + 1; /* there are more: these will do */
    for (int i = 0; i < count && u->group_count < CREW_GROUPS_MAX; i++)
        if (all[i] != u->gid)
            u->groups[u->group_count++] = all[i];
}

void rights_find_users(struct crew_user users[static ROLE_COUNT])
{
    /* A build folder stands in somebody's home, where these users cannot go. */
    bool all = places_installed() && can_change_user();
    for (int i = 0; all && i < ROLE_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "_hayloft-%s", role_words[i]);
        struct passwd *u = getpwnam(name);
        all = u != NULL;
        if (u)
            users[i] = (struct crew_user){.set = true, .uid = u->pw_uid, .gid = u->pw_gid};
        if (u && i == ROLE_WIRE)
            find_groups(name, &users[i]);
    }
    for (int i = 0; !all && i < ROLE_COUNT; i++)
        users[i].set = false;
}

/* Setting users and ending processes of other users is for restarts; reading a file its owner keeps
 * to himself is for the configuration child of a reload; raw sockets are for wire, which is handed that
 * right when it is started and opens its own. */
static void drop_capabilities(void)
{
    static const unsigned kept[] = {CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_DAC_READ_SEARCH,
                                    CAP_NET_RAW};
    bool held[sizeof kept / sizeof kept[0]];
    capng_get_caps_process();
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        held[i] = capng_have_capability(CAPNG_EFFECTIVE, kept[i]) == 1;
    bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1;
    capng_clear(CAPNG_SELECT_BOTH);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (held[i])
            capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
                          kept[i], -1);
    if (capng_apply(bounding ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) != 0)
        log_warnx("rights", "capabilities could not be given away");
}

/* A deny list here, allow lists in the roles: filters add up, so this one must let through whatever
 * any role or the start of a program needs. */
static const char *const denied_calls[] = {
    "ptrace",        "process_vm_readv", "process_vm_writev", "mount",       "umount2",
    "pivot_root",    "chroot",           "move_mount",        "open_tree",   "fsopen",
    "init_module",   "finit_module",     "delete_module",     "kexec_load",  "kexec_file_load",
    "reboot",        "swapon",           "swapoff",           "bpf",         "perf_event_open",
    "userfaultfd",   "keyctl",           "add_key",           "request_key", "settimeofday",
    "clock_settime", "sethostname",      "setdomainname",     "setns",       "unshare",
    "acct",          "quotactl",         "personality",
};

static void deny_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return;
    for (size_t i = 0; i < sizeof denied_calls / sizeof denied_calls[0]; i++) {
        int call = seccomp_syscall_resolve_name(denied_calls[i]);
        if (call != __NR_SCMP_ERROR)
            seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
    }
    if (seccomp_load(filter) != 0)
        log_warnx("rights", "the kernel takes no system call filter; going on without");
    seccomp_release(filter);
}

void rights_drop(void)
{
    drop_capabilities();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    deny_calls();
}
