#include "poller/command/wifi_card.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/places.h"

#define SOCKETS "/run/wpa_supplicant" /* as wire looks for them */
#define ROLE_USER "_hayloft-wire"
#define PATH_BYTES 128
#define GROUPS_MAX 64

static bool is_there(const char *interface, const char *part)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/sys/class/net/%s%s", interface, part);
    return access(path, F_OK) == 0;
}

static bool is_member(const struct passwd *user, gid_t group)
{
    gid_t all[GROUPS_MAX];
    int count = GROUPS_MAX;
    getgrouplist(user->pw_name, user->pw_gid, all, &count);
    for (int i = 0; i < count && i < GROUPS_MAX; i++)
        if (all[i] == group)
            return true;
    return false;
}

/* By the folder's mode alone: the process has no capability that would help. */
static bool may_enter(const struct stat *folder, const struct passwd *user)
{
    if (folder->st_uid == user->pw_uid)
        return folder->st_mode & S_IXUSR;
    return folder->st_mode & (is_member(user, folder->st_gid) ? S_IXGRP : S_IXOTH);
}

static const struct passwd *role_user(void)
{
    const struct passwd *own = places_installed() ? getpwnam(ROLE_USER) : NULL;
    return own ? own : getpwuid(geteuid());
}

struct wifi_card_look wifi_card_look(const char *interface)
{
    static char user_name[64], group_name[64];
    char path[PATH_BYTES];
    struct stat folder, socket;
    struct wifi_card_look l = {.interface = interface, .there = is_there(interface, ""),
                               .wifi = is_there(interface, "/phy80211")};
    const struct passwd *user = role_user();
    snprintf(user_name, sizeof user_name, "%s", user ? user->pw_name : "?");
    l.user = user_name;
    snprintf(path, sizeof path, SOCKETS "/%s", interface);
    l.error = stat(path, &socket) == 0 ? 0 : errno;
    if (stat(SOCKETS, &folder) != 0)
        return l;
    const struct group *group = getgrgid(folder.st_gid);
    snprintf(group_name, sizeof group_name, "%s", group ? group->gr_name : "?");
    l.group = group_name;
    l.may = user && may_enter(&folder, user);
    return l;
}

bool wifi_card_says(const struct wifi_card_look *l, char out[static WIFI_CARD_TEXT_MAX])
{
    if (!l->there)
        snprintf(out, WIFI_CARD_TEXT_MAX, "there is no interface %s", l->interface);
    else if (!l->wifi)
        snprintf(out, WIFI_CARD_TEXT_MAX, "%s is no Wi-Fi card", l->interface);
    else if (l->group && !l->may)
        snprintf(out, WIFI_CARD_TEXT_MAX, "%s may not ask wpa_supplicant to join by %s: usermod -aG %s %s, then start "
                 "hayloft anew", l->user, l->interface, l->group, l->user);
    else if (l->error == EACCES)
        snprintf(out, WIFI_CARD_TEXT_MAX, "this user cannot see whether a wpa_supplicant has %s: ask as root",
                 l->interface);
    else if (l->error)
        snprintf(out, WIFI_CARD_TEXT_MAX, "no wpa_supplicant listens for %s in " SOCKETS ": unless the system joins "
                 "the network by itself, nobody can. systemctl enable --now wpa_supplicant@%s (see man hayloft-guest)",
                 l->interface, l->interface);
    else
        snprintf(out, WIFI_CARD_TEXT_MAX, "%s may ask wpa_supplicant to join by %s", l->user, l->interface);
    return l->there && l->wifi && l->may && !l->error;
}
