/* Reads a configuration from disk: the file, what it includes, secrets.yaml beside it, the data files of
 * services and sentences, profiles. Everything is read once, bounded, and only from plain files. */
#ifndef HAYLOFT_CONFIG_READ_H
#define HAYLOFT_CONFIG_READ_H

#include "poller/config/bind.h"
#include "poller/config/config.h"
#include "poller/config/kinds.h"
#include "poller/config/profiles.h"

#define READ_FILES_MAX 256

/* What was read; all of it lives in the arena given. */
struct readout {
    struct config config;
    struct profile_library profiles;
    struct complaints *complaints;
    const struct secret_use *secrets; /* which texts came from secrets.yaml */
};

/* False when there are errors, or memory ended (then complaints may be NULL). */
bool config_read(const char *path, const struct check_kinds *kinds, struct arena *arena,
                 struct readout *out);
/* Our own profiles and those of users (a folder; NULL: none), without a configuration. False as above. */
bool config_read_profiles(const char *users, struct arena *arena, struct readout *out);
/* The folder of the user's profiles: beside the configuration. NULL: the arena ended. */
const char *config_profiles_folder(const char *path, struct arena *arena);
/* Only where everything is kept, as well as it can be told of a file with mistakes: an absolute path, or
 * the default. NULL after a complaint when the file cannot be read. */
const char *config_read_state_dir(const char *path, struct arena *arena, struct complaints *complaints);

#endif
