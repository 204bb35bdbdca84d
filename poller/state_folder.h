/* The folder that holds all that is kept, and the lock that says whose it is. */
#ifndef HAYLOFT_STATE_FOLDER_H
#define HAYLOFT_STATE_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

struct state_owner {
    bool set;
    uid_t uid; /* of store, the one that writes */
    gid_t gid; /* shared by the roles */
};

/* Makes the folder (0750, its parents too), gives it to its owner, and makes control/ in it as the
 * owner, for which CAP_CHOWN, CAP_SETUID and CAP_SETGID do. One that is there will do where the disk
 * takes nothing. False after a logged reason. */
bool state_folder_make(const char *path, const struct state_owner *owner);

/* Takes <path>/lock, or where it cannot be made the folder itself, for as long as the descriptor,
 * or a child's copy of it, is open; waits up to 3 s for the roles of a daemon that was killed. -1
 * after a logged reason, which names a living holder. */
int state_folder_lock(const char *path, const struct state_owner *owner);

#endif
