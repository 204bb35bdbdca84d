/* hayloft backup FILE: while the daemon runs, the store is asked for a copy of the database and holds its
 * series files still until the tar is written; without it the folder is locked and copied as it lies. */
#include <errno.h>
#include <fcntl.h>
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
#include "poller/command/store_client.h"

#define COPY_PATIENCE_NS MINUTES(10)
#define ANSWER_MAX_BYTES (1u << 20)
#define TAR_FILES_CHANGED 1 /* the journal grows while it is read; what is torn is not replayed */

struct backing_up {
    struct invocation *v;
    const char *state, *file;
    struct store_client *store; /* NULL: the daemon is not running */
    struct arena *arena;
    int lock;                   /* held without the daemon, else -1 */
    char database[PATH_MAX];    /* what goes in as hayloft.db */
    char folder[PATH_MAX];      /* where the manifest lies meanwhile; "" before */
    char partial[PATH_MAX + 16];     /* the file until it is whole */
    bool secrets;                    /* they are wanted in it too */
    struct bundle_manifest manifest;
};

static bool ask_store(struct backing_up *b)
{
    struct ws_fresh question = {.request = 1};
    const char *text;
    struct progress *p = progress_begin("copying the database");
    bool done = store_client_do(b->store, WS_BACKUP_BEGIN, &ws_fresh_record, &question, COPY_PATIENCE_NS,
                                b->arena, &text);
    progress_end(p);
    if (!done)
        command_fail(b->v, "%s", store_client_error(b->store));
    else
        snprintf(b->database, sizeof b->database, "%s", text);
    return done;
}

static bool lock_folder(struct backing_up *b)
{
    long holder;
    b->lock = bundle_lock(b->state, &holder);
    snprintf(b->database, sizeof b->database, "%s/hayloft.db", b->state);
    if (b->lock >= 0)
        return true;
    if (b->lock == -1)
        command_fail(b->v, "hayloftd (pid %ld) runs, but its store does not answer", holder);
    else
        command_fail(b->v, "cannot lock %s: %s", b->state, strerror(errno));
    return false;
}

static bool find_database(struct backing_up *b)
{
    char error[STORE_CLIENT_ERROR_MAX];
    b->store = store_client_open(b->state, error);
    if (!(b->store ? ask_store(b) : lock_folder(b)))
        return false;
    const char *slash = strrchr(b->database, '/');
    if (access(b->database, R_OK) == 0 && slash && strcmp(slash, "/hayloft.db") == 0)
        return true;
    command_fail(b->v, "cannot read %s: %s", b->database, strerror(errno));
    return false;
}

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static void describe(struct backing_up *b)
{
    char path[PATH_MAX];
    int64_t ignored;
    struct bundle_manifest *m = &b->manifest;
    *m = (struct bundle_manifest){.format = BUNDLE_FORMAT, .schema = bundle_schema_of(b->database),
                                  .made_ns = clock_wall().ns, .database_bytes = size_of(b->database)};
    snprintf(m->version, sizeof m->version, "%s", HAYLOFT_VERSION);
    snprintf(path, sizeof path, "%s/rrd", b->state);
    bundle_measure(path, &m->series_files, &m->series_bytes);
    snprintf(path, sizeof path, "%s/journal", b->state);
    bundle_measure(path, &ignored, &m->journal_bytes);
    m->config_bytes = size_of(b->v->config);
    bundle_secrets_path(b->v->config, path);
    m->secrets_bytes = b->secrets ? size_of(path) : 0;
    bundle_profiles_path(b->v->config, path);
    bundle_profiles_measure(path, &m->profiles_files, &m->profiles_bytes);
}

static bool write_manifest(struct backing_up *b)
{
    char path[PATH_MAX + 32];
    struct buf text = {0};
    snprintf(b->folder, sizeof b->folder, "%s.XXXXXX", b->file);
    if (!mkdtemp(b->folder)) {
        command_fail(b->v, "cannot write beside %s: %s", b->file, strerror(errno));
        b->folder[0] = '\0';
        return false;
    }
    snprintf(path, sizeof path, "%s/" BUNDLE_MANIFEST, b->folder);
    cJSON *document = bundle_document(&b->manifest);
    json_print(document, true, &text);
    cJSON_Delete(document);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text.data, text.len) == (ssize_t)text.len;
    if (fd >= 0)
        close(fd);
    if (!ok)
        command_fail(b->v, "cannot write %s: %s", path, strerror(errno));
    buf_fini(&text);
    return ok;
}

static bool copy_beside_manifest(struct backing_up *b, const char *from, const char *name)
{
    char to[PATH_MAX + 32];
    snprintf(to, sizeof to, "%s/%s", b->folder, name);
    if (bundle_config_copy(from, to))
        return true;
    command_fail(b->v, "cannot take %s into the backup: %s", from, strerror(errno));
    return false;
}

static bool copy_profiles(struct backing_up *b)
{
    char from[PATH_MAX], to[PATH_MAX + 32], which[PATH_MAX];
    bundle_profiles_path(b->v->config, from);
    snprintf(to, sizeof to, "%s/" BUNDLE_PROFILES, b->folder);
    if (bundle_profiles_copy(from, to, which))
        return true;
    command_fail(b->v, "cannot take %s into the backup: %s", which, strerror(errno));
    return false;
}

