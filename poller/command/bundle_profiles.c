#include "poller/command/bundle_profiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/command/bundle_config.h"

#define PROFILES_MAX 1024 /* twice as many as are read */

void bundle_profiles_path(const char *config, char out[static PATH_MAX])
{
    const char *slash = strrchr(config, '/');
    int folder = slash ? (int)(slash - config) + 1 : 0;
    snprintf(out, PATH_MAX, "%.*s" BUNDLE_PROFILES, folder, config);
}

static int is_profile(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return e->d_name[0] != '.' && len > 5 && strcmp(e->d_name + len - 5, ".yaml") == 0;
}

struct listing {
    struct dirent **names;
    int count;
};

static struct listing list(const char *folder)
{
    struct listing l = {.names = NULL};
    l.count = scandir(folder, &l.names, is_profile, alphasort);
    return l;
}

static void forget(struct listing *l)
{
    for (int i = 0; i < l->count; i++)
        free(l->names[i]);
    free(l->names);
}

static bool path_in(const char *folder, const char *name, char out[static PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);
    return n > 0 && n < PATH_MAX;
}

void bundle_profiles_measure(const char *folder, int64_t *files, int64_t *bytes)
{
    struct listing l = list(folder);
    char path[PATH_MAX];
    struct stat st;
    *files = *bytes = 0;
    for (int i = 0; i < l.count && i < PROFILES_MAX; i++)
        if (path_in(folder, l.names[i]->d_name, path) && stat(path, &st) == 0) {
            *files += 1;
            *bytes += st.st_size;
        }
    forget(&l);
}

bool bundle_profiles_copy(const char *from, const char *to, char which[static PATH_MAX])
{
    struct listing l = list(from);
    char copy[PATH_MAX];
    bool ok = l.count >= 0 || errno == ENOENT;
    snprintf(which, PATH_MAX, "%s", from);
    if (l.count > 0)
        ok = mkdir(to, 0700) == 0;
    for (int i = 0; ok && i < l.count && i < PROFILES_MAX; i++)
        ok = path_in(from, l.names[i]->d_name, which) && path_in(to, l.names[i]->d_name, copy) &&
             bundle_config_copy(which, copy);
    int error = errno;
    forget(&l);
    errno = error;
    return ok;
}

void bundle_profiles_forget(const char *folder)
{
    struct listing l = list(folder);
    char path[PATH_MAX];
    for (int i = 0; i < l.count; i++)
        if (path_in(folder, l.names[i]->d_name, path))
            unlink(path);
    forget(&l);
    rmdir(folder);
}

struct bundle_profiles_fate bundle_profiles_return(const char *kept, const char *present)
{
    struct listing l = list(kept);
    struct bundle_profiles_fate fate = {0};
    char from[PATH_MAX], to[PATH_MAX], beside[PATH_MAX];
    if (l.count > 0)
        mkdir(present, 0755);
    for (int i = 0; i < l.count && i < PROFILES_MAX; i++) {
        bool named = path_in(kept, l.names[i]->d_name, from) && path_in(present, l.names[i]->d_name, to);
        enum bundle_config_fate one = named ? bundle_config_return(from, to, beside) : BUNDLE_CONFIG_FAILED;
        fate.beside += one == BUNDLE_CONFIG_BESIDE;
        fate.failed += one == BUNDLE_CONFIG_FAILED;
        fate.error = one == BUNDLE_CONFIG_FAILED ? errno : fate.error;
    }
    forget(&l);
    return fate;
}
