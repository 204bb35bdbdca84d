/* The configuration in a backup: copied in, and on the way back laid beside the present files, never over
 * them: whoever restores decides. */
#ifndef HAYLOFT_COMMAND_BUNDLE_CONFIG_H
#define HAYLOFT_COMMAND_BUNDLE_CONFIG_H

#include <limits.h>
#include <stdbool.h>

#define BUNDLE_CONFIG "hayloft.yaml"
#define BUNDLE_SECRETS "secrets.yaml"

/* Where the secrets of a configuration lie: beside it. */
void bundle_secrets_path(const char *config, char out[static PATH_MAX]);
/* A copy that only the owner reads; false with errno. */
bool bundle_config_copy(const char *from, const char *to);

enum bundle_config_fate {
    BUNDLE_CONFIG_ABSENT, /* not in the backup */
    BUNDLE_CONFIG_SAME,   /* as the present file */
    BUNDLE_CONFIG_BESIDE, /* differs, written to PRESENT.restored */
    BUNDLE_CONFIG_FAILED, /* errno says why */
};

/* kept: taken out of the backup; beside: the name it got, "" when none. */
enum bundle_config_fate bundle_config_return(const char *kept, const char *present,
                                             char beside[static PATH_MAX]);

#endif
