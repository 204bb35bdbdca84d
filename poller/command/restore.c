/* hayloft restore FILE: takes a backup apart beside the state folder's things, looks at it, and only then
 * changes places with them. What was there before stays in a folder of its own. */
#include <errno.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/bundle.h"
#include "poller/command/bundle_config.h"
#include "poller/command/bundle_profiles.h"
#include "poller/command/progress.h"
#include "poller/command/spawn.h"

#define FOLDERS_OPEN_MAX 16

static const char *const parts[] = {"hayloft.db", "hayloft.db-wal", "hayloft.db-shm", "rrd", "journal", NULL};

struct restoring {
    struct invocation *v;
    const char *state, *file;
    struct bundle_manifest manifest;
    char fresh[PATH_MAX];  /* where it is taken apart */
    char before[PATH_MAX]; /* where the old things go */
    char config[PATH_MAX], secrets[PATH_MAX]; /* where those of the backup lie now, when they differ */
    char profiles[PATH_MAX]; /* beside these those of the backup lie */
    size_t profiles_beside;  /* so many of them differ */
};

static bool read_manifest(struct restoring *r)
{
    struct buf text = {0};
    char *argv[] = {"tar", "--extract", "--to-stdout", "--file", (char *)(uintptr_t)r->file,
                    BUNDLE_MANIFEST, NULL};
    int status = access(r->file, R_OK) == 0 ? spawn_other(argv, &text) : -1;
    bool ok = status == 0 && bundle_read(buf_string(&text), text.len, &r->manifest);
    if (status == -1)
        command_fail(r->v, "cannot read %s: %s", r->file, strerror(errno));
    else if (!ok)
        command_fail(r->v, "%s is no backup of hayloft", r->file);
    buf_fini(&text);
    return ok;
}

static bool format_is_known(const struct restoring *r)
{
    const struct bundle_manifest *m = &r->manifest;
    if (m->format <= BUNDLE_FORMAT && m->schema <= BUNDLE_SCHEMA_NEWEST)
        return true;
    command_fail(r->v, "%s was made by hayloft %s (format %lld, schema %lld); this is %s and knows format %d, "
                       "schema %d: take the newer program", r->file, m->version, (long long)m->format,
                 (long long)m->schema, HAYLOFT_VERSION, BUNDLE_FORMAT, BUNDLE_SCHEMA_NEWEST);
    return false;
}

static int lock(struct restoring *r)
{
    long holder;
    if (mkdir(r->state, 0750) != 0 && errno != EEXIST) {
        command_fail(r->v, "cannot make %s: %s", r->state, strerror(errno));
        return -1;
    }
    int fd = bundle_lock(r->state, &holder);
    if (fd == -1)
        command_fail(r->v, "hayloftd (pid %ld) works in %s: stop it first", holder, r->state);
    else if (fd < 0)
        command_fail(r->v, "cannot lock %s: %s", r->state, strerror(errno));
    return fd;
}

/* nftw has no argument of its own: the first thing in the bundle that is neither file nor folder. */
static char strange[PATH_MAX];

static int look_at(const char *path, const struct stat *st, int type, struct FTW *at)
{
    if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode))
        return 0;
    snprintf(strange, sizeof strange, "%s", path);
    return 1;
}

static bool take_apart(struct restoring *r)
{
    snprintf(r->fresh, sizeof r->fresh, "%s/restore.XXXXXX", r->state);
    if (!mkdtemp(r->fresh)) {
        command_fail(r->v, "cannot write in %s: %s", r->state, strerror(errno));
        r->fresh[0] = '\0';
        return false;
    }
    char *argv[] = {"tar", "--extract", "--file", (char *)(uintptr_t)r->file, "-C", r->fresh,
                    "--no-same-owner", "--no-same-permissions", NULL};
    struct progress *p = progress_begin("taking the backup apart");
    int status = spawn_other(argv, NULL);
    progress_end(p);
    if (status != 0) {
        command_fail(r->v, "tar ended with %d", status);
        return false;
    }
    if (nftw(r->fresh, look_at, FOLDERS_OPEN_MAX, FTW_PHYS) != 0) {
        command_fail(r->v, "%s is neither file nor folder: this is no backup of ours", strange);
        return false;
    }
    return true;
}

/* Sound, and marked as a copy: the store then does not send again what waited to be sent. */
static bool settle_database(struct restoring *r)
{
    char path[PATH_MAX + 16], sql[160];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    snprintf(path, sizeof path, "%s/hayloft.db", r->fresh);
    snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO meta (key, value) VALUES ('backup_made', '%lld')",
             (long long)r->manifest.made_ns);
    bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL) == SQLITE_OK &&
              sqlite3_step(s) == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
    sqlite3_finalize(s);
    ok = ok && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        command_fail(r->v, "the database in the backup is damaged: %s", db ? sqlite3_errmsg(db) : "?");
    sqlite3_close(db);
    return ok;
}

