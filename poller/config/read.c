#include "poller/config/read.h"

#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "poller/base/places.h"
#include "poller/config/assemble.h"
#include "poller/config/secrets.h"
#include "poller/config/services.h"
#include "poller/config/source.h"
#include "poller/config/texts.h"

#define INCLUDE_DEPTH_MAX 4

struct file_id {
    dev_t device;
    ino_t inode;
};

struct reader_state {
    struct arena *arena;
    struct complaints *complaints;
    struct file_id seen[READ_FILES_MAX];
    size_t seen_count;
    struct yaml *root; /* all files joined */
};

static bool seen_before(struct reader_state *r, const struct stat *st, struct place at)
{
    for (size_t i = 0; i < r->seen_count; i++)
        if (r->seen[i].device == st->st_dev && r->seen[i].inode == st->st_ino) {
            complain(r->complaints, at, "this file is included already");
            return true;
        }
    if (r->seen_count == READ_FILES_MAX) {
        complain(r->complaints, at, "more than %d files", READ_FILES_MAX);
        return true;
    }
    r->seen[r->seen_count++] = (struct file_id){st->st_dev, st->st_ino};
    return false;
}

/* One more file's keys beside what is there: maps of the same name become one, the rest is told later. */
static void join(struct reader_state *r, struct yaml *map)
{
    for (struct yaml *y = map->first, *next; y; y = next) {
        next = y->next;
        y->next = NULL;
        struct yaml *there = (struct yaml *)yaml_get(r->root, y->key);
        if (!there || there->kind != YAML_MAP || y->kind != YAML_MAP) {
            yaml_append(r->root, y);
            continue;
        }
        if (y->last && there->last)
            there->last->next = y->first;
        else if (y->last)
            there->first = y->first;
        if (y->last)
            there->last = y->last;
    }
}

static void read_includes(struct reader_state *r, const char *path, const struct yaml *map, int depth);

static void read_tree(struct reader_state *r, const char *path, struct place at, int depth)
{
    struct stat st;
    struct source *s = source_read(path, SOURCE_SETTINGS, at, r->arena, r->complaints, &st);
    if (!s || seen_before(r, &st, at.source ? at : (struct place){s, 0, 0}))
        return;
    struct yaml *map = yaml_parse(s, r->arena, r->complaints);
    if (!map)
        return;
    if (map->kind != YAML_MAP) {
        complain(r->complaints, map->at, "%s: expected keys as `nodes:`, not %s",
                 yaml_is_empty(map) ? "the file is empty" : "this is no configuration",
                 yaml_kind_name(map));
        return;
    }
    const struct yaml *include = yaml_get(map, "include");
    if (r->root)
        join(r, map);
    else
        r->root = map;
    if (include)
        read_includes(r, path, include, depth);
}

/* pattern beside the file that names it, unless it is absolute. */
static void beside(const char *path, const char *pattern, struct buf *out)
{
    const char *slash = strrchr(path, '/');
    if (pattern[0] != '/' && slash)
        buf_put(out, path, (size_t)(slash - path) + 1);
    buf_text(out, pattern);
}

static void include_pattern(struct reader_state *r, const char *path, const struct yaml *item, int depth)
{
    struct buf pattern = {0};
    glob_t found = {0};
    if (item->kind != YAML_TEXT || item->secret || yaml_is_empty(item)) {
        complain(r->complaints, item->at, "include: expected a file's name, as conf.d/*.yaml");
        return;
    }
    beside(path, item->text, &pattern);
    int result = glob(buf_string(&pattern), 0, NULL, &found);
    for (size_t i = 0; result == 0 && i < found.gl_pathc && i <= READ_FILES_MAX; i++)
        read_tree(r, found.gl_pathv[i], item->at, depth + 1);
    if (result == GLOB_NOMATCH && !strpbrk(item->text, "*?["))
        complain(r->complaints, item->at, "cannot read %s: no such file", buf_string(&pattern));
    else if (result != 0 && result != GLOB_NOMATCH)
        complain(r->complaints, item->at, "cannot look for %s", buf_string(&pattern));
    globfree(&found);
    buf_fini(&pattern);
}

static void read_includes(struct reader_state *r, const char *path, const struct yaml *include, int depth)
{
    if (depth >= INCLUDE_DEPTH_MAX) {
        complain(r->complaints, include->at, "included files may include others %d levels deep",
                 INCLUDE_DEPTH_MAX);
        return;
    }
    if (include->kind == YAML_MAP)
        complain(r->complaints, include->at, "include: expected a file's name or a list of them");
    else if (include->kind == YAML_TEXT)
        include_pattern(r, path, include, depth);
    else
        for (const struct yaml *item = include->first; item; item = item->next)
            include_pattern(r, path, item, depth);
}

