#include "poller/config/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/places.h"
#include "poller/config/assemble.h"

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

static const char *wrong_with_file(const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return "is a folder";
    if (!S_ISREG(st->st_mode))
        return "is no plain file";
    return st->st_size > YAML_FILE_MAX_BYTES ? "is larger than 1 MiB" : NULL;
}

/* Never waits: a pipe or a device is opened without blocking and then refused. */
static int open_plain(const char *path, struct place at, struct complaints *c, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        complain(c, at, "cannot read %s: %s", path, strerror(errno));
        return -1;
    }
    const char *wrong = fstat(fd, st) == 0 ? wrong_with_file(st) : strerror(errno);
    if (!wrong)
        return fd;
    complain(c, at, "cannot read %s: it %s", path, wrong);
    close(fd);
    return -1;
}

/* Reads to the end but not past the ceiling: the file may grow while it is read. */
static char *read_bounded(int fd, struct arena *arena, size_t *len)
{
    static char bytes[YAML_FILE_MAX_BYTES + 1];
    *len = 0;
    while (*len < sizeof bytes) {
        ssize_t n = read(fd, bytes + *len, sizeof bytes - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return NULL;
        if (n == 0)
            return arena_text(arena, bytes, *len);
        *len += (size_t)n;
    }
    errno = EFBIG;
    return NULL;
}

static struct place nul_place(const struct source *s, const char *nul)
{
    struct place at = {s, 1, 1};
    for (const char *p = s->text; p < nul; p++) {
        at.column = *p == '\n' ? 1 : at.column + 1;
        at.line += *p == '\n';
    }
    return at;
}

static struct source *read_source(const char *path, struct place at, struct arena *arena,
                                  struct complaints *c, struct stat *st)
{
    int fd = open_plain(path, at, c, st);
    if (fd < 0)
        return NULL;
    struct source *s = arena_take(arena, sizeof *s);
    size_t len = 0;
    char *text = read_bounded(fd, arena, &len);
    if (!s || !text)
        complain(c, at, "cannot read %s: %s", path, strerror(errno));
    close(fd);
    if (!s || !text)
        return NULL;
    *s = (struct source){arena_text(arena, path, strlen(path)), text, len};
    const char *nul = memchr(text, 0, len);
    if (nul) {
        complain(c, nul_place(s, nul), "a NUL byte: this is no text file, or it was not saved whole");
        return NULL;
    }
    return s;
}

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
    struct source *s = read_source(path, at, r->arena, r->complaints, &st);
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

/* Does any value ask for a secret? Only then must the file be there. */
static const struct yaml *first_secret(const struct yaml *y)
{
    if (y->kind == YAML_TEXT)
        return y->secret ? y : NULL;
    for (const struct yaml *child = y->first; child; child = child->next) {
        const struct yaml *found = first_secret(child);
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

static const struct yaml *read_secrets(const char *path, const struct yaml *asks, struct arena *arena,
                                       struct complaints *c)
{
    struct stat st;
    struct source *s = read_source(path, asks->at, arena, c, &st);
    if (!s || !secret_mode_is_fine(path, &st, asks->at, c))
        return NULL;
    const struct yaml *map = yaml_parse(s, arena, c);
    if (map && map->kind != YAML_MAP && !yaml_is_empty(map))
        complain(c, map->at, "expected NAME: secret, line by line");
    return map && map->kind == YAML_MAP ? map : NULL;
}

struct service_files {
    struct arena *arena;
    struct complaints *complaints;
    char *names[64];
    size_t count;
};

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
    struct source *s = read_source(path, (struct place){0}, files->arena, files->complaints, &st);
    return s ? yaml_parse(s, files->arena, files->complaints) : NULL;
}

static void list_services(struct service_files *files)
{
    char path[PLACES_PATH_MAX];
    DIR *dir = places_data("receivers", path) ? opendir(path) : NULL;
    for (struct dirent *e; dir && files->count < 64 && (e = readdir(dir));) {
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

static void read_texts(struct arena *arena, struct complaints *c, struct config *out)
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
        struct source *s = read_source(path, (struct place){0}, arena, c, &st);
        const struct yaml *map = s ? yaml_parse(s, arena, c) : NULL;
        size_t room = map ? leaves(map) : 0;
        out->texts = arena_take(arena, room * sizeof *out->texts);
        if (map && out->texts)
            flatten(arena, map, "", out, room);
    }
    buf_fini(&name);
}

bool config_read(const char *path, const struct check_kinds *kinds, struct arena *arena,
                 struct reading *out)
{
    *out = (struct reading){.complaints = complaints_create(arena)};
    struct complaints *c = out->complaints;
    const struct yaml *root = c ? read_root(path, arena, c) : NULL;
    if (!root)
        return false;
    struct buf secrets_path = {0};
    beside(path, "secrets.yaml", &secrets_path);
    const char *secrets_file = arena_text(arena, buf_string(&secrets_path), secrets_path.len);
    const struct yaml *asks = first_secret(root);
    size_t before = complaints_errors(c);
    struct binder b = {arena, c, NULL, secrets_file ? secrets_file : "secrets.yaml", NULL};
    b.secrets = asks ? read_secrets(b.secrets_file, asks, arena, c) : NULL;
    b.secrets_failed = complaints_errors(c) > before;
    struct service_files files = {.arena = arena, .complaints = c};
    struct service_door services = {open_service, offer_services, &files};
    config_assemble(&b, kinds, &services, root, &out->config);
    if (complaints_errors(c) == 0)
        read_texts(arena, c, &out->config);
    out->secrets = b.uses;
    buf_fini(&secrets_path);
    return complaints_errors(c) == 0;
}

const char *config_read_state_dir(const char *path, struct arena *arena, struct complaints *complaints)
{
    const struct yaml *root = read_root(path, arena, complaints), *state = yaml_get(root, "state");
    if (!root)
        return NULL;
    if (state && state->kind == YAML_TEXT && !state->secret && state->text[0] == '/')
        return state->text;
    return bind_member(&config_record, "state")->standard;
}
