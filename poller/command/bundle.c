#include "poller/command/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/json.h"
#include "poller/command/lines.h"

#define FOLDERS_OPEN_MAX 16

cJSON *bundle_document(const struct bundle_manifest *m)
{
    char made[CLOCK_TEXT_MAX];
    cJSON *d = cJSON_CreateObject();
    json_put_number(d, "format", (double)m->format);
    json_put_number(d, "schema", (double)m->schema);
    json_put_text(d, "hayloft", m->version);
    json_put_text(d, "made", wall_rfc3339((struct wall){m->made_ns}, made));
    json_put_number(d, "database_bytes", (double)m->database_bytes);
    json_put_number(d, "series_files", (double)m->series_files);
    json_put_number(d, "series_bytes", (double)m->series_bytes);
    json_put_number(d, "journal_bytes", (double)m->journal_bytes);
    json_put_number(d, "config_bytes", (double)m->config_bytes);
    json_put_number(d, "secrets_bytes", (double)m->secrets_bytes);
    json_put_number(d, "profiles_files", (double)m->profiles_files);
    json_put_number(d, "profiles_bytes", (double)m->profiles_bytes);
    return d;
}

static int64_t whole(const cJSON *d, const char *name)
{
    double v = json_number(d, name, 0);
    return v >= 0 && v < 9e15 ? (int64_t)v : 0;
}

bool bundle_read(const char *text, size_t len, struct bundle_manifest *out)
{
    struct wall made;
    cJSON *d = json_parse(text, len, NULL);
    const char *version = json_text(d, "hayloft"), *when = json_text(d, "made");
    bool ok = d && whole(d, "format") > 0 && when && wall_parse(when, &made);
    *out = (struct bundle_manifest){0};
    if (ok) {
        *out = (struct bundle_manifest){
            .format = whole(d, "format"), .schema = whole(d, "schema"), .made_ns = made.ns,
            .database_bytes = whole(d, "database_bytes"), .series_files = whole(d, "series_files"),
            .series_bytes = whole(d, "series_bytes"), .journal_bytes = whole(d, "journal_bytes"),
            .config_bytes = whole(d, "config_bytes"), .secrets_bytes = whole(d, "secrets_bytes"),
            .profiles_files = whole(d, "profiles_files"), .profiles_bytes = whole(d, "profiles_bytes")};
        snprintf(out->version, sizeof out->version, "%s", version ? version : "?");
    }
    cJSON_Delete(d);
    return ok;
}

void bundle_print(const struct bundle_manifest *m)
{
    char made[CLOCK_TEXT_MAX];
    printf("made %s by hayloft ", wall_rfc3339((struct wall){m->made_ns}, made));
    put_safely(m->version, COLOUR_NONE);
    printf("\n  database     %.1f MiB, schema %lld\n", (double)m->database_bytes / 1048576,
           (long long)m->schema);
    printf("  series       %lld files, %.1f MiB\n", (long long)m->series_files,
           (double)m->series_bytes / 1048576);
    printf("  journal      %.1f MiB\n", (double)m->journal_bytes / 1048576);
    if (m->config_bytes)
        printf("  configuration, %s\n", m->secrets_bytes ? "with secrets" : "without secrets");
    if (m->profiles_files)
        printf("  profiles     %lld of your own\n", (long long)m->profiles_files);
}

/* nftw has no argument of its own; one walk runs at a time. */
static int64_t walked_files, walked_bytes;

static int add_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
    if (type == FTW_F && S_ISREG(st->st_mode)) {
        walked_files++;
        walked_bytes += st->st_size;
    }
    return 0;
}

void bundle_measure(const char *folder, int64_t *files, int64_t *bytes)
{
    walked_files = walked_bytes = 0;
    nftw(folder, add_file, FOLDERS_OPEN_MAX, FTW_PHYS);
    *files = walked_files;
    *bytes = walked_bytes;
}

/* What is still dirty stays. */
static int forget_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
    int fd = type == FTW_F && S_ISREG(st->st_mode) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd >= 0) {
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
    }
    return 0;
}

void bundle_forget_pages(const char *folder)
{
    nftw(folder, forget_file, FOLDERS_OPEN_MAX, FTW_PHYS);
}

int64_t bundle_schema_of(const char *database)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    int64_t version = -1;
    if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        version = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return version;
}

/* A lock that is made here belongs to whoever the folder belongs to, so that the daemon can open it. */
static int open_lock(const char *state_dir, const char *path)
{
    struct stat folder;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd >= 0 && stat(state_dir, &folder) == 0 && fchown(fd, folder.st_uid, folder.st_gid) != 0 &&
        geteuid() == 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A daemon that could not make the file, on a disk that took nothing, holds the folder itself. */
static bool is_folder_free(const char *state_dir)
{
    int folder = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_free = folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0;
    int error = errno;
    if (folder >= 0)
        close(folder);
    errno = error;
    return is_free;
}

int bundle_lock(const char *state_dir, long *holder)
{
    char path[PATH_MAX], text[32] = "";
    *holder = 0;
    snprintf(path, sizeof path, "%s/lock", state_dir);
    int fd = open_lock(state_dir, path);
    if (fd < 0)
        return -2;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_folder_free(state_dir))
        return fd;
    int error = errno;
    if (pread(fd, text, sizeof text - 1, 0) > 0)
        *holder = strtol(text, NULL, 10);
    close(fd);
    errno = error;
    return error == EWOULDBLOCK ? -1 : -2;
}
