#include "poller/config/profiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/config/profiles_internal.h"
#include "poller/config/source.h"

#define NAME_MAX_BYTES 40
#define MEANINGS "meanings"

struct reading_profiles {
    struct binder binder;
    struct profile_library *out;
    struct profile_file files[PROFILES_MAX];
    size_t count;
    const char *meanings[2]; /* paths: ours, the user's; NULL: there is none */
};

static char *path_of(struct reading_profiles *r, const char *folder, const char *name)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s.yaml", folder, name);
    char *kept = arena_text(r->binder.arena, buf_string(&path), path.len);
    buf_fini(&path);
    return kept;
}

static bool is_fine_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= NAME_MAX_BYTES && len == strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

static struct profile_file *find(struct reading_profiles *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->files[i].name, name) == 0)
            return &r->files[i];
    return NULL;
}

static void add_file(struct reading_profiles *r, const char *name, const char *path, bool users)
{
    struct profile_file *ours = find(r, name);
    struct profile_library *out = r->out;
    if (strcmp(name, MEANINGS) == 0)
        r->meanings[users] = path;
    else if (ours) {
        *ours = (struct profile_file){ours->name, path, true, NULL};
        out->replaced[out->replaced_count++] = ours->name;
    } else if (r->count < PROFILES_MAX)
        r->files[r->count++] = (struct profile_file){name, path, users, NULL};
    else
        complain(r->binder.complaints, (struct place){0}, "%s: more than %d profiles", path, PROFILES_MAX);
}

/* One name of a folder; whatever is no .yaml, or hidden as editors do, is none of ours. */
static void take_name(struct reading_profiles *r, const char *folder, const char *file, bool users)
{
    size_t len = strlen(file);
    if (file[0] == '.' || len <= 5 || strcmp(file + len - 5, ".yaml") != 0)
        return;
    char *name = arena_text(r->binder.arena, file, len - 5);
    char *path = name ? path_of(r, folder, name) : NULL;
    if (!path)
        complain(r->binder.complaints, (struct place){0}, "the configuration is too large");
    else if (!is_fine_name(name))
        complain(r->binder.complaints, (struct place){0},
                 "%s: a profile's file is named with small letters, digits and '-', %d at most", path,
                 NAME_MAX_BYTES);
    else
        add_file(r, name, path, users);
}

