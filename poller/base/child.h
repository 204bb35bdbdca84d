/* Starting one of our own programs as a child: a fixed environment, no signal state and no
 * descriptors but those it is meant to have. */
#ifndef HAYLOFT_BASE_CHILD_H
#define HAYLOFT_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CHILD_CHANNEL_FD 3
#define CHILD_KEPT_FD    4

struct child_setting {
    const char *program; /* path */
    char *const *argv;
    int channel; /* becomes descriptor 3 */
    int kept;    /* becomes descriptor 4 and stays open as long as the child lives; -1: none */
    bool change_user;
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* with that user, beside gid; NULL: none */
    size_t group_count;
    bool raw_network; /* keeps CAP_NET_RAW, if we hold it; every other child loses it */
};

/* The child's pid, or -1 with errno. A program that cannot be executed exits with 127 and says why
 * on stderr. */
pid_t child_start(const struct child_setting *s);

#endif
