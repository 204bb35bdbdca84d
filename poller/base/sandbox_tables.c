/* One place to read what each role can do at most. Names, not numbers, so that one table serves
 * every architecture; a name an architecture does not have is passed over. */
#include <stddef.h>
#include <sys/socket.h>

#include "poller/base/sandbox_internal.h"

#define ENGINE  (1u << SANDBOX_ENGINE)
#define STORE   (1u << SANDBOX_STORE)
#define COURIER (1u << SANDBOX_COURIER)
#define WEB     (1u << SANDBOX_WEB)
#define PAINTER (1u << SANDBOX_PAINTER)
#define CONFIG  (1u << SANDBOX_CONFIG)
#define WIRE    (1u << SANDBOX_WIRE)
#define ROLES   (ENGINE | STORE | COURIER | WEB | PAINTER | WIRE)
#define ALL     (ROLES | CONFIG)

/* ---- system calls ---- */

static const char living[] =
    "alarm arch_prctl brk cacheflush clock_getres clock_gettime clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 exit exit_group futex futex_time64 "
    "get_robust_list getcpu getegid geteuid getgid getitimer getpid getppid getrandom "
    "getrlimit getrusage gettid gettimeofday getuid madvise membarrier mincore mmap mmap2 "
    "mprotect mremap munmap nanosleep prctl prlimit64 restart_syscall riscv_flush_icache rseq "
    "rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigtimedwait "
    "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam "
    "sched_getscheduler sched_yield set_robust_list set_tid_address setitimer sigaltstack "
    "sigreturn sysinfo tgkill time times uname";

static const char descriptors[] =
    "_llseek close close_range dup dup2 dup3 fcntl fcntl64 fstat fstat64 lseek pipe pipe2 "
    "poll ppoll ppoll_time64 pread64 preadv pselect6 pselect6_time64 read readv select write "
    "writev";

static const char loop[] =
    "epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd "
    "eventfd2 inotify_init1 memfd_create signalfd4 timerfd_create timerfd_gettime "
    "timerfd_settime";

static const char messages[] =
    "getpeername getsockname getsockopt recv recvfrom recvmmsg recvmmsg_time64 recvmsg send "
    "sendmmsg sendmsg sendto setsockopt shutdown socketpair";

static const char reading_files[] =
    "access faccessat faccessat2 fadvise64 fadvise64_64 flock fstatat64 fstatfs fstatfs64 "
    "getcwd getdents getdents64 lstat lstat64 newfstatat open openat openat2 readahead "
    "readlink readlinkat stat stat64 statfs statfs64 statx umask";

static const char serving[] = "accept accept4 bind listen";
static const char calling[] = "bind connect";

/* The control sockets: an old one is removed, the new one gets its mode. */
static const char own_socket_file[] = "chmod fchmod fchmodat unlink unlinkat";

static const char writing_files[] =
    "chmod chown copy_file_range fallocate fchmod fchmodat fchown fchown32 fchownat fdatasync "
    "fsync ftruncate ftruncate64 link linkat mkdir mkdirat mlock msync munlock pwrite64 "
    "pwritev pwritev2 rename renameat renameat2 rmdir sendfile sync_file_range syncfs truncate "
    "unlink unlinkat utime utimensat utimes";

static const char sending_files[] = "sendfile sendfile64 splice";

static const char running_programs[] =
    "chdir chmod clone clone3 copy_file_range execve execveat fchdir fchmod fchmodat "
    "fdatasync fork fsync ftruncate getgroups getpgid getpgrp getpriority getresgid getresuid "
    "getsid getxattr kill lgetxattr mkdir mkdirat pidfd_open pidfd_send_signal pwrite64 "
    "rename renameat renameat2 rmdir rt_sigsuspend sched_setaffinity sendfile setpgid "
    "setpriority setrlimit setsid symlink symlinkat tkill truncate unlink unlinkat utimensat "
    "vfork wait4 waitid waitpid";

const struct sandbox_call_group sandbox_call_groups[] = {
    {.profiles = ALL, .names = living},
    {.profiles = ALL, .names = descriptors},
    {.profiles = ALL, .names = loop},
    {.profiles = ALL, .names = messages},
    {.profiles = ALL, .names = reading_files},
    {.profiles = ENGINE | STORE | WEB, .names = serving},
    {.profiles = ENGINE | COURIER | WEB | WIRE, .names = calling},
    {.profiles = ENGINE, .names = own_socket_file},
    {.profiles = STORE, .names = writing_files},
    {.profiles = WEB, .names = sending_files},
    {.programs = true, .names = running_programs},
    {.names = NULL},
};