/* The files belong to whoever the folder belongs to. */
static bool give_away(struct restoring *r)
{
    char reference[PATH_MAX + 16];
    snprintf(reference, sizeof reference, "--reference=%s", r->state);
    char *argv[] = {"chown", "--recursive", "--no-dereference", reference, r->fresh, NULL};
    return geteuid() != 0 || spawn_other(argv, NULL) == 0;
}

static bool move(const char *from_folder, const char *to_folder, const char *name)
{
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof from, "%s/%s", from_folder, name);
    snprintf(to, sizeof to, "%s/%s", to_folder, name);
    return rename(from, to) == 0 || errno == ENOENT;
}

/* Old things out, new things in; when one step fails the old ones come back. */
static bool change_places(struct restoring *r)
{
    snprintf(r->before, sizeof r->before, "%s/before-restore-%lld", r->state,
             (long long)wall_seconds(clock_wall()));
    bool ok = mkdir(r->before, 0700) == 0;
    for (size_t i = 0; ok && parts[i]; i++)
        ok = move(r->state, r->before, parts[i]);
    for (size_t i = 0; ok && parts[i]; i++)
        ok = move(r->fresh, r->state, parts[i]);
    if (ok)
        return true;
    command_fail(r->v, "cannot change places in %s: %s; it stays as it was", r->state, strerror(errno));
    for (size_t i = 0; parts[i]; i++)
        move(r->before, r->state, parts[i]);
    rmdir(r->before);
    return false;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    return remove(path);
}

static void return_one(struct restoring *r, const char *name, const char *present, char beside[static PATH_MAX])
{
    char kept[PATH_MAX + 16];
    snprintf(kept, sizeof kept, "%s/%s", r->fresh, name);
    if (bundle_config_return(kept, present, beside) != BUNDLE_CONFIG_FAILED)
        return;
    command_fail(r->v, "%s of the backup cannot be laid beside %s: %s", name, present, strerror(errno));
    beside[0] = '\0';
}

static void return_profiles(struct restoring *r)
{
    char kept[PATH_MAX + 16];
    snprintf(kept, sizeof kept, "%s/" BUNDLE_PROFILES, r->fresh);
    bundle_profiles_path(r->v->config, r->profiles);
    struct bundle_profiles_fate fate = bundle_profiles_return(kept, r->profiles);
    r->profiles_beside = fate.beside;
    if (fate.failed)
        command_fail(r->v, "%zu profiles of the backup cannot be laid into %s: %s", fate.failed, r->profiles,
                     strerror(fate.error));
}

/* The state is back by now: what fails here is told and undoes nothing. */
static void return_configuration(struct restoring *r)
{
    char secrets[PATH_MAX];
    bundle_secrets_path(r->v->config, secrets);
    return_one(r, BUNDLE_CONFIG, r->v->config, r->config);
    return_one(r, BUNDLE_SECRETS, secrets, r->secrets);
    return_profiles(r);
}

static bool put_back(struct restoring *r)
{
    bool ok = take_apart(r) && settle_database(r) && give_away(r) && change_places(r);
    if (ok)
        return_configuration(r);
    if (r->fresh[0])
        nftw(r->fresh, remove_one, FOLDERS_OPEN_MAX, FTW_DEPTH | FTW_PHYS);
    return ok;
}

static void show(const struct restoring *r)
{
    if (r->v->json) {
        cJSON *document = bundle_document(&r->manifest);
        json_put_text(document, "file", r->file);
        if (r->before[0])
            json_put_text(document, "before", r->before);
        json_put_text(document, "config", r->config[0] ? r->config : NULL);
        json_put_text(document, "secrets", r->secrets[0] ? r->secrets : NULL);
        json_put_number(document, "profiles_beside", (double)r->profiles_beside);
        command_print_json(document);
        cJSON_Delete(document);
        return;
    }
    bundle_print(&r->manifest);
    if (r->before[0])
        printf("restored into %s; what was there is in %s\n", r->state, r->before);
    if (r->config[0])
        printf("the configuration differs: that of the backup is in %s\n", r->config);
    if (r->secrets[0])
        printf("the secrets differ: those of the backup are in %s\n", r->secrets);
    if (r->profiles_beside)
        printf("%zu profiles differ: those of the backup are in %s, as NAME.yaml.restored\n", r->profiles_beside,
               r->profiles);
}

int restore_run(struct invocation *v)
{
    bool list = command_flag(v, "--list");
    struct restoring r = {.v = v, .file = v->argc == 2 ? v->argv[1] : NULL};
    if (!r.file)
        return command_usage(v);
    umask(027); /* the roles share a group */
    if (!read_manifest(&r) || (!list && !format_is_known(&r)))
        return EXIT_UNKNOWN;
    if (!list) {
        r.state = command_state_dir(v);
        int fd = r.state ? lock(&r) : -1;
        bool ok = fd >= 0 && put_back(&r);
        if (fd >= 0)
            close(fd);
        if (!ok)
            return EXIT_UNKNOWN;
    }
    show(&r);
    return EXIT_OK;
}
