#include "poller/base/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/base/sandbox_internal.h"

#define SOCKET_KIND_MASK 0xf /* the flags beside it are free */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* the sanitizers' own calls are in no list */
#else
#define SANITIZED 0
#endif

static char report[160] = "not fenced";
static bool keeps_raw; /* CAP_NET_RAW is the one capability left */

/* ---- capabilities ---- */

static bool drop_capabilities(enum sandbox_profile profile)
{
    capng_get_caps_process();
    bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1;
    keeps_raw = profile == SANDBOX_WIRE && capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW) == 1;
    capng_clear(CAPNG_SELECT_BOTH);
    if (keeps_raw)
        capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_RAW, -1);
    return capng_apply(bounding ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) == 0;
}

/* ---- system calls ---- */

static bool add_names(scmp_filter_ctx filter, uint32_t action, const char *names)
{
    char name[32];
    for (size_t n; *names; names += n + (names[n] == ' ')) {
        n = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, names);
        int call = seccomp_syscall_resolve_name(name);
        if (call == __NR_SCMP_ERROR)
            continue; /* another architecture's, or newer than the library */
        int r = seccomp_rule_add(filter, action, call, 0);
        if (r != 0 && r != -EDOM)
            return false;
    }
    return true;
}

static bool allow_socket_families(scmp_filter_ctx filter, const int *families)
{
    for (; families && *families; families++) {
        struct scmp_arg_cmp what[] = {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)(*families & ~ONLY_DATAGRAMS)),
                                      SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_KIND_MASK, SOCK_DGRAM)};
        unsigned tests = *families & ONLY_DATAGRAMS ? 2 : 1;
        if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), tests, what) != 0)
            return false;
    }
    return true;
}

/* Threads, but no processes. clone3 hides its flags behind a pointer, so it has to go:
 * refuse_quietly. */
static bool allow_threads(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &thread) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone3), 0) == 0;
}

/* What libraries try and can do without: the C library falls back to clone, fontconfig to no cache
 * that is its own. A filter apart, which the kernel does not log: else each new thread and picture
 * would be a line in the journal that reads like a break-in. The main filter allows these calls. */
static const char fontconfig_tries[] = "chmod fchmod fchmodat";

static bool refuse_quietly(enum sandbox_profile profile)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return false;
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    bool ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
              (profile != SANDBOX_PAINTER ||
               add_names(filter, SCMP_ACT_ERRNO(EPERM), fontconfig_tries)) &&
              seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

/* Anything but typing into somebody's terminal. */
static bool allow_ioctl(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp other = SCMP_A1(SCMP_CMP_NE, TIOCSTI);
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, &other) == 0;
}

static bool fill_filter(scmp_filter_ctx filter, enum sandbox_profile profile, bool runs_programs)
{
    for (size_t i = 0; sandbox_call_groups[i].names; i++)
        if (sandbox_call_groups[i].profiles & 1u << profile ||
            (runs_programs && sandbox_call_groups[i].programs))
            if (!add_names(filter, SCMP_ACT_ALLOW, sandbox_call_groups[i].names))
                return false;
    if (profile == SANDBOX_PAINTER && !add_names(filter, SCMP_ACT_ALLOW, fontconfig_tries))
        return false;
    return allow_ioctl(filter) && (runs_programs || allow_threads(filter)) &&
           allow_socket_families(filter, sandbox_socket_families[profile]);
}

static bool filter_calls(enum sandbox_profile profile, const struct sandbox_paths *paths)
{
    scmp_filter_ctx filter =
        seccomp_init(paths->strict ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return false;
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1); /* best effort: older kernels cannot */
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    bool ok = fill_filter(filter, profile, paths->runs_programs) &&
              (paths->runs_programs || refuse_quietly(profile)) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

/* ---- files ---- */

int sandbox_landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

/* What the running kernel can forbid. The header may be older or newer than the kernel. */
static uint64_t known_rights(int version)
{
    uint64_t rights = LANDLOCK_FILES_1;
    if (version >= 2)
        rights |= LANDLOCK_REFER;
    if (version >= 3)
        rights |= LANDLOCK_TRUNCATE;
    return rights;
}

/* A path that does not exist needs no rule. */
static bool allow_path(int ruleset, const char *path, uint64_t rights, uint64_t known)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & known, .parent_fd = fd};
    long r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (r != 0 && errno == EINVAL) { /* not a folder: the rights that speak of entries do not fit */
        rule.allowed_access &= LANDLOCK_OF_A_FILE;
        r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    close(fd);
    return r == 0;
}

static bool allow_rule(int ruleset, const struct sandbox_path *rule,
                       const struct sandbox_paths *paths, uint64_t known)
{
    char path[4096];
    const char *base = rule->base == BASE_STATE ? paths->state_dir : paths->data_dir;
    if (rule->base == BASE_ROOT)
        return allow_path(ruleset, rule->path, rule->rights, known);
    if (!base)
        return true;
    if (snprintf(path, sizeof path, "%s%s", base, rule->path) >= (int)sizeof path)
        return false;
    return allow_path(ruleset, path, rule->rights, known);
}

static bool fill_ruleset(int ruleset, enum sandbox_profile profile,
                         const struct sandbox_paths *paths, uint64_t known)
{
    for (size_t i = 0; sandbox_path_rules[i].path; i++) {
        const struct sandbox_path *rule = &sandbox_path_rules[i];
        bool applies = rule->profiles & 1u << profile || (rule->programs && paths->runs_programs);
        if (applies && !allow_rule(ruleset, rule, paths, known))
            return false;
    }
    return true;
}

static bool fence_files(enum sandbox_profile profile, const struct sandbox_paths *paths,
                        int version)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = known_rights(version)};
    int ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr.handled_access_fs, 0);
    if (ruleset < 0)
        return false;
    bool ok = fill_ruleset(ruleset, profile, paths, attr.handled_access_fs) &&
              syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return ok;
}

/* ---- all of it ---- */

static bool enter(enum sandbox_profile profile, const struct sandbox_paths *paths, int version)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !drop_capabilities(profile)) {
        log_warnx("sandbox", "rights could not be given away");
        return false;
    }
    if (version > 0 && !fence_files(profile, paths, version)) {
        log_warn("sandbox", "Landlock refused the list of files");
        return false;
    }
    if (!SANITIZED && !filter_calls(profile, paths)) {
        log_warnx("sandbox", "the list of system calls could not be put in place");
        return false;
    }
    return true;
}

bool sandbox_enter(enum sandbox_profile profile, const struct sandbox_paths *paths)
{
    int version = sandbox_landlock_version();
    char files[64] = "not fenced (no Landlock in this kernel)";
    if (version > 0)
        snprintf(files, sizeof files, "by Landlock %d", version);
    if (!enter(profile, paths, version))
        return false;
    snprintf(report, sizeof report, "capabilities %s; system calls %s; files %s", keeps_raw ? "net_raw" : "none",
             SANITIZED ? "not fenced (sanitizer)" : "listed", files);
    return true;
}

const char *sandbox_report(void)
{
    return report;
}
