/* hayloftd: the story of a start, told in order. */
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/parent.h"
#include "poller/readiness.h"

#define CONFIG_STANDARD  "/etc/hayloft/hayloft.yaml"
#define FIRST_FOREIGN_FD 3
#define LOG_MAX_BYTES    (1 << 20) /* a larger one is begun anew at the next start */

struct options {
    const char *config;
    bool foreground;
};

static void usage(FILE *to)
{
    fputs("usage: hayloftd [--config FILE] [-d] [--version] [--help]\n"
          "  --config FILE  the configuration (default " CONFIG_STANDARD ")\n"
          "  -d             stay in the foreground, log to the terminal\n",
          to);
}

static struct options parse_options(int argc, char **argv)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"foreground", no_argument, NULL, 'd'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options o = {.config = CONFIG_STANDARD};
    for (int c; (c = getopt_long(argc, argv, "dh", known, NULL)) != -1;) {
        if (c == 'c') {
            o.config = optarg;
        } else if (c == 'd') {
            o.foreground = true;
        } else if (c == 'v') {
            puts("hayloftd " HAYLOFT_VERSION);
            exit(0);
        } else {
            usage(c == 'h' ? stdout : stderr);
            exit(c == 'h' ? 0 : 1);
        }
    }
    if (optind < argc) {
        usage(stderr);
        exit(1);
    }
    return o;
}

/* A closed 0, 1 or 2 would be given to the next socket, and a stray print would go into it. */
static void settle_descriptors(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd < FIRST_FOREIGN_FD);
    close_range(FIRST_FOREIGN_FD, ~0u, 0);
}

/* Not resolved: a link may be turned to another file before a reload. */
static void absolute_path(const char *path, char out[static PATH_MAX])
{
    char here[PATH_MAX];
    const char *folder = path[0] == '/' ? "" : getcwd(here, sizeof here);
    if (!folder || snprintf(out, PATH_MAX, "%s%s%s", folder, *folder ? "/" : "", path) >= PATH_MAX)
        fatalx("the path of the configuration is too long");
}

/* Without -d. The shell's copy of us waits at the lifeline: a byte means all is well, its end that
 * the start failed after saying why. Until then errors still reach the terminal. */
struct background {
    int lifeline; /* -1: in the foreground, or already on our own */
    int terminal; /* stderr as the shell gave it */
};

static struct background leave_shell(void)
{
    int lifeline[2];
    char byte;
    if (pipe2(lifeline, O_CLOEXEC) != 0)
        fatal("cannot start");
    pid_t pid = fork();
    if (pid < 0)
        fatal("cannot start");
    if (pid > 0) {
        close(lifeline[1]);
        _exit(read(lifeline[0], &byte, 1) == 1 ? 0 : 1);
    }
    close(lifeline[0]);
    setsid();
    if (chdir("/") != 0)
        fatal("cannot enter /");
    return (struct background){lifeline[1],
                               fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, FIRST_FOREIGN_FD)};
}

static void redirect(int from, int to)
{
    if (from < 0)
        return;
    dup2(from, to);
    close(from);
}

/* The roles about to start inherit descriptors 0 to 2: they must not hold the terminal. */
static void on_state_folder(void *ctx, const char *state_dir)
{
    struct background *b = ctx;
    char name[PATH_MAX];
    struct stat s;
    if (b->lifeline < 0)
        return;
    snprintf(name, sizeof name, "%s/log", state_dir);
    bool large = stat(name, &s) == 0 && s.st_size > LOG_MAX_BYTES;
    redirect(open("/dev/null", O_RDWR), STDIN_FILENO);
    redirect(open("/dev/null", O_RDWR), STDOUT_FILENO);
    redirect(open(name, O_WRONLY | O_CREAT | O_APPEND | (large ? O_TRUNC : 0), 0640),
             STDERR_FILENO);
}

static void on_failed(void *ctx, const char *why)
{
    struct background *b = ctx;
    if (b->terminal >= 0)
        dprintf(b->terminal, "hayloftd: %s\n", why);
}

static void on_ready(void *ctx)
{
    struct background *b = ctx;
    if (!readiness_tell())
        log_warn("parent", "cannot tell the service manager that all is ready");
    if (b->lifeline < 0)
        return;
    ssize_t written = write(b->lifeline, "", 1);
    (void)written;
    close(b->lifeline);
    close(b->terminal);
    b->lifeline = b->terminal = -1;
}

static void on_alive(void *ctx)
{
    (void)ctx;
    if (!readiness_alive()) /* it ends us when it has not heard us often enough */
        log_warn("parent", "cannot tell the service manager that we are alive");
}

int main(int argc, char **argv)
{
    static char config[PATH_MAX];
    settle_descriptors();
    struct options o = parse_options(argc, argv);
    umask(027);
    log_init("parent", LOG_LEVEL_INFO);
    absolute_path(o.config, config);
    struct background background = {-1, -1};
    if (!o.foreground)
        background = leave_shell();
    struct parent_setting setting = {.config_path = config,
                                     .state_folder = on_state_folder,
                                     .ready = on_ready,
                                     .failed = on_failed,
                                     .ctx = &background,
                                     .alive_every_ns = readiness_alive_every_ns()};
    if (setting.alive_every_ns > 0)
        setting.alive = on_alive;
    return parent_run(&setting);
}
