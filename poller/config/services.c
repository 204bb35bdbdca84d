#include "poller/config/services.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/places.h"
#include "poller/config/source.h"

static bool is_service_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= 40 && len == strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

static const struct yaml *open_service(void *ctx, const char *name)
{
    struct service_files *files = ctx;
    char path[PLACES_PATH_MAX], relative[64];
    struct stat st;
    if (!is_service_name(name))
        return NULL;
    snprintf(relative, sizeof relative, "receivers/%s.yaml", name);
    if (!places_data(relative, path) || access(path, R_OK) != 0)
        return NULL;
    struct source *s = source_read(path, SOURCE_DATA, (struct place){0}, files->arena, files->complaints, &st);
    return s ? yaml_parse(s, files->arena, files->complaints) : NULL;
}

static void list_services(struct service_files *files)
{
    char path[PLACES_PATH_MAX];
    DIR *dir = places_data("receivers", path) ? opendir(path) : NULL;
    for (struct dirent *e; dir && files->count < SERVICES_MAX && (e = readdir(dir));) {
        size_t len = strlen(e->d_name);
        if (len > 5 && strcmp(e->d_name + len - 5, ".yaml") == 0)
            files->names[files->count++] = arena_text(files->arena, e->d_name, len - 5);
    }
    if (dir)
        closedir(dir);
}

static void offer_services(void *ctx, struct nearest *near)
{
    struct service_files *files = ctx;
    if (files->count == 0)
        list_services(files);
    for (size_t i = 0; i < files->count; i++)
        nearest_offer(near, files->names[i]);
}

struct service_door services_door(struct service_files *files)
{
    return (struct service_door){open_service, offer_services, files};
}