static const int local_only[] = {AF_UNIX, 0};
static const int network[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, 0};
/* wpa_supplicant listens for datagrams; most other services of a machine do not */
static const int raw_frames[] = {AF_PACKET, AF_NETLINK, AF_UNIX | ONLY_DATAGRAMS, 0};
static const int none[] = {0};

const int *const sandbox_socket_families[] = {
    [SANDBOX_ENGINE] = network, [SANDBOX_STORE] = local_only, [SANDBOX_COURIER] = network,
    [SANDBOX_WEB] = network,    [SANDBOX_PAINTER] = none,     [SANDBOX_CONFIG] = none,
    [SANDBOX_WIRE] = raw_frames,
};

/* ---- files ---- */

#define READ    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RUN     (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define SOCKETS (READ | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define WRITE                                                                                      \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                        \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |  \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_REFER | LANDLOCK_TRUNCATE)
#define OPEN_WRITE (READ | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define NETWORKED  (ENGINE | COURIER | WEB)

const struct sandbox_path sandbox_path_rules[] = {
    /* time, and libraries that are loaded late (name service, character sets, pango modules) */
    {.profiles = ALL, .path = "/etc/localtime", .rights = READ},
    {.profiles = ALL, .path = "/usr/share/zoneinfo", .rights = READ},
    {.profiles = ALL, .path = "/usr/lib", .rights = RUN},
    {.profiles = ALL, .path = "/lib", .rights = RUN},
    {.profiles = ALL, .path = "/lib64", .rights = RUN},
    {.profiles = ALL, .path = "/etc/ld.so.cache", .rights = READ},
    {.profiles = ALL, .path = "/dev/null", .rights = OPEN_WRITE},
    {.profiles = ALL, .path = "/dev/urandom", .rights = READ},
    {.profiles = ROLES, .path = "/proc/self", .rights = READ},
    {.profiles = ROLES, .path = "/proc/meminfo", .rights = READ},
    {.profiles = ROLES, .path = "/sys/devices/system/cpu", .rights = READ},
    /* names */
    {.profiles = NETWORKED, .path = "/etc/resolv.conf", .rights = READ},
    {.profiles = NETWORKED, .path = "/run/systemd/resolve", .rights = READ},
    {.profiles = NETWORKED, .path = "/run/resolvconf", .rights = READ},
    {.profiles = NETWORKED, .path = "/etc/hosts", .rights = READ},
    {.profiles = NETWORKED, .path = "/etc/host.conf", .rights = READ},
    {.profiles = NETWORKED, .path = "/etc/nsswitch.conf", .rights = READ},
    {.profiles = NETWORKED, .path = "/etc/gai.conf", .rights = READ},
    {.profiles = NETWORKED, .path = "/etc/services", .rights = READ},
    {.profiles = NETWORKED, .path = "/etc/protocols", .rights = READ},
    /* our own cards and neighbours */
    {.profiles = ENGINE, .path = "/proc/net", .rights = READ},
    {.profiles = ENGINE, .path = "/proc/sys/net", .rights = READ},
    {.profiles = ENGINE | WIRE, .path = "/sys/class/net", .rights = READ},
    {.profiles = ENGINE | WIRE, .path = "/sys/devices", .rights = READ},
    {.profiles = ENGINE, .base = BASE_STATE, .path = "/control", .rights = SOCKETS},
    /* certificates */
    {.profiles = COURIER, .path = "/etc/ssl", .rights = READ},
    {.profiles = COURIER, .path = "/usr/share/ca-certificates", .rights = READ},
    {.profiles = COURIER, .path = "/usr/local/share/ca-certificates", .rights = READ},
    /* what is kept */
    {.profiles = STORE, .base = BASE_STATE, .path = "", .rights = WRITE},
    {.profiles = WEB | PAINTER, .base = BASE_STATE, .path = "", .rights = READ},
    {.profiles = WEB | PAINTER | COURIER, .base = BASE_DATA, .path = "", .rights = READ},
    /* drawing */
    {.profiles = PAINTER, .path = "/etc/fonts", .rights = READ},
    {.profiles = PAINTER, .path = "/usr/share", .rights = READ},
    {.profiles = PAINTER, .path = "/usr/local/share/fonts", .rights = READ},
    {.profiles = PAINTER, .path = "/var/cache/fontconfig", .rights = READ},
    /* the configuration may include files from anywhere */
    {.profiles = CONFIG, .path = "/", .rights = READ},
    /* exec receivers: anything installed, temporary files, a modem on a serial line */
    {.programs = true, .path = "/", .rights = RUN},
    {.programs = true, .path = "/tmp", .rights = WRITE},
    {.programs = true, .path = "/dev", .rights = OPEN_WRITE | LANDLOCK_TRUNCATE},
    {.path = NULL},
};
