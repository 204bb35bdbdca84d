#include "poller/command/discover/card.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool card_is_named(const char *place)
{
    return strstr(place, "/mmcblk") != NULL;
}

static bool nearest(const char *folder, struct stat *st)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
        return false;
    while (stat(path, st) != 0) {
        char *slash = strrchr(path, '/');
        if (!slash || !path[1])
            return false;
        slash[slash == path] = '\0';
    }
    return true;
}

bool card_holds(const char *sys, const char *folder)
{
    struct stat st;
    char link[PATH_MAX], place[PATH_MAX];
    if (!nearest(folder, &st))
        return false;
    snprintf(link, sizeof link, "%s/dev/block/%u:%u", sys, major(st.st_dev), minor(st.st_dev));
    ssize_t len = readlink(link, place, sizeof place - 1);
    if (len < 0)
        return false; /* a file system without a disk of its own */
    place[len] = '\0';
    return card_is_named(place);
}
