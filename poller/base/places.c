#include "poller/base/places.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program, without a closing slash. */
static char own_folder[PLACES_PATH_MAX];

static const char *find_own_folder(void)
{
    if (own_folder[0])
        return own_folder;
    ssize_t n = readlink("/proc/self/exe", own_folder, sizeof own_folder - 1);
    if (n <= 0) {
        own_folder[0] = '.';
        own_folder[1] = '\0';
        return own_folder;
    }
    own_folder[n] = '\0';
    char *slash = strrchr(own_folder, '/');
    if (slash)
        *slash = '\0';
    return own_folder;
}

bool places_installed(void)
{
    static const char *const folders[] = {HAYLOFT_BINDIR, HAYLOFT_SBINDIR, HAYLOFT_LIBEXECDIR};
    const char *own = find_own_folder();
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (strcmp(own, folders[i]) == 0)
            return true;
    return false;
}

static bool join(const char *folder, const char *between, const char *name, char *out)
{
    int n = snprintf(out, PLACES_PATH_MAX, "%s%s%s", folder, between, name);
    if (n > 0 && n < PLACES_PATH_MAX)
        return true;
    out[0] = '\0';
    return false;
}

/* People type two of the programs; the rest stand where only the daemon looks. */
static const char *installed_folder(const char *name)
{
    if (strcmp(name, "hayloft") == 0)
        return HAYLOFT_BINDIR;
    return strcmp(name, "hayloftd") == 0 ? HAYLOFT_SBINDIR : HAYLOFT_LIBEXECDIR;
}

bool places_program(const char *name, char out[static PLACES_PATH_MAX])
{
    return join(places_installed() ? installed_folder(name) : find_own_folder(), "/", name, out);
}

bool places_data(const char *name, char out[static PLACES_PATH_MAX])
{
    if (places_installed())
        return join(HAYLOFT_DATADIR, "/", name, out);
    return join(find_own_folder(), "/../etc/", name, out);
}
