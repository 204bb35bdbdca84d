#include "poller/config/secrets.h"

#include "poller/config/source.h"

const struct yaml *secrets_first_use(const struct yaml *y)
{
    if (y->kind == YAML_TEXT)
        return y->secret ? y : NULL;
    for (const struct yaml *child = y->first; child; child = child->next) {
        const struct yaml *found = secrets_first_use(child);
        if (found)
            return found;
    }
    return NULL;
}

static bool secret_mode_is_fine(const char *path, const struct stat *st, struct place at,
                                struct complaints *c)
{
    unsigned mode = st->st_mode & 07777;
    if (!(mode & 0027)) /* its group may read it, when the daemon's users need that */
        return true;
    complain(c, at, "%s may be %s by others (mode %04o): chmod 600 it", path,
             mode & 0022 ? "changed" : "read", mode);
    return false;
}

const struct yaml *secrets_read(const char *path, const struct yaml *asks, struct arena *arena,
                                struct complaints *c)
{
    struct stat st;
    struct source *s = source_read(path, SOURCE_SECRETS, asks->at, arena, c, &st);
    if (!s || !secret_mode_is_fine(path, &st, asks->at, c))
        return NULL;
    const struct yaml *map = yaml_parse(s, arena, c);
    if (map && map->kind != YAML_MAP && !yaml_is_empty(map))
        complain(c, map->at, "expected NAME: secret, line by line");
    return map && map->kind == YAML_MAP ? map : NULL;
}
