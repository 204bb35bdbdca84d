/* The user's own profiles in a backup: the files of the folder beside the configuration, copied in, and on the
 * way back laid beside the present ones where they differ, as the configuration itself is. */
#ifndef HAYLOFT_COMMAND_BUNDLE_PROFILES_H
#define HAYLOFT_COMMAND_BUNDLE_PROFILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUNDLE_PROFILES "profiles"

/* Where the profiles of a configuration lie. */
void bundle_profiles_path(const char *config, char out[static PATH_MAX]);
/* What of a folder goes into a backup: its *.yaml, no hidden ones. No such folder: none. */
void bundle_profiles_measure(const char *folder, int64_t *files, int64_t *bytes);
/* Copies that only the owner reads, into a new folder. No profile: no folder. False with errno, and which[] tells
 * of which file. */
bool bundle_profiles_copy(const char *from, const char *to, char which[static PATH_MAX]);
/* Of the copies: removes them, and their folder. */
void bundle_profiles_forget(const char *folder);

struct bundle_profiles_fate {
    size_t beside, failed; /* differ, and are PRESENT.restored now; could not be written */
    int error;             /* errno of the last that could not */
};
/* kept: taken out of the backup. The present folder is made when it is not there and is needed. */
struct bundle_profiles_fate bundle_profiles_return(const char *kept, const char *present);

#endif
