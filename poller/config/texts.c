#include "poller/config/texts.h"

#include <string.h>
#include <unistd.h>

#include "poller/base/places.h"
#include "poller/config/bind.h"
#include "poller/config/source.h"

/* `site-cut-off: {sentence: ...}` becomes "site-cut-off.sentence". */
static void flatten(struct arena *arena, const struct yaml *y, const char *prefix, struct config *c,
                    size_t room)
{
    for (const struct yaml *child = y->first; child && y->kind == YAML_MAP; child = child->next) {
        struct buf key = {0};
        buf_printf(&key, "%s%s%s", prefix, *prefix ? "." : "", child->key);
        if (child->kind == YAML_MAP)
            flatten(arena, child, buf_string(&key), c, room);
        else if (child->kind == YAML_TEXT && c->texts_count < room)
            c->texts[c->texts_count++] = (struct config_text){
                arena_text(arena, buf_string(&key), key.len), (char *)child->text};
        buf_fini(&key);
    }
}

static size_t leaves(const struct yaml *y)
{
    size_t count = y->kind == YAML_TEXT;
    for (const struct yaml *child = y->first; child; child = child->next)
        count += leaves(child);
    return count;
}

void texts_read(struct arena *arena, struct complaints *c, struct config *out)
{
    char path[PLACES_PATH_MAX];
    struct buf name = {0};
    struct stat st;
    buf_printf(&name, "texts/%s.yaml", out->language);
    if (!places_data(buf_string(&name), path) || access(path, R_OK) != 0) {
        bool own_fault = strcmp(out->language, bind_member(&config_record, "language")->standard) == 0;
        (own_fault ? complain_mildly : complain)(c, (struct place){0},
                                                 "no sentences for language '%s' (%s)", out->language, path);
    } else {
        struct source *s = source_read(path, SOURCE_DATA, (struct place){0}, arena, c, &st);
        const struct yaml *map = s ? yaml_parse(s, arena, c) : NULL;
        size_t room = map ? leaves(map) : 0;
        out->texts = arena_take(arena, room * sizeof *out->texts);
        if (map && out->texts)
            flatten(arena, map, "", out, room);
    }
    buf_fini(&name);
}