static bool copy_configuration(struct backing_up *b)
{
    char secrets[PATH_MAX];
    bundle_secrets_path(b->v->config, secrets);
    return copy_beside_manifest(b, b->v->config, BUNDLE_CONFIG) && copy_profiles(b) &&
           (b->manifest.secrets_bytes == 0 || copy_beside_manifest(b, secrets, BUNDLE_SECRETS));
}

static bool below_state(const struct backing_up *b, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", b->state, name);
    return access(path, F_OK) == 0;
}

static bool is_gzip_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".gz") == 0 || strcmp(dot, ".tgz") == 0);
}

static bool write_tar(struct backing_up *b)
{
    char *argv[24], database_folder[PATH_MAX], series[PATH_MAX];
    int n = 0;
    snprintf(b->partial, sizeof b->partial, "%s/partial", b->folder);
    snprintf(database_folder, sizeof database_folder, "%.*s",
             (int)(strrchr(b->database, '/') - b->database), b->database);
    /* heads are for the files as they lie here: store may move on from them while we read */
    char *const start[] = {"tar", "--create", "--warning=no-file-changed", "--exclude=journal/heads",
                           "--file", b->partial, "-C", b->folder, BUNDLE_MANIFEST, BUNDLE_CONFIG};
    for (size_t i = 0; i < sizeof start / sizeof start[0]; i++)
        argv[n++] = start[i];
    if (b->manifest.secrets_bytes)
        argv[n++] = BUNDLE_SECRETS;
    if (b->manifest.profiles_files)
        argv[n++] = BUNDLE_PROFILES;
    argv[n++] = "-C";
    argv[n++] = database_folder;
    argv[n++] = "hayloft.db";
    if (!b->store && size_of(b->database) > 0 && below_state(b, "hayloft.db-wal"))
        argv[n++] = "hayloft.db-wal";
    argv[n++] = "-C";
    argv[n++] = (char *)(uintptr_t)b->state;
    if (below_state(b, "rrd"))
        argv[n++] = "rrd";
    if (below_state(b, "journal"))
        argv[n++] = "journal";
    if (is_gzip_name(b->file))
        argv[n++] = "--gzip";
    argv[n] = NULL;
    struct progress *p = progress_begin("writing the backup");
    int status = spawn_other(argv, NULL);
    progress_end(p);
    snprintf(series, sizeof series, "%s/rrd", b->state);
    bundle_forget_pages(series);
    if (status == 0 || status == TAR_FILES_CHANGED)
        return true;
    command_fail(b->v, "tar ended with %d", status);
    return false;
}

static bool sync_and_name(struct backing_up *b)
{
    int fd = open(b->partial, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    ok = ok && rename(b->partial, b->file) == 0;
    if (!ok)
        command_fail(b->v, "cannot write %s: %s", b->file, strerror(errno));
    return ok;
}

static void finish(struct backing_up *b)
{
    char path[PATH_MAX + 32];
    const char *text;
    struct ws_fresh question = {.request = 2};
    if (b->store)
        store_client_do(b->store, WS_BACKUP_END, &ws_fresh_record, &question, COPY_PATIENCE_NS, b->arena,
                        &text);
    store_client_close(b->store);
    if (b->lock >= 0)
        close(b->lock);
    if (b->folder[0]) {
        static const char *const names[] = {BUNDLE_MANIFEST, BUNDLE_CONFIG, BUNDLE_SECRETS};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            snprintf(path, sizeof path, "%s/%s", b->folder, names[i]);
            unlink(path);
        }
        snprintf(path, sizeof path, "%s/" BUNDLE_PROFILES, b->folder);
        bundle_profiles_forget(path);
        unlink(b->partial);
        rmdir(b->folder);
    }
    arena_destroy(b->arena);
}

static void show(const struct backing_up *b)
{
    if (b->v->json) {
        cJSON *document = bundle_document(&b->manifest);
        json_put_text(document, "file", b->file);
        json_put_number(document, "file_bytes", (double)size_of(b->file));
        command_print_json(document);
        cJSON_Delete(document);
        return;
    }
    printf("%s: %.1f MiB, ", b->file, (double)size_of(b->file) / 1048576);
    bundle_print(&b->manifest);
}

int backup_run(struct invocation *v)
{
    bool secrets = command_flag(v, "--secrets");
    if (v->argc != 2)
        return command_usage(v);
    struct backing_up b = {.v = v, .secrets = secrets, .state = command_state_dir(v), .file = v->argv[1], .lock = -1,
                           .arena = arena_create(ANSWER_MAX_BYTES)};
    umask(077); /* it holds logins, and what the network looks like */
    bool ok = b.state && b.arena && find_database(&b);
    if (ok) {
        describe(&b);
        ok = write_manifest(&b) && copy_configuration(&b) && write_tar(&b) && sync_and_name(&b);
    }
    finish(&b);
    if (ok)
        show(&b);
    return ok ? EXIT_OK : EXIT_UNKNOWN;
}
