/* The tables of the sandbox: which system calls and which files each profile may use. */
#ifndef HAYLOFT_BASE_SANDBOX_INTERNAL_H
#define HAYLOFT_BASE_SANDBOX_INTERNAL_H

#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>

#include "poller/base/sandbox.h"

/* Rights newer than the oldest header we build with. */
#define LANDLOCK_REFER    (UINT64_C(1) << 13) /* version 2 */
#define LANDLOCK_TRUNCATE (UINT64_C(1) << 14) /* version 3 */
#define LANDLOCK_FILES_1  ((UINT64_C(1) << 13) - 1)
#define LANDLOCK_OF_A_FILE                                                                         \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |   \
     LANDLOCK_TRUNCATE)

struct sandbox_call_group {
    unsigned profiles; /* bit 1 << profile */
    bool programs;     /* also for a courier that runs programs */
    const char *names; /* separated by single spaces */
};

enum sandbox_base { BASE_ROOT, BASE_STATE, BASE_DATA };

struct sandbox_path {
    unsigned profiles;
    bool programs;
    enum sandbox_base base; /* path is below this folder */
    const char *path;
    uint64_t rights; /* LANDLOCK_ACCESS_FS_... */
};

extern const struct sandbox_call_group sandbox_call_groups[]; /* ends with names NULL */
extern const struct sandbox_path sandbox_path_rules[];        /* ends with path NULL */
#define ONLY_DATAGRAMS 0x10000 /* beside a family */
extern const int *const sandbox_socket_families[]; /* by profile; each list ends with 0 */

#endif