static int no_dots(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void list_folder(struct reading_profiles *r, const char *folder, bool users)
{
    struct dirent **names = NULL;
    int count = folder ? scandir(folder, &names, no_dots, alphasort) : 0;
    if (count < 0 && (errno != ENOENT || !users))
        (users ? complain : complain_mildly)(r->binder.complaints, (struct place){0},
                                             "cannot read the profiles in %s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        take_name(r, folder, names[i]->d_name, users);
        free(names[i]);
    }
    free(names);
}

/* A configuration that lies beside our own profiles has no others. */
static bool is_same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static struct source *read_source(struct reading_profiles *r, const char *path)
{
    struct stat st;
    return path ? source_read(path, SOURCE_DATA, (struct place){0}, r->binder.arena, r->binder.complaints, &st) : NULL;
}

static const struct yaml *parse_map(struct binder *b, const struct source *s)
{
    const struct yaml *root = s ? yaml_parse(s, b->arena, b->complaints) : NULL;
    if (root && root->kind != YAML_MAP) {
        complain(b->complaints, root->at, "expected a map of keys, not %s", yaml_kind_name(root));
        return NULL;
    }
    return root;
}

/* With a key that stands there twice, places and members do not belong together: then it is only bound. */
const struct yaml *profile_read(struct binder *b, const struct profile_set *set, const struct source *s,
                                struct profile *p)
{
    size_t before = complaints_errors(b->complaints);
    const struct yaml *root = parse_map(b, s);
    bool sound = complaints_errors(b->complaints) == before;
    if (root)
        profile_bind(b, root, sound, p);
    if (root && sound)
        profile_check(b->complaints, set, root, p);
    return sound ? root : NULL;
}

/* It travels with each question, beside some meanings. */
static size_t packed_bytes(const struct http_profile *p)
{
    struct buf packed = {0};
    field_pack(&http_profile_record, p, NULL, &packed);
    size_t len = packed.len;
    buf_fini(&packed);
    return len;
}

const struct yaml *http_profile_read(struct binder *b, const struct profile_set *set, const struct source *s,
                                     struct http_profile *p)
{
    size_t before = complaints_errors(b->complaints);
    const struct yaml *root = parse_map(b, s);
    bool sound = complaints_errors(b->complaints) == before;
    if (root)
        bind_record(b, &http_profile_record, root, root->at, NULL, p);
    if (root && sound)
        http_profile_check(b->complaints, set, root, p);
    if (root && sound && packed_bytes(p) > HTTP_PROFILE_MAX_BYTES)
        complain(b->complaints, root->at, "larger than the %d bytes that go into one question",
                 HTTP_PROFILE_MAX_BYTES);
    return sound ? root : NULL;
}

static void read_meanings(struct reading_profiles *r)
{
    struct profile_set *set = &r->out->set;
    const struct yaml *ours = parse_map(&r->binder, read_source(r, r->meanings[0]));
    const struct yaml *users = parse_map(&r->binder, read_source(r, r->meanings[1]));
    const struct yaml *all = ours || users ? yaml_merge(r->binder.arena, ours, users) : NULL;
    if (!all)
        return;
    bind_field(&r->binder, bind_member(&profile_set_record, "meanings"), all, set);
    meanings_check(r->binder.complaints, all, set);
}

static void read_profile(struct reading_profiles *r, struct profile_file *file, const struct source *s,
                         struct profile *p)
{
    file->root = profile_read(&r->binder, &r->out->set, s, p);
    p->name = (char *)(uintptr_t)file->name;
    p->file = (char *)(uintptr_t)file->path;
}

static void read_http_profile(struct reading_profiles *r, const struct profile_file *file,
                              const struct source *s, struct http_profile *p)
{
    http_profile_read(&r->binder, &r->out->set, s, p);
    p->name = (char *)(uintptr_t)file->name;
    p->file = (char *)(uintptr_t)file->path;
}

/* Which kind it is stands inside; mistakes are told when it is read as that. */
static bool is_http(struct reading_profiles *r, const struct source *s)
{
    bool may_be = s && strstr(s->text, "source:") && strstr(s->text, "http"); /* most are not, and big */
    struct complaints *unsaid = may_be ? complaints_create(r->binder.arena) : NULL;
    const struct yaml *root = unsaid ? yaml_parse(s, r->binder.arena, unsaid) : NULL;
    return root && http_profile_is(root);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct profile_file *)a)->name, ((const struct profile_file *)b)->name);
}

static void read_profiles(struct reading_profiles *r)
{
    struct profile_set *set = &r->out->set;
    size_t snmp = 0;
    set->profiles = arena_take(r->binder.arena, r->count * sizeof *set->profiles);
    set->http_profiles = arena_take(r->binder.arena, r->count * sizeof *set->http_profiles);
    if (!set->profiles || !set->http_profiles) {
        complain(r->binder.complaints, (struct place){0}, "the configuration is too large");
        return;
    }
    qsort(r->files, r->count, sizeof r->files[0], by_name);
    for (size_t i = 0; i < r->count; i++) {
        struct profile_file *file = &r->files[i];
        const struct source *s = read_source(r, file->path);
        *(file->users ? &r->out->users : &r->out->own) += 1;
        if (is_http(r, s)) {
            read_http_profile(r, file, s, &set->http_profiles[set->http_profiles_count++]);
            continue;
        }
        read_profile(r, file, s, &set->profiles[set->profiles_count++]);
        r->files[snmp++] = *file; /* files[i] is profiles[i] */
    }
    profiles_check_together(r->binder.complaints, set, r->files);
}

bool profiles_read(const char *own, const char *users, struct arena *arena, struct complaints *complaints,
                   struct profile_library *out)
{
    size_t before = complaints_errors(complaints);
    struct reading_profiles *r = arena_take(arena, sizeof *r);
    *out = (struct profile_library){.own_folder = own, .users_folder = users};
    out->replaced = arena_take(arena, PROFILES_MAX * sizeof *out->replaced);
    if (!r || !out->replaced)
        return false;
    r->binder = (struct binder){.arena = arena, .complaints = complaints, .secrets_file = "a profile"};
    r->out = out;
    list_folder(r, own, false);
    if (users && !is_same_folder(own, users))
        list_folder(r, users, true);
    read_meanings(r);
    read_profiles(r);
    return complaints_errors(complaints) == before;
}