/* Several files may each have an include; anything else stands once. */
static void check_joined(struct reader_state *r)
{
    struct yaml *first = NULL, *rest = NULL;
    struct yaml without = *r->root;
    without.first = without.last = NULL;
    for (struct yaml *y = r->root->first; y; y = rest) {
        rest = y->next;
        if (strcmp(y->key, "include") == 0 && first)
            continue;
        if (strcmp(y->key, "include") == 0)
            first = y;
        y->next = NULL;
        yaml_append(&without, y);
        if (y->kind == YAML_MAP)
            yaml_check_doubles(r->complaints, y);
    }
    *r->root = without;
    yaml_check_doubles(r->complaints, r->root);
}

static const struct yaml *read_root(const char *path, struct arena *arena, struct complaints *c)
{
    struct reader_state *r = arena_take(arena, sizeof *r);
    if (!r)
        return NULL;
    r->arena = arena;
    r->complaints = c;
    read_tree(r, path, (struct place){NULL, 0, 0}, 0);
    if (r->root && r->seen_count > 1)
        check_joined(r);
    return r->root;
}

const char *config_profiles_folder(const char *path, struct arena *arena)
{
    struct buf folder = {0};
    beside(path, "profiles", &folder);
    const char *kept = arena_text(arena, buf_string(&folder), folder.len);
    buf_fini(&folder);
    return kept;
}

/* Before the configuration itself: what it says of thresholds goes by the meanings. */
static void read_profiles(const char *users, struct arena *arena, struct readout *out)
{
    char own[PLACES_PATH_MAX];
    places_data("profiles", own);
    const char *kept = arena_text(arena, own, strlen(own));
    if (kept)
        profiles_read(kept, users, arena, out->complaints, &out->profiles);
}

bool config_read_profiles(const char *users, struct arena *arena, struct readout *out)
{
    *out = (struct readout){.complaints = complaints_create(arena)};
    if (!out->complaints)
        return false;
    read_profiles(users, arena, out);
    return complaints_errors(out->complaints) == 0;
}

bool config_read(const char *path, const struct check_kinds *kinds, struct arena *arena,
                 struct readout *out)
{
    *out = (struct readout){.complaints = complaints_create(arena)};
    struct complaints *c = out->complaints;
    const struct yaml *root = c ? read_root(path, arena, c) : NULL;
    if (!root)
        return false;
    read_profiles(config_profiles_folder(path, arena), arena, out);
    struct buf secrets_path = {0};
    beside(path, "secrets.yaml", &secrets_path);
    const char *secrets_file = arena_text(arena, buf_string(&secrets_path), secrets_path.len);
    const struct yaml *asks = secrets_first_use(root);
    size_t before = complaints_errors(c);
    struct binder b = {arena, c, NULL, secrets_file ? secrets_file : "secrets.yaml", NULL};
    b.secrets = asks ? secrets_read(b.secrets_file, asks, arena, c) : NULL;
    b.secrets_failed = complaints_errors(c) > before;
    struct service_files files = {.arena = arena, .complaints = c};
    struct service_door services = services_door(&files);
    config_assemble(&b, kinds, &services, &out->profiles.set, root, &out->config);
    if (complaints_errors(c) == 0)
        texts_read(arena, c, &out->config);
    out->secrets = b.uses;
    buf_fini(&secrets_path);
    return complaints_errors(c) == 0;
}

/* `state: PATH` at the start of a line of a file that is no good YAML at the moment: whoever mends it
 * still wants to ask the daemon that runs. */
static const char *state_line(const struct source *s, struct arena *arena)
{
    static const char key[] = "state:";
    const char *line = s->text;
    while (line && strncmp(line, key, sizeof key - 1) != 0) {
        const char *end = strchr(line, '\n');
        line = end ? end + 1 : NULL;
    }
    if (!line)
        return NULL;
    line += sizeof key - 1;
    line += strspn(line, " \"'");
    return *line == '/' ? arena_text(arena, line, strcspn(line, " \"'#\r\n")) : NULL;
}

const char *config_read_state_dir(const char *path, struct arena *arena, struct complaints *complaints)
{
    struct complaints *unsaid = complaints_create(arena);
    struct stat st;
    const struct source *s = source_read(path, SOURCE_SETTINGS, (struct place){0}, arena, complaints, &st);
    const struct yaml *root = s && unsaid ? read_root(path, arena, unsaid) : NULL;
    const struct yaml *state = yaml_get(root, "state");
    const char *found = NULL;
    if (!s)
        return NULL;
    if (state && state->kind == YAML_TEXT && !state->secret && state->text[0] == '/')
        found = state->text;
    else if (!root)
        found = state_line(s, arena);
    return found ? found : bind_member(&config_record, "state")->standard;
}
