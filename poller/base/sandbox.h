/* The fence a process puts around itself once its files and libraries are open: no new privileges,
 * no capability (but wire's one), an allow-list of system calls (seccomp), a short list of files (Landlock).
 *
 * A forbidden call answers EPERM and leaves a line in the kernel's audit log. It does not kill: a
 * library that takes a new path after an upgrade shall cost one function, not the watch. Tests use
 * `strict`, which does kill, so that a missing call is noticed there. Landlock is used as far as
 * the running kernel knows it; without it the role goes on and the report says so. */
#ifndef HAYLOFT_BASE_SANDBOX_H
#define HAYLOFT_BASE_SANDBOX_H

#include <stdbool.h>

enum sandbox_profile {
    SANDBOX_ENGINE,  /* network; resolver files; its control socket */
    SANDBOX_STORE,   /* the state folder, read and write; local sockets only */
    SANDBOX_COURIER, /* network; certificates and resolver files; programs when asked for */
    SANDBOX_WEB,     /* network; state folder and pages to read */
    SANDBOX_PAINTER, /* state folder and fonts to read; no sockets */
    SANDBOX_CONFIG,  /* reads files; no sockets, writes nothing */
    SANDBOX_WIRE     /* CAP_NET_RAW if it is held; packet, route and local datagram sockets; writes nothing */
};

struct sandbox_paths {
    const char *state_dir; /* NULL: none */
    const char *data_dir;  /* pages, texts: to read; NULL: none */
    bool runs_programs; /* courier with exec receivers: they inherit the fence, so it stays wide */
    bool strict;        /* tests: a forbidden call kills with SIGSYS */
};

/* Threads made later are inside too; one made before keeps its files (not its calls), so call it
 * first. False, after a logged reason, when a fence that should stand does not. */
bool sandbox_enter(enum sandbox_profile profile, const struct sandbox_paths *paths);

/* What stands around this process: "capabilities none (or net_raw); system calls listed; files by Landlock 3".
 */
const char *sandbox_report(void);

/* The Landlock version of the running kernel; 0: none. */
int sandbox_landlock_version(void);

#endif
