/* Plays hayloft-config and every role, called by their names, and does what the "configuration"
 * says:
 *
 *   state FOLDER      where to leave notes
 *   refuse ROLE       answers PREPARE with no
 *   refuse-second ROLE   the same, but only of generation 2
 *   engine reloads    the engine asks for a reload once it adopted generation 1
 *   engine wants courier, engine wants wire
 *   crash ROLE        ends with status 3 once it adopted, while FOLDER/well is not there
 *   hang ROLE         stops turning its loop once it adopted
 *   error TEXT        hayloft-config calls the file bad
 *   error-second TEXT    the same from its second reading on
 *
 * A role that adopted writes "PID GENERATION" into FOLDER/ROLE. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "poller/base/atomic_file.h"
#include "poller/base/buf.h"
#include "poller/base/log.h"
#include "poller/message/role.h"

static enum role self;
static struct role_runtime *runtime;
static char plan[4096];
static uv_loop_t loop;

static bool plan_says(const char *word, const char *value)
{
    char line[128];
    snprintf(line, sizeof line, "%s %s\n", word, value);
    return strstr(plan, line) != NULL;
}

static const char *plan_value(const char *word)
{
    static char value[1024];
    const char *at = strstr(plan, word);
    if (!at || sscanf(at + strlen(word), " %1023[^\n]", value) != 1)
        return NULL;
    return value;
}

/* ---- hayloft-config ---- */

static void send_done(bool ok, char *errors, char *state)
{
    struct buf packed = {0};
    struct cp_done done = {.ok = ok, .errors = errors, .state_dir = state};
    field_pack(&cp_done_record, &done, NULL, &packed);
    frame_send(PARENT_FD, CP_DONE, packed.data, packed.len, -1);
    buf_fini(&packed);
}

static void send_slice(enum role role)
{
    struct buf packed = {0};
    int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (write(fd, plan, strlen(plan)) < 0)
        fatal("slice");
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    field_pack(&cp_slice_record, &(struct cp_slice){role}, NULL, &packed);
    frame_send(PARENT_FD, CP_SLICE, packed.data, packed.len, fd);
    buf_fini(&packed);
    close(fd);
}

/* Leaves a note beside the file that it was read. */
static bool read_before(const char *config)
{
    char path[2048];
    snprintf(path, sizeof path, "%s.read", config);
    return !atomic_file_create(path, "", 0, 0600) && errno == EEXIST;
}

static int read_configuration(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0 || read(fd, plan, sizeof plan - 1) < 0) {
        send_done(false, "no such file", NULL);
        return 1;
    }
    const char *error = plan_value(read_before(path) ? "error-second" : "error ");
    if (error) {
        send_done(false, (char *)(uintptr_t)error, NULL);
        return 1;
    }
    for (int i = 0; i < ROLE_COUNT; i++)
        send_slice((enum role)i);
    send_done(true, NULL, (char *)(uintptr_t)plan_value("state "));
    return 0;
}

/* ---- a role ---- */

static bool prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    memset(plan, 0, sizeof plan);
    memcpy(plan, slice, len < sizeof plan ? len : sizeof plan - 1);
    bool refuse = plan_says("refuse", role_words[self]) ||
                  (generation == 2 && plan_says("refuse-second", role_words[self]));
    if (!refuse)
        return true;
    *error = strdup("not with me");
    return false;
}

static void adopt(void *ctx, uint64_t generation)
{
    char path[2048], note[64];
    snprintf(path, sizeof path, "%s/%s", plan_value("state "), role_words[self]);
    int n = snprintf(note, sizeof note, "%ld %llu", (long)getpid(), (unsigned long long)generation);
    if (!atomic_file_write(path, note, (size_t)n, 0600))
        log_warn("fake", "cannot write %s", path);
    snprintf(path, sizeof path, "%s/well", plan_value("state "));
    if (plan_says("crash", role_words[self]) && access(path, F_OK) != 0)
        _exit(3);
    while (plan_says("hang", role_words[self]))
        pause();
    if (self == ROLE_ENGINE && plan_says("engine", "reloads") && generation == 1)
        role_reload(runtime, 7);
    if (self == ROLE_ENGINE && plan_says("engine", "wants courier"))
        role_want(runtime, ROLE_COURIER);
    if (self == ROLE_ENGINE && plan_says("engine", "wants wire"))
        role_want(runtime, ROLE_WIRE);
}

static void forget(void *ctx, uint64_t generation)
{
}

static void take_peer(void *ctx, enum role peer, int fd)
{
    close(fd);
}

static void reloaded(void *ctx, const struct pa_reloaded *r)
{
    char path[2048], note[512];
    snprintf(path, sizeof path, "%s/reloaded", plan_value("state "));
    int n = snprintf(note, sizeof note, "%u %d %s", r->request, r->ok, r->text);
    atomic_file_write(path, note, (size_t)n, 0600);
}

static void trouble(void *ctx, const struct pa_trouble *t)
{
    char path[2048], note[512];
    snprintf(path, sizeof path, "%s/trouble", plan_value("state "));
    int n = snprintf(note, sizeof note, "%s %s", role_words[t->role], t->over ? "over" : t->text);
    atomic_file_write(path, note, (size_t)n, 0600);
}

static void stop(void *ctx)
{
    role_finish(runtime);
    uv_stop(&loop);
}

static const struct role_hooks hooks = {.prepare = prepare,
                                        .adopt = adopt,
                                        .forget = forget,
                                        .peer = take_peer,
                                        .stop = stop,
                                        .reloaded = reloaded,
                                        .trouble = trouble};

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    if (argc == 3 && strcmp(name, "hayloft-config") == 0)
        return read_configuration(argv[2]);
    int role = strncmp(name, "hayloft-", 8) == 0 ? field_word_index(role_words, name + 8) : -1;
    if (role < 0)
        return 1;
    self = (enum role)role;
    log_init(role_words[role], LOG_LEVEL_INFO);
    uv_loop_init(&loop);
    runtime = role_start(&loop, self, &hooks, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}
