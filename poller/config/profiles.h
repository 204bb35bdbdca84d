/* Profiles from disk: every NAME.yaml of our own folder of them and of the user's, where a file of the same
 * name stands in for ours, and meanings.yaml, where the user's entries add to ours or change them. Every
 * mistake is a complaint at its place; hayloft-profile(5) is the manual. */
#ifndef HAYLOFT_CONFIG_PROFILES_H
#define HAYLOFT_CONFIG_PROFILES_H

#include "poller/config/complaint.h"
#include "poller/model/profile.h"

struct profile_library {
    struct profile_set set;
    const char *own_folder, *users_folder; /* as asked for */
    size_t own, users;                     /* profiles taken from each */
    const char **replaced;                 /* names of ours a file of the user's stands in for */
    size_t replaced_count;
};

/* All of it lives in arena, *out is as complete as the files allow. users NULL, or not there: only ours.
 * False when there are errors among the complaints that were not there before. */
bool profiles_read(const char *own, const char *users, struct arena *arena, struct complaints *complaints,
                   struct profile_library *out);

#endif
